#pragma once

#include <cstdint>
#include <string>

#include "checker/history/operation.h"

namespace plumbline::reports {

// What a report says about one operation, unescaped.
std::string client_name(std::int64_t process);  // "c3"
// "get(x) = 5", "put(x, 7) unknown"
std::string short_text(const checker::Operation& operation);
// "c3 → n1", or "c3" alone
std::string served_by(const checker::Operation& operation);
// "12.031 s .. 12.044 s"
std::string interval_text(const checker::Operation& operation);
// All of it on one line, for a tooltip and a screen reader.
std::string full_text(const checker::Operation& operation);
// The class of the page's style sheet: ok, fail, unknown.
std::string outcome_class(checker::Outcome outcome);

}  // namespace plumbline::reports
