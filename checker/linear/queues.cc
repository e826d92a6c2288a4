#include "checker/linear/queues.h"

#include <algorithm>

namespace plumbline::checker {

Queues::Queues(const ModelOptions& options) : first_value_(options.initial) {}

void Queues::meet(std::span<const Operation* const> operations) {
  if (first_value_.is_list()) {
    for (const Value& element : first_value_.list()) first_.push_back(values_.number(element));
  }
  for (const Operation* op : operations) {
    for (const Value& argument : op->arguments) values_.number(argument);
    for (const Value& result : op->results) {
      values_.number(result);
      if (!result.is_list()) continue;
      for (const Value& element : result.list()) values_.number(element);
    }
  }
}

Action Queues::compile(const Operation& op) {
  const bool ok = op.outcome == Outcome::kOk;
  switch (op.function) {
    case Function::kEnqueue:
      return {.kind = kEnqueue, .to = static_cast<State>(values_.number(op.arguments[0]))};
    case Function::kDequeue:
      if (!ok) return {.kind = kTakeAny};
      if (op.results[0].is_nil()) {
        return {.kind = kFoundNone, .pure = true, .shows = true, .from = kEmpty};
      }
      return {.kind = kTook, .to = static_cast<State>(values_.number(op.results[0]))};
    case Function::kDrain: return ok ? compile_drain(op) : Action{.kind = kDrainAny};
    default: return {.kind = kImpossible, .pure = true};
  }
}

Action Queues::compile_drain(const Operation& op) {
  const Value& answer = op.results[0];
  if (!answer.is_list() && !answer.is_nil()) return {.kind = kImpossible, .pure = true};
  std::vector<Element> took;
  if (answer.is_list()) {
    for (const Value& element : answer.list()) took.push_back(values_.number(element));
  }
  if (took.empty()) return {.kind = kFoundNone, .pure = true, .shows = true, .from = kEmpty};
  drained_.push_back(std::move(took));
  return {.kind = kDrained, .to = static_cast<State>(drained_.size() - 1)};
}

template <typename Visit>
void Queues::for_taken(const Action& action, Visit visit) const {
  if (action.kind == kTook) visit(static_cast<Element>(action.to));
  if (action.kind != kDrained) return;
  for (const Element element : drained(action)) visit(element);
}

void Queues::prepare(std::vector<Entry>& entries) {
  drop_idle(entries);
  facts_.assign(elements(), {});
  count_taken(entries);
  drop_unneeded_enqueues(entries);
  count_enqueued(entries);
  drop_takers_of_nothing(entries);
  find_when_taken(entries);
  settle(entries);
  for (Entry& entry : entries) {
    if (!entry.definite || entry.dropped || entry.action.kind != kTook) continue;
    const ElementFacts& only = facts_[entry.action.to];
    entry.eager = only.enqueued == 1 && only.taken == 1 && !only.drained;
  }
  start(entries);
}

void Queues::count_taken(const std::vector<Entry>& entries) {
  for (const Entry& entry : entries) {
    if (entry.dropped) continue;
    const bool drain = entry.action.kind == kDrained;
    for_taken(entry.action, [&](Element element) {
      ElementFacts& facts = facts_[element];
      if (entry.definite) ++facts.taken;
      (entry.definite ? facts.drained : facts.maybe_drained) |= drain;
    });
  }
}

// With the enqueue goes whoever took the element; but a drain took others with it.
void Queues::drop_unneeded_enqueues(std::vector<Entry>& entries) const {
  for (Entry& entry : entries) {
    if (entry.definite || entry.dropped || entry.action.kind != kEnqueue) continue;
    const ElementFacts& facts = facts_[entry.action.to];
    entry.dropped = facts.taken == 0 && !facts.maybe_drained;
  }
}

void Queues::count_enqueued(const std::vector<Entry>& entries) {
  for (const Element element : first_) ++facts_[element].enqueued;
  for (const Entry& entry : entries) {
    if (!entry.dropped && entry.action.kind == kEnqueue) ++facts_[entry.action.to].enqueued;
  }
  for (ElementFacts& facts : facts_) facts.spoken_for = facts.enqueued <= facts.taken;
}

void Queues::drop_takers_of_nothing(std::vector<Entry>& entries) const {
  const bool any = std::any_of(facts_.begin(), facts_.end(),
                               [](const ElementFacts& facts) { return !facts.spoken_for; });
  for (Entry& entry : entries) {
    if (entry.definite || entry.dropped) continue;
    const std::uint8_t kind = entry.action.kind;
    if (kind == kTakeAny || kind == kDrainAny) entry.dropped = !any;
    for_taken(entry.action, [&](Element element) {
      entry.dropped = entry.dropped || facts_[element].spoken_for;
    });
  }
}

void Queues::find_when_taken(const std::vector<Entry>& entries) {
  std::int64_t any_from = kNever;
  for (const Entry& entry : entries) {
    if (entry.dropped) continue;
    const std::uint8_t kind = entry.action.kind;
    if (kind == kTakeAny || kind == kDrainAny) any_from = std::min(any_from, entry.invoked_at);
    for_taken(entry.action, [&](Element element) {
      ElementFacts& facts = facts_[element];
      facts.taken_from = std::min(facts.taken_from, entry.invoked_at);
      if (entry.definite) facts.taken_by = std::max(facts.taken_by, entry.returned_at);
    });
  }
  for (ElementFacts& facts : facts_) {
    if (facts.spoken_for) continue;
    facts.taken_from = std::min(facts.taken_from, any_from);
    facts.taken_by = kNever;
  }
}

void Queues::settle(std::vector<Entry>& entries) const {
  for (Entry& entry : entries) {
    if (entry.definite || entry.dropped || entry.action.kind != kEnqueue) continue;
    const ElementFacts& facts = facts_[entry.action.to];
    if (!facts.spoken_for) continue;
    entry.definite = true;
    entry.returned_at = std::max(std::min(facts.taken_by, entry.returned_at), entry.invoked_at);
  }
}

}  // namespace plumbline::checker
