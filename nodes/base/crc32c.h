#pragma once

#include <cstdint>
#include <string_view>

namespace plumbline {

// CRC-32C (Castagnoli, reflected 0x82f63b78), as in iSCSI: crc32c("123456789") == 0xe3069283.
// `crc` is the checksum of what came before, so that one can be continued. By an instruction of the
// processor where it has one.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc = 0);
// The same for a processor that has none.
std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t crc = 0);

}  // namespace plumbline
