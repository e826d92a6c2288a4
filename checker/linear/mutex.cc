#include <map>

#include "checker/linear/cell.h"
#include "checker/linear/models.h"

namespace plumbline::checker {
namespace {

// A lock is a cell that holds nobody (nil) or its holder, which an acquire swaps in and a release
// swaps out. Of an owned lock the holder is the process that acquired it, and only that one can
// release it; of another, whoever releases it is as good as any.
class Mutex final : public Cell {
 public:
  Mutex(bool owned, const ModelOptions& options) : owned_(owned) {
    const Value& first = options.initial;
    if (first.is_nil() || first == Value("unlocked")) return;
    start_at(held_by(owned && first.is_int() ? first.number() : kSomebody));
  }

  Action compile(const Operation& op) override {
    const State held = held_by(owned_ ? op.process : kSomebody);
    if (op.function == Function::kAcquire) return swap(Sequences::kNil, held);
    return swap(held, Sequences::kNil);
  }

  // A process that no certain answer lets release the lock can only keep others from it, and the
  // order without its acquires, and the releases that belong to them, is as good.
  void prepare(std::vector<Entry>& entries) override {
    if (owned_) {
      drop_without(
          entries,
          [](const Entry& entry) { return entry.definite && entry.action.to == Sequences::kNil; },
          true);
      drop_without(
          entries,
          [](const Entry& entry) { return !entry.dropped && entry.action.from == Sequences::kNil; },
          false);
    }
    Cell::prepare(entries);
  }

  std::string text(State state) const override {
    if (state == Sequences::kNil) return "unlocked";
    const Value& holder = sequences().value(sequences().last(state));
    return holder.number() == kSomebody ? "locked" : "locked by c" + to_text(holder);
  }

 private:
  static constexpr std::int64_t kSomebody = -1;

  State held_by(std::int64_t process) {
    const Value& holder = holders_.try_emplace(process, process).first->second;
    return sequences().child(Sequences::kEmpty, holder);
  }

  // Drops the doubtful acquires (or releases) of each holder without an entry that `needed` holds
  // of; the lock may have been held when the history begins.
  template <typename Needed>
  void drop_without(std::vector<Entry>& entries, Needed needed, bool acquires) {
    std::map<State, bool> found;
    if (!acquires) found[initial()] = true;
    for (const Entry& entry : entries) {
      if (needed(entry)) found[holder_of(entry.action)] = true;
    }
    for (Entry& entry : entries) {
      const bool acquire = entry.action.from == Sequences::kNil;
      if (entry.definite || acquire != acquires || found[holder_of(entry.action)]) continue;
      entry.dropped = true;
    }
  }

  static State holder_of(const Action& action) {
    return action.from == Sequences::kNil ? action.to : action.from;
  }

  bool owned_;
  std::map<std::int64_t, Value> holders_;
};

}  // namespace

std::unique_ptr<Model> make_mutex(const ModelOptions& options) {
  return std::make_unique<Mutex>(false, options);
}

std::unique_ptr<Model> make_owned_mutex(const ModelOptions& options) {
  return std::make_unique<Mutex>(true, options);
}

}  // namespace plumbline::checker
