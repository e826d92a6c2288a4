#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/history.h"
#include "reports/page.h"

namespace plumbline::reports {

// Operations as the pages show them, as HTML.

// A value of any length for a cell: shortened and escaped.
std::string cell(std::string_view value);
std::vector<Column> operation_columns();
// `mark` stands before the operation: "" or a sign.
std::vector<std::string> operation_cells(const checker::Operation& operation, std::uint64_t index,
                                         std::string_view mark);
// "1,234: 1,200 ok, 30 failed, 4 unknown"
std::string operation_counts(const checker::History& history);

// The operations that suffice to show a violation, as a table and as a figure with its heading.
// REQUIRES: every index is in the history.
std::string witness_table(const checker::History& history,
                          const std::vector<std::uint64_t>& witness);
std::string witness_drawn(const checker::History& history,
                          const std::vector<std::uint64_t>& witness,
                          std::optional<std::uint64_t> broken = std::nullopt);

}  // namespace plumbline::reports
