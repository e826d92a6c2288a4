#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/history/history.h"

namespace plumbline::reports {

// The operations that suffice to show a violation, one lane per client. Calls and returns stand in
// their order and not to scale, so that six milliseconds are as visible as six seconds. An unknown
// operation is hatched and has no right end. An arrow says that one operation had returned before
// the other was called, where no chain of other arrows says so already. `broken` is the operation
// whose answer no order explains, if it is one and the same in all of them; it is marked.
std::string witness_figure(const checker::History& history,
                           const std::vector<std::uint64_t>& witness,
                           std::optional<std::uint64_t> broken = std::nullopt);
inline constexpr std::size_t kWitnessFigureMax = 40;  // Operations; the table has all of them.

}  // namespace plumbline::reports
