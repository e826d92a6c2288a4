#include "checker/formats/model_guess.h"

namespace plumbline::checker {
namespace {

std::uint32_t bit_of(Function function) { return 1U << static_cast<unsigned>(function); }

}  // namespace

void ModelGuess::see(const Operation& op) {
  functions_ |= bit_of(op.function);
  if (op.function == Function::kTxn) {
    see_steps(op.arguments);
    see_steps(op.results);
  }
  const bool reads = op.function == Function::kRead || op.function == Function::kGet;
  if (!reads || op.results.empty()) return;
  reads_list_ = reads_list_ || op.results[0].is_list();
  reads_number_ = reads_number_ || op.results[0].is_int();
}

void ModelGuess::see_steps(const Values& steps) {
  for (const Value& step : steps) {
    const std::string_view what = step.list()[0].text();
    step_appends_ = step_appends_ || what == "append";
    step_writes_ = step_writes_ || what == "w";
    step_reads_list_ = step_reads_list_ || (what == "r" && step.list()[2].is_list());
  }
}

bool ModelGuess::any_of(std::initializer_list<Function> functions) const {
  for (const Function function : functions) {
    if ((functions_ & bit_of(function)) != 0) return true;
  }
  return false;
}

std::string_view ModelGuess::model() const {
  using enum Function;
  if (any_of({kAcquire, kRelease})) return "mutex";
  if (any_of({kEnqueue, kDequeue, kDrain})) return "queue";
  if (any_of({kTransfer})) return "bank";
  if (any_of({kGenerate})) return "unique-ids";
  if (any_of({kTxn})) {
    const bool lists = step_appends_ || (step_reads_list_ && !step_writes_);
    return lists ? "list-append" : "rw-register";
  }
  if (any_of({kAdd, kRemove})) {
    if (any_of({kRemove}) || reads_list_) return "set";
    return reads_number_ ? "counter" : "";
  }
  if (any_of({kPut, kGet, kAppend, kDelete})) return reads_list_ ? "kv-append" : "key-value";
  if (any_of({kWrite, kCas})) return "cas-register";
  return any_of({kRead}) && !reads_list_ ? "cas-register" : "";
}

}  // namespace plumbline::checker
