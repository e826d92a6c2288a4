#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "checker/mvcc/journal.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::mvcc {

// A finding: verdict invalid, the witness in the order of its calls, with the stretch of time.
Report finding(const Journal& journal, std::string_view property, std::string_view topic,
               std::vector<std::uint32_t> witness, std::string sentence);
Report valid(std::string_view property);
Report undecided(std::string_view property, std::string sentence);

std::string at_revision(std::int64_t revision);  // "revision 7"
// "put(x, 7) by c1"; requests of a store as the tree they are, short.
std::string who(const Journal& journal, std::uint32_t index);
std::string request_text(const KvRequest& request);

}  // namespace plumbline::checker::mvcc
