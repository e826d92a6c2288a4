#include "checker/linear/cell.h"
#include "checker/linear/models.h"

namespace plumbline::checker {
namespace {

// One register per key: read, write, compare-and-swap. A value is compared whole, a list too.
class CasRegister final : public Cell {
 public:
  explicit CasRegister(const ModelOptions& options) : first_(options.initial) {
    start_at(state_of(first_));
  }

  Action compile(const Operation& op) override {
    const bool ok = op.outcome == Outcome::kOk;
    switch (op.function) {
      case Function::kRead: return saw(ok ? state_of(op.results[0]) : initial());
      case Function::kWrite: return set(state_of(op.arguments[0]));
      case Function::kCas: return compile_cas(op, ok);
      default: return impossible();
    }
  }

  std::string text(State state) const override { return sequences().text(state, true); }

 private:
  State state_of(const Value& value) {
    return value.is_nil() ? Sequences::kNil : sequences().child(Sequences::kEmpty, value);
  }

  Action compile_cas(const Operation& op, bool ok) {
    const State expected = state_of(op.arguments[0]);
    if (!ok || op.results[0].truth()) return swap(expected, state_of(op.arguments[1]));
    if (op.results.size() == 1) return saw_other_than(expected);
    const State seen = state_of(op.results[1]);
    return seen == expected ? impossible() : saw(seen);
  }

  const Value first_;
};

}  // namespace

std::unique_ptr<Model> make_cas_register(const ModelOptions& options) {
  return std::make_unique<CasRegister>(options);
}

}  // namespace plumbline::checker
