#include "checker/linear/cell.h"
#include "checker/linear/models.h"

namespace plumbline::checker {
namespace {

// A key of a map. Its value is absent (nil) or a sequence of tokens; a scalar is the sequence of
// itself alone, as it is for a store of bytes that an append makes longer. An append to an absent
// key makes a sequence of one. read and write are other names of get and put here.
class KvAppend final : public Cell {
 public:
  explicit KvAppend(const ModelOptions& options) : first_(options.initial) {
    start_at(state_of(first_));
  }

  Action compile(const Operation& op) override {
    const bool ok = op.outcome == Outcome::kOk;
    switch (op.function) {
      case Function::kRead:
      case Function::kGet: return saw(ok ? state_of(op.results[0]) : initial());
      case Function::kWrite:
      case Function::kPut: return set(state_of(op.arguments[0]));
      case Function::kAppend: return append(op.arguments[0]);
      case Function::kDelete:
        if (!ok || op.results.empty()) return set(Sequences::kNil);
        return op.results[0].truth() ? found_and_removed() : saw(Sequences::kNil);
      case Function::kCas: return compile_cas(op, ok);
      default: return impossible();
    }
  }

  std::string text(State state) const override { return sequences().text(state, true); }

 private:
  State state_of(const Value& value) {
    if (value.is_nil()) return Sequences::kNil;
    if (!value.is_list()) return sequences().child(Sequences::kEmpty, value);
    State state = Sequences::kEmpty;
    for (const Value& token : value.list()) state = sequences().child(state, token);
    return state;
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

std::unique_ptr<Model> make_kv_append(const ModelOptions& options) {
  return std::make_unique<KvAppend>(options);
}

}  // namespace plumbline::checker
