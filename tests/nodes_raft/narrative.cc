#include "tests/nodes_raft/narrative.h"

#include <utility>

namespace plumbline::raft::testing {

std::string narrate(const trace::Kind& kind, const std::uint64_t (&numbers)[4]) {
  const std::string_view text = kind.text;
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool placeholder = text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}';
    if (!placeholder) {
      result.push_back(text[i]);
      continue;
    }
    result += std::to_string(numbers[static_cast<std::size_t>(text[i + 1] - 'a')]);
    i += 2;
  }
  return result;
}

void Narrator::say(const std::string& line) {
  if (keep_lines_) lines_.push_back(line);
}

void Narrator::emit(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
                    std::uint64_t d) {
  if (!keep_lines_) return;
  const std::uint64_t numbers[4] = {a, b, c, d};
  lines_.push_back(describe(speaker_) + ": " + narrate(kind, numbers));
}

void Narrator::reached(const trace::Probe& probe) { ++probes_[probe.name()]; }

std::vector<std::string> Narrator::take_lines() { return std::exchange(lines_, {}); }

}  // namespace plumbline::raft::testing
