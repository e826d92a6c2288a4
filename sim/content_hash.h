#pragma once

#include <cstdint>
#include <string_view>

namespace plumbline::sim {

// A digest of bytes that a node sent or wrote, for the trace: a byte that differs between two
// processes (uninitialised, an address) shows at the first record that carries it.
std::uint64_t content_hash(std::string_view bytes);

}  // namespace plumbline::sim
