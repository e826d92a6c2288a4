#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "checker/formats/load.h"
#include "checker/history/text.h"

namespace plumbline::checker {

inline Result<History> loaded(const std::string& text, LoadOptions options = {}) {
  std::istringstream in(text);
  return load_history(in, "h", options);
}

inline std::string problem_of(const std::string& text, LoadOptions options = {}) {
  const auto history = loaded(text, std::move(options));
  return history.ok() ? "no problem" : history.problem().text();
}

// "c1 write(, 7) [3..9] ok", times in nanoseconds.
inline std::string line_of(const Operation& op) {
  const std::string end = op.returned_at == kNever ? "" : std::to_string(op.returned_at);
  return "c" + std::to_string(op.process) + " " + call_text(op) + " [" +
         std::to_string(op.invoked_at) + ".." + end + "] " + answer_text(op);
}

// The operations of a history a line each, or its problem.
inline std::vector<std::string> lines_of(const Result<History>& history) {
  if (!history.ok()) return {history.problem().text()};
  std::vector<std::string> lines;
  for (const Operation& op : history.value().operations) lines.push_back(line_of(op));
  return lines;
}

inline std::vector<std::string> lines_of(const std::string& text, LoadOptions options = {}) {
  return lines_of(loaded(text, std::move(options)));
}

using Told = std::vector<std::string>;

}  // namespace plumbline::checker
