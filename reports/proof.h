#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::reports {

// The proof that a report carries, as every page shows it.

// The report without operations and orders that do not fit the history, as files may hold them.
checker::Report fitted(checker::Report report, const checker::History& history);

// The operation at which each order breaks, if there are orders and it is one and the same.
// REQUIRES, as the next: the report is fitted.
std::optional<std::uint64_t> broken_in_all(const checker::Report& report);

// The argument line by line, and beside it every order of the witness with the first operation that
// breaks each, as HTML; "" if the report has neither.
std::string argument_and_orders(const checker::History& history, const checker::Report& report);

}  // namespace plumbline::reports
