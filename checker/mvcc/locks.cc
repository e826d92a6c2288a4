#include "checker/mvcc/locks.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/history/text.h"

namespace plumbline::checker::mvcc {
namespace {

Report clash(const History& history, std::string_view property, std::string_view topic,
             std::uint32_t a, std::uint32_t b, std::string sentence) {
  Report report;
  report.verdict = Verdict::kInvalid;
  report.property = property;
  report.topic = topic;
  report.key = history.operations[a].key.str();
  report.sentence = std::move(sentence);
  report.witness = {std::min(a, b), std::max(a, b)};
  report.from = history.operations[std::min(a, b)].invoked_at;
  report.to = std::max(history.operations[a].returned_at, history.operations[b].returned_at);
  return report;
}

bool is_fenced_write(const Operation& op) {
  const bool writes = op.function == Function::kWrite || op.function == Function::kPut;
  return writes && op.outcome == Outcome::kOk && op.arguments[0].is_list() &&
         op.arguments[0].list().size() == 2 && op.arguments[0].list()[0].is_int();
}

std::int64_t token_of(const Operation& op) { return op.arguments[0].list()[0].number(); }

// The writes taken, in the order of their returns, for one resource.
std::map<std::string_view, std::vector<std::uint32_t>> writes_taken(const History& history) {
  std::map<std::string_view, std::vector<std::uint32_t>> taken;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    if (is_fenced_write(history.operations[i])) taken[history.operations[i].key].push_back(i);
  }
  return taken;
}

// A stretch of time in which a client believed that it held the lock.
struct Belief {
  std::int64_t from = 0;
  std::int64_t to = kNever;
  std::uint32_t index = 0;
};

std::map<std::string_view, std::vector<Belief>> beliefs_of(const History& history) {
  std::map<std::string_view, std::vector<Belief>> beliefs;
  std::map<std::pair<std::string_view, std::int64_t>, std::size_t> held;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    std::vector<Belief>& of_lock = beliefs[op.key];
    if (op.function == Function::kAcquire && op.outcome == Outcome::kOk) {
      held[{op.key, op.process}] = of_lock.size();
      of_lock.push_back({op.returned_at, kNever, i});
    }
    // Whoever asks to release it believes no longer, whatever comes of it.
    const auto mine = held.find({op.key, op.process});
    if (op.function != Function::kRelease || mine == held.end()) continue;
    of_lock[mine->second].to = op.invoked_at;
    held.erase(mine);
  }
  return beliefs;
}

}  // namespace

Report check_fencing(const History& history) {
  for (const auto& [resource, by_call] : writes_taken(history)) {
    std::vector<std::uint32_t> by_return = by_call;
    std::stable_sort(by_return.begin(), by_return.end(), [&](std::uint32_t a, std::uint32_t b) {
      return history.operations[a].returned_at < history.operations[b].returned_at;
    });
    std::size_t next = 0;
    const std::uint32_t* greatest = nullptr;
    for (const std::uint32_t i : by_call) {
      const Operation& op = history.operations[i];
      for (; history.operations[by_return[next]].returned_at < op.invoked_at; ++next) {
        const Operation& done = history.operations[by_return[next]];
        if (greatest == nullptr || token_of(done) > token_of(history.operations[*greatest])) {
          greatest = &by_return[next];
        }
      }
      if (greatest == nullptr || token_of(op) >= token_of(history.operations[*greatest])) continue;
      const Operation& newer = history.operations[*greatest];
      const TimeText time{newer.returned_at, op.invoked_at};
      return clash(history, "fencing", "stale-token", *greatest, i,
                   "the resource " + std::string(resource) + " took an old token because " +
                       client_text(newer) + " had been taken by " + time(newer.returned_at) +
                       " with token " + std::to_string(token_of(newer)) + "; " + client_text(op) +
                       ", called at " + time(op.invoked_at) + ", was taken with token " +
                       std::to_string(token_of(op)));
    }
  }
  Report report;
  report.property = "fencing";
  return report;
}

Report check_belief_of_exclusion(const History& history) {
  for (auto& [lock, beliefs] : beliefs_of(history)) {
    std::vector<Belief> sorted = beliefs;
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const Belief& a, const Belief& b) { return a.from < b.from; });
    const Belief* longest = nullptr;
    for (const Belief& belief : sorted) {
      if (longest != nullptr && belief.from < longest->to) {
        const Operation& first = history.operations[longest->index];
        const Operation& second = history.operations[belief.index];
        const TimeText time{first.returned_at, second.returned_at};
        return clash(history, "belief-of-exclusion", "two-holders", longest->index, belief.index,
                     "two clients believed to hold lock " + std::string(lock) + ": " +
                         client_text(first) + " since " + time(first.returned_at) + " and " +
                         client_text(second) + " since " + time(second.returned_at));
      }
      if (longest == nullptr || belief.to > longest->to) longest = &belief;
    }
  }
  Report report;
  report.property = "belief-of-exclusion";
  return report;
}

}  // namespace plumbline::checker::mvcc
