// What a watch of a store of revisions tells.

#include <algorithm>
#include <utility>

#include "tests/checker/mutations/mutation.h"
#include "tests/checker/support/mvcc_history.h"

namespace plumbline::checker {
namespace {

History watched(Dice& dice) {
  mvcc::MvccShape shape;
  shape.operations = 50;
  shape.leases = 0;
  shape.unknown_percent = 5;
  shape.txn_percent = 40;
  return mvcc::mvcc_history(shape, dice);
}

std::size_t watch_of(const History& history) {
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    if (answered(history.operations[i], Function::kWatch)) return i;
  }
  return history.operations.size();
}

bool tells_events(const Value& response) { return response.list()[0] == Value("events"); }

std::int64_t revision_of(const Value& response) { return response.list()[2].number(); }

// The places of a watch's responses that tell of changes.
std::vector<std::size_t> events_of(const Values& responses) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    if (tells_events(responses[i])) places.push_back(i);
  }
  return places;
}

std::vector<Value> list_of_responses(const Values& responses) {
  return std::vector<Value>(responses.begin(), responses.end());
}

// The watch, and the put that made the revision if it was one.
Blame blame_for(const History& history, std::size_t watch, std::int64_t revision) {
  Blame blame{{watch}, {}};
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (!answered(op, Function::kKv) || op.revision != revision) continue;
    if (op.arguments[0].list()[0] == Value("put")) blame.one_of.push_back(i);
  }
  return blame;
}

std::optional<Blame> gap(History& history, Dice& dice) {
  const std::size_t watch = watch_of(history);
  std::vector<Value> responses = list_of_responses(history.operations[watch].results);
  const std::vector<std::size_t> events = events_of(history.operations[watch].results);
  if (events.size() < 3) return std::nullopt;
  const auto chosen = dice.below(static_cast<std::int64_t>(events.size()) - 1);
  const std::size_t at = events[static_cast<std::size_t>(chosen)];
  const std::int64_t revision = revision_of(responses[at]);
  responses.erase(responses.begin() + static_cast<std::ptrdiff_t>(at));
  history.operations[watch].results = responses;
  return blame_for(history, watch, revision);
}

std::optional<Blame> duplicate(History& history, Dice& dice) {
  const std::size_t watch = watch_of(history);
  std::vector<Value> responses = list_of_responses(history.operations[watch].results);
  const std::vector<std::size_t> events = events_of(history.operations[watch].results);
  if (events.empty()) return std::nullopt;
  const auto chosen = dice.below(static_cast<std::int64_t>(events.size()));
  const std::size_t at = events[static_cast<std::size_t>(chosen)];
  const Value copy = responses[at];
  responses.insert(responses.begin() + static_cast<std::ptrdiff_t>(at), copy);
  history.operations[watch].results = responses;
  return blame_for(history, watch, revision_of(copy));
}

// Two neighbours change places; the first comes as late as the second.
std::optional<Blame> reorder(History& history, Dice& dice) {
  const std::size_t watch = watch_of(history);
  std::vector<Value> responses = list_of_responses(history.operations[watch].results);
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i + 1 < responses.size(); ++i) {
    if (tells_events(responses[i]) && tells_events(responses[i + 1])) places.push_back(i);
  }
  if (places.empty()) return std::nullopt;
  const auto chosen = dice.below(static_cast<std::int64_t>(places.size()));
  const std::size_t at = places[static_cast<std::size_t>(chosen)];
  std::swap(responses[at], responses[at + 1]);
  responses[at + 1] = with_item(responses[at + 1], 1, responses[at].list()[1]);
  const std::int64_t revision = revision_of(responses[at + 1]);
  history.operations[watch].results = responses;
  return blame_for(history, watch, revision);
}

std::optional<Blame> split(History& history, Dice&) {
  const std::size_t watch = watch_of(history);
  std::vector<Value> responses = list_of_responses(history.operations[watch].results);
  const auto whole = std::find_if(responses.begin(), responses.end(), [](const Value& response) {
    return tells_events(response) && response.list()[3].list().size() > 1;
  });
  if (whole == responses.end()) return std::nullopt;
  Value::List first = whole->list()[3].list();
  Value rest = with_item(*whole, 3, Value(Value::List(first.begin() + 1, first.end())));
  first.resize(1);
  const std::int64_t revision = revision_of(rest);
  *whole = with_item(*whole, 3, Value(std::move(first)));
  responses.insert(whole + 1, std::move(rest));
  history.operations[watch].results = responses;
  return blame_for(history, watch, revision);
}

}  // namespace

std::vector<Mutation> watch_mutations() {
  const CheckOptions store{.model = "mvcc"};
  return {
      {"watch gap", store, 2, {"watch-gap"}, watched, gap},
      {"watch duplicate", store, 2, {"watch-duplicate"}, watched, duplicate},
      {"watch reorder", store, 2, {"watch-reorder", "watch-reordered"}, watched, reorder},
      {"watch split", store, 2, {"watch-split"}, watched, split},
  };
}

}  // namespace plumbline::checker
