// Registers with values that are written once, and their revisions.

#include <utility>

#include "tests/checker/mutations/mutation.h"
#include "tests/checker/support/long_history.h"

namespace plumbline::checker {
namespace {

LongShape shape() {
  LongShape shape;
  shape.operations = 200;
  shape.clients = 4;
  shape.unknown_percent = 3;
  return shape;
}

History plain(Dice& dice) { return long_history(shape(), dice.next()); }

History with_swaps(Dice& dice) {
  LongShape swaps = shape();
  swaps.swaps = true;
  return long_history(swaps, dice.next());
}

History with_revisions(Dice& dice) {
  LongShape revisions = shape();
  revisions.revisions = true;
  return long_history(revisions, dice.next());
}

History with_failures(Dice& dice) {
  RandomShape failing;
  failing.operations = 80;
  failing.clients = 4;
  failing.fail_percent = 15;
  failing.unknown_percent = 5;
  return linearizable_history(failing, dice);
}

bool shows_value(const Operation& op) {
  return answered(op, Function::kRead) && !op.results[0].is_nil();
}

const Operation* writer_of(const History& history, const Value& value) {
  for (const Operation& op : history.operations) {
    const Value* written = written_value(op);
    if (written != nullptr && *written == value) return &op;
  }
  return nullptr;
}

// One of the reads comes to show what is written only after it.
std::optional<Blame> swap(History& history, Dice& dice) {
  const auto pair = some_pair(history, dice, [&](const Operation& a, const Operation& b) {
    return shows_value(a) && shows_value(b) &&
           writer_of(history, b.results[0])->invoked_at > a.returned_at;
  });
  if (!pair) return std::nullopt;
  std::swap(history.operations[pair->first].results, history.operations[pair->second].results);
  return Blame{{}, {pair->first, pair->second}};
}

std::optional<Blame> drop_write(History& history, Dice& dice) {
  const auto read = some_index(history, dice, shows_value);
  if (!read) return std::nullopt;
  const Value value = history.operations[*read].results[0];
  const auto at = writer_of(history, value) - history.operations.data();
  history.operations.erase(history.operations.begin() + at);
  Blame blame;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (shows_value(op) && op.results[0] == value) blame.one_of.push_back(i);
  }
  return blame;
}

std::optional<Blame> delay(History& history, Dice& dice) {
  const auto newer = some_pair(history, dice, [](const Operation& read, const Operation& write) {
    return answered(read, Function::kRead) && answered(write, Function::kWrite) &&
           precedes(write, read);
  });
  if (!newer) return std::nullopt;
  const Operation& write = history.operations[newer->second];
  const auto older = some_index(history, dice, [&](const Operation& op) {
    return answered(op, Function::kWrite) && precedes(op, write);
  });
  if (!older) return std::nullopt;
  history.operations[newer->first].results = {history.operations[*older].arguments[0]};
  return Blame{{newer->first}, {}};
}

std::optional<Blame> resurrect_failed(History& history, Dice& dice) {
  const auto pair = some_pair(history, dice, [](const Operation& read, const Operation& write) {
    return answered(read, Function::kRead) && write.function == Function::kWrite &&
           write.outcome == Outcome::kFail && write.invoked_at < read.invoked_at;
  });
  if (!pair) return std::nullopt;
  history.operations[pair->first].results = {history.operations[pair->second].arguments[0]};
  return Blame{{pair->first, pair->second}, {}};
}

std::optional<Blame> lost_update(History& history, Dice& dice) {
  const auto pair = some_pair(history, dice, [](const Operation& a, const Operation& b) {
    return is_answered_swap(a) && !a.arguments[0].is_nil() && answered(b, Function::kCas) &&
           !is_answered_swap(b) && !precedes(a, b) && !precedes(b, a);
  });
  if (!pair) return std::nullopt;
  Operation& second = history.operations[pair->second];
  second.arguments[0] = Value(history.operations[pair->first].arguments[0]);
  second.results = {Value(true)};
  return Blame{{}, {pair->first, pair->second}};
}

std::optional<Pair> writes_in_order(const History& history, Dice& dice) {
  return some_pair(history, dice, [](const Operation& a, const Operation& b) {
    return answered(a, Function::kWrite) && answered(b, Function::kWrite) && precedes(a, b);
  });
}

std::optional<Blame> reuse_revision(History& history, Dice& dice) {
  const auto pair = writes_in_order(history, dice);
  if (!pair) return std::nullopt;
  history.operations[pair->second].revision = history.operations[pair->first].revision;
  return Blame{{}, {pair->first, pair->second}};
}

std::optional<Blame> revision_back(History& history, Dice& dice) {
  const auto pair = writes_in_order(history, dice);
  if (!pair) return std::nullopt;
  std::swap(history.operations[pair->first].revision, history.operations[pair->second].revision);
  return Blame{{}, {pair->first, pair->second}};
}

}  // namespace

std::vector<Mutation> register_mutations() {
  const CheckOptions cas{.model = "cas-register"};
  return {
      {"swap", cas, 4, {"future-read", "stale-read", "never-written"}, plain, swap},
      {"drop a write", cas, 2, {"never-written", "garbage-read"}, plain, drop_write},
      {"delay", cas, 4, {"stale-read", "split-brain"}, plain, delay},
      {"resurrect a failed write",
       cas,
       2,
       {"failed-effect", "failed-write-seen"},
       with_failures,
       resurrect_failed},
      {"lost update", cas, 3, {"lost-update"}, with_swaps, lost_update},
      {"reuse a revision",
       cas,
       3,
       {"revision-reuse", "revision-claimed-twice"},
       with_revisions,
       reuse_revision},
      {"revision goes back",
       cas,
       3,
       {"revision-backwards", "stale-revision", "non-monotonic-revision"},
       with_revisions,
       revision_back},
  };
}

}  // namespace plumbline::checker
