#include "scenarios/model/raft_scope.h"

#include <charconv>
#include <optional>
#include <sstream>
#include <string_view>

namespace plumbline::model {
namespace {

// Where the numbers of a walk have room (raft_facts.h, raft_history.h).
constexpr unsigned kReplicasMax = 5;
constexpr unsigned kElectionsMax = 12;
constexpr unsigned kEntriesMax = 12;
constexpr unsigned kOthersMax = 9;

// A word with a number behind it.
struct Counted {
  std::string_view word;
  unsigned RaftScope::*number;
  unsigned most;
  const char* meaning;
  bool always_told = false;
};

constexpr Counted kCounted[] = {
    {"N", &RaftScope::nodes, kReplicasMax, "replicas of the group at first (3)"},
    {"E", &RaftScope::elections, kElectionsMax, "time-outs of replicas that do not lead", true},
    {"R", &RaftScope::requests, kEntriesMax, "client requests at a leader", true},
    {"C", &RaftScope::crashes, kOthersMax, "crashes with restart, without what was not synced",
     true},
    {"H", &RaftScope::retries, kOthersMax, "rounds of heartbeats beside a new leader's first"},
    {"A", &RaftScope::adds, 2, "requests to add a replica with an empty disk as a voter"},
    {"D", &RaftScope::removals, kOthersMax, "requests to remove a member"},
    {"S", &RaftScope::snapshots, kOthersMax, "snapshots, which compact the log of their replica"},
    {"batch-", &RaftScope::batch, 64, "entries of one append at most (64)"},
    {"window-", &RaftScope::window, 32, "appends on their way to one follower at most (32)"},
};

struct Flag {
  std::string_view word;
  bool RaftScope::*flag;
  const char* meaning;
};

constexpr Flag kFlags[] = {
    {"no-op", &RaftScope::noop, "a new leader appends an entry of its own"},
    {"pre-vote", &RaftScope::pre_vote, "who times out asks first whether it could win"},
    {"syncs-apart", &RaftScope::syncs_apart,
     "each sync is a step; else one that nothing can precede belongs to the step it ends"},
    {"exact", &RaftScope::exact, "no message is ever dropped, however spent"},
    {"names-apart", &RaftScope::names_apart, "states that differ in names of replicas are two"},
    {"trusting", &RaftScope::trusting,
     "spent messages are dropped unchecked: shows which bugs that would hide"},
};

Error unknown(std::string_view word) {
  return Error{Errc::kInvalid, "\"" + std::string(word) + "\" is no word of a scope"};
}

// Null when the word does not begin like this one.
std::optional<Result<unsigned>> number_behind(std::string_view text, const Counted& counted) {
  if (text.substr(0, counted.word.size()) != counted.word) return std::nullopt;
  const std::string_view digits = text.substr(counted.word.size());
  unsigned number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  if (number > counted.most) {
    return Error{Errc::kInvalid, std::string(text) + ": at most " + std::string(counted.word) +
                                     std::to_string(counted.most)};
  }
  return number;
}

Status take(RaftScope& scope, std::string_view word) {
  for (const Flag& flag : kFlags) {
    if (flag.word != word) continue;
    scope.*flag.flag = true;
    return {};
  }
  for (const Counted& counted : kCounted) {
    const auto number = number_behind(word, counted);
    if (!number) continue;
    if (!*number) return number->error();
    scope.*counted.number = **number;
    return {};
  }
  return unknown(word);
}

Status check(const RaftScope& scope) {
  if (scope.nodes == 0 || replicas_of(scope) > kReplicasMax) {
    return Error{Errc::kInvalid, "between 1 and " + std::to_string(kReplicasMax) + " replicas"};
  }
  if (scope.batch == 0 || scope.window == 0) {
    return Error{Errc::kInvalid, "batch-0 and window-0 would send nothing"};
  }
  const unsigned entries =
      scope.requests + scope.adds * 4 + scope.removals * 2 + (scope.noop ? scope.elections : 0);
  if (entries > kEntriesMax) {
    return Error{Errc::kInvalid, "logs would grow beyond " + std::to_string(kEntriesMax) +
                                     " entries, more than a walk could end with"};
  }
  return {};
}

}  // namespace

Result<RaftScope> parse_raft_scope(const std::string& text) {
  RaftScope scope;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (const Status taken = take(scope, word); !taken) return taken.error();
  }
  if (const Status checked = check(scope); !checked) return checked.error();
  return scope;
}

std::string describe(const RaftScope& scope) {
  const RaftScope usual;
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  for (const Counted& counted : kCounted) {
    const unsigned number = scope.*counted.number;
    if (!counted.always_told && number == usual.*counted.number) continue;
    add(std::string(counted.word) + std::to_string(number));
  }
  for (const Flag& flag : kFlags) {
    if (scope.*flag.flag) add(std::string(flag.word));
  }
  return text;
}

std::vector<std::string> raft_scope_words() {
  std::vector<std::string> lines;
  const auto add = [&](std::string word, const char* meaning) {
    word.resize(12, ' ');
    lines.push_back(word + meaning);
  };
  for (const Counted& counted : kCounted) add(std::string(counted.word) + "n", counted.meaning);
  for (const Flag& flag : kFlags) add(std::string(flag.word), flag.meaning);
  return lines;
}

// Check-quorum is off: that a leader may step down by itself adds nothing to what a crash does to
// it, and that a voter may ignore a candidate adds nothing to what a loss does.
raft::Options options_of(const RaftScope& scope, ReplicaId self) {
  raft::Options options;
  options.self = self;
  options.entries_per_append_max = scope.batch;
  options.inflight_appends_max = scope.window;
  options.trailing_entries = 0;
  options.pre_vote = scope.pre_vote;
  options.check_quorum = false;
  options.noop_on_election = scope.noop;
  return options;
}

}  // namespace plumbline::model
