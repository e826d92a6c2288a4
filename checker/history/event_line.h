#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "checker/history/line_json.h"
#include "checker/history/operation.h"

namespace plumbline::checker {

// A call or a return as a line of history.jsonl tells it. What the line does not tell about the
// operation is left as it is by default.
struct EventLine {
  bool call = false;
  std::int64_t index = 0;
  std::int64_t time = 0;  // Also within the operation.
  Operation operation;
};

// Reads a line as HistoryWriter writes it, by far the most: without blanks, escapes, bytes other
// than ASCII and hexadecimal strings. Nothing if it is any other line, good or bad.
//
// ENSURES: agrees with event_from(), which finds no fault in the line.
std::optional<EventLine> scan_event(std::string_view text);

// Any line; leaves what is wrong with it as the fault of `line`.
EventLine event_from(LineJson& line);

}  // namespace plumbline::checker
