#include "checker/model_stepper.h"

#include "checker/history/text.h"

namespace plumbline::checker {

ModelStepper::ModelStepper(const ModelInfo& model, const ModelOptions& options,
                           const History& history, const std::vector<std::uint64_t>& witness)
    : model_(model.make(options)) {
  for (const std::uint64_t index : witness) operations_.push_back(&history.operations[index]);
  model_->meet(operations_);
  std::vector<Entry> entries;
  for (const Operation* op : operations_) {
    actions_.push_back(model_->compile(*op));
    entries.push_back({.action = actions_.back(),
                       .invoked_at = op->invoked_at,
                       .returned_at = op->outcome == Outcome::kOk ? op->returned_at : kNever,
                       .definite = op->outcome == Outcome::kOk});
  }
  model_->prepare(entries);  // Of the entries nothing is needed: the actions are what they were.
}

Stepper::State ModelStepper::initial() { return model_->initial(); }

Stepper::Step ModelStepper::step(State state, std::size_t operation) {
  if (const auto next = model_->step(state, actions_[operation])) return {*next, {}};
  const Operation& op = *operations_[operation];
  const Value* shown = shown_value(op);
  if (shown == nullptr) return {state, "not possible at " + model_->text(state)};
  return {state, "expected " + model_->text(state) + ", got " + to_text(*shown)};
}

}  // namespace plumbline::checker
