#include "scenarios/model/raft_words.h"

#include <string_view>

#include "nodes/raft/describe.h"

namespace plumbline::model {
namespace {

struct Phrase {
  Happening what;
  std::string_view text;
};

// What stands behind the name of the replica. Those that end in a blank are followed by an
// argument.
constexpr Phrase kPhrases[] = {
    {Happening::kDeliver, "gets from "},         {Happening::kTimeout, "times out"},
    {Happening::kHeartbeat, "sends heartbeats"}, {Happening::kRequest, "is given a request"},
    {Happening::kSync, "syncs a batch"},         {Happening::kCrash, "crashes and restarts"},
    {Happening::kAdd, "is asked to add "},       {Happening::kRemove, "is asked to remove "},
    {Happening::kSnapshot, "takes a snapshot"},
};

std::optional<ReplicaId> parse_name(std::string_view text) {
  if (text.size() != 2 || text[0] != 'r' || text[1] < '1' || text[1] > '9') return std::nullopt;
  return ReplicaId(static_cast<std::uint32_t>(text[1] - '0'));
}

}  // namespace

std::string words_of(const raft::Message& message) {
  std::string words = raft::describe(message.from) + ": " + raft::describe(message);
  if (message.round != 0) words += ", attempt " + std::to_string(message.round);
  return words;
}

std::string words_of(const RaftStepWords& step) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.what != step.what) continue;
    std::string words = raft::describe(step.who) + " " + std::string(phrase.text);
    if (step.what == Happening::kDeliver) return words + step.message;
    if (step.member) words += raft::describe(step.member);
    return words;
  }
  return "?";
}

std::optional<RaftStepWords> parse_words(const std::string& words) {
  const std::string_view text = words;
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto who = parse_name(text.substr(0, blank));
  if (!who) return std::nullopt;
  const std::string_view rest = text.substr(blank + 1);
  for (const Phrase& phrase : kPhrases) {
    if (rest.substr(0, phrase.text.size()) != phrase.text) continue;
    RaftStepWords step{phrase.what, *who, {}, {}};
    const std::string_view argument = rest.substr(phrase.text.size());
    if (step.what == Happening::kDeliver) {
      step.message = argument;
      return step;
    }
    if (phrase.text.back() != ' ') return argument.empty() ? std::optional(step) : std::nullopt;
    const auto member = parse_name(argument);
    if (!member) return std::nullopt;
    step.member = *member;
    return step;
  }
  return std::nullopt;
}

}  // namespace plumbline::model
