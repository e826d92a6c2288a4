#include "checker/mvcc/convergence.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "checker/mvcc/report.h"

namespace plumbline::checker::mvcc {
namespace {

constexpr std::string_view kProperty = "convergence";

std::string server_of(const Journal& journal, const FinalState& state) {
  const Operation& op = journal.operation(state.index);
  return op.server().empty() ? "a server asked by c" + std::to_string(op.process)
                             : op.server().str();
}

// The first key in which two contents differ, in words.
std::string difference(const std::vector<KeyValue>& a, const std::vector<KeyValue>& b) {
  const auto [left, right] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (left == a.end() && right == b.end()) return "";
  if (left == a.end() || (right != b.end() && right->key < left->key)) {
    return "nothing against " + text_of(*right);
  }
  if (right == b.end() || left->key < right->key) return text_of(*left) + " against nothing";
  return text_of(*left) + " against " + text_of(*right);
}

std::string difference(const FinalState& a, const FinalState& b) {
  if (a.hashed != b.hashed || *a.content == *b.content) return "";
  if (a.hashed) return "hash " + to_text(*a.content) + " against " + to_text(*b.content);
  return difference(content_of(a), content_of(b));
}

std::optional<Report> two_of_one_revision(const Journal& journal) {
  std::map<std::pair<std::int64_t, bool>, const FinalState*> first;
  for (const FinalState& state : journal.states()) {
    const auto [known, fresh] = first.try_emplace({state.revision, state.hashed}, &state);
    if (fresh) continue;
    const std::string found = difference(*known->second, state);
    if (found.empty()) continue;
    return finding(journal, kProperty, "divergence", {known->second->index, state.index},
                   "servers diverged because " + server_of(journal, *known->second) + " and " +
                       server_of(journal, state) + " hold different things at " +
                       at_revision(state.revision) + ": " + found);
  }
  return std::nullopt;
}

std::optional<Report> against_model(const Journal& journal, const MvccModel& model) {
  static constexpr std::string_view kZero("\0", 1);
  for (const FinalState& state : journal.states()) {
    if (state.hashed) continue;
    const std::string found =
        difference(content_of(state), model.state_at({kZero, kZero}, state.revision));
    if (found.empty()) continue;
    return finding(journal, kProperty, "divergence", {state.index},
                   server_of(journal, state) + " holds at " + at_revision(state.revision) +
                       " what the history does not explain: " + found);
  }
  return std::nullopt;
}

// Of those asked when all was quiet, the one that is behind the newest revision known.
std::optional<Report> left_behind(const Journal& journal, const MvccOptions& options) {
  if (options.quiet_from == kNever || journal.known().empty()) return std::nullopt;
  const std::int64_t newest = journal.greatest_revision();
  const std::int64_t quiet = std::max(options.quiet_from, journal.known_by(newest));
  for (const FinalState& state : journal.states()) {
    const bool late = journal.operation(state.index).invoked_at >= quiet + options.catch_up_ns;
    if (!late || state.revision >= newest) continue;
    return finding(journal, kProperty, "left-behind", {journal.first_to_know(newest), state.index},
                   server_of(journal, state) + " had not caught up: it holds " +
                       at_revision(state.revision) + " when all was quiet, and " +
                       who(journal, journal.first_to_know(newest)) + " had known " +
                       at_revision(newest));
  }
  return std::nullopt;
}

}  // namespace

Report check_convergence(const Journal& journal, const Replayed& replayed,
                         const MvccOptions& options) {
  if (auto found = two_of_one_revision(journal)) return *found;
  if (replayed.model) {
    if (auto found = against_model(journal, *replayed.model)) return *found;
  }
  if (auto found = left_behind(journal, options)) return *found;
  return valid(kProperty);
}

}  // namespace plumbline::checker::mvcc
