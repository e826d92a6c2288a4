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

namespace {

std::string position(LogIndex index, Term term) {
  return std::to_string(index.value) + "^" + std::to_string(term.value);
}

std::string describe_append(const Message& m) {
  std::string text = "append of term " + std::to_string(m.term.value) + " behind " +
                     position(m.index, m.log_term) + ", commit " + std::to_string(m.commit.value);
  LogIndex index = m.index;
  for (const Entry& entry : m.entries) {
    index = index.next();
    text += ", " + describe(entry, index);
  }
  return text;
}

std::string describe_append_reply(const Message& m) {
  const std::string term = " of term " + std::to_string(m.term.value);
  if (!m.reject) return "holds up to " + std::to_string(m.index.value) + term;
  return "refusal of " + std::to_string(m.index.value) + term + ", try " +
         position(m.hint, m.hint_term);
}

}  // namespace

std::string describe(const Message& m) {
  const std::string term = std::to_string(m.term.value);
  switch (m.kind) {
    case MessageKind::kPreVote:
      return "pre-vote for term " + term + "? log " + position(m.index, m.log_term);
    case MessageKind::kVote:
      return "vote in term " + term + "? log " + position(m.index, m.log_term);
    case MessageKind::kPreVoteReply:
      return std::string(m.reject ? "no pre-vote, term " : "pre-vote for term ") + term;
    case MessageKind::kVoteReply:
      return std::string(m.reject ? "no vote, term " : "vote in term ") + term;
    case MessageKind::kAppend: return describe_append(m);
    case MessageKind::kAppendReply: return describe_append_reply(m);
  }
  return "?";
}

std::string describe(const Entry& entry, LogIndex index) {
  const std::string at = position(index, entry.term);
  switch (entry.kind) {
    case EntryKind::kNoop: return at + " noop";
    case EntryKind::kConfiguration: return at + " configuration";
    case EntryKind::kCommand: return at + " " + std::string(entry.payload.view());
  }
  return at;
}

std::string describe(ReplicaId id) { return "r" + std::to_string(id.value); }

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
