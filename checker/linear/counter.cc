#include <algorithm>
#include <unordered_map>

#include "checker/linear/models.h"

namespace plumbline::checker {
namespace {

// A number, 0 unless told otherwise: add, read. Where every amount has one sign the number never
// comes back, so whoever read it must have had its turn before it changes, and no step may leap
// over a number that somebody read.
class Counter final : public Model {
 public:
  explicit Counter(const ModelOptions& options) {
    number_of(options.initial.is_int() ? options.initial.number() : 0);
  }

  // A sum is kept in 64 bits and wraps, as in a store of such numbers.
  Action compile(const Operation& op) override {
    if (op.function == Function::kAdd) {
      const Value& amount = op.arguments[0];
      if (!amount.is_int()) return {.kind = kImpossible, .pure = true};
      return {.kind = kAdd, .pure = amount.number() == 0, .to = number_of(amount.number())};
    }
    if (op.outcome != Outcome::kOk) return {.kind = kImpossible, .pure = true};
    if (!op.results[0].is_int()) return {.kind = kImpossible, .pure = true};
    return {.kind = kRead, .pure = true, .shows = true, .from = number_of(op.results[0].number())};
  }

  void prepare(std::vector<Entry>& entries) override {
    drop_idle(entries);
    reads_.clear();
    shown_.assign(values_.size(), 0);
    for (const Entry& entry : entries) {
      if (entry.dropped || entry.action.kind != kRead) continue;
      if (++shown_[entry.action.from] == 1) reads_.push_back(value(entry.action.from));
    }
    std::sort(reads_.begin(), reads_.end());
    find_direction(entries);
    if (direction_ != 0) drop_unneeded(entries);
  }

  State initial() const override { return 0; }

  std::optional<State> step(State state, const Action& action) override {
    switch (static_cast<Kind>(action.kind)) {
      case kAdd:
        return number_of(static_cast<std::int64_t>(static_cast<std::uint64_t>(value(state)) +
                                                   static_cast<std::uint64_t>(value(action.to))));
      case kRead:
        if (state != action.from) return std::nullopt;
        return state;
      case kImpossible: return std::nullopt;
    }
    return std::nullopt;
  }

  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override {
    if (entry.action.kind != kAdd || direction_ == 0) return false;
    if (from < static_cast<State>(shown_.size()) && seen < shown_[from]) return true;
    const std::int64_t low = std::min(value(from), value(to));
    const std::int64_t high = std::max(value(from), value(to));
    const auto after = std::upper_bound(reads_.begin(), reads_.end(), low);
    return after != reads_.end() && *after < high;
  }

  std::string text(State state) const override { return std::to_string(value(state)); }

 private:
  enum Kind : std::uint8_t { kAdd, kRead, kImpossible };

  // The sign of all amounts, if they have one and no sum of them can wrap.
  void find_direction(const std::vector<Entry>& entries) {
    const auto magnitude = [](std::int64_t n) {
      return n < 0 ? 0 - static_cast<std::uint64_t>(n) : static_cast<std::uint64_t>(n);
    };
    std::uint64_t reach = std::min(magnitude(value(initial())), kFar);
    bool up = false;
    bool down = false;
    for (const Entry& entry : entries) {
      if (entry.dropped || entry.action.kind != kAdd) continue;
      const std::int64_t amount = value(entry.action.to);
      up = up || amount > 0;
      down = down || amount < 0;
      reach = std::min(reach + std::min(magnitude(amount), kFar), kFar);
    }
    direction_ = up == down || reach == kFar ? 0 : up ? 1 : -1;
  }

  // What takes the number further than anybody ever read need not have happened.
  void drop_unneeded(std::vector<Entry>& entries) const {
    for (Entry& entry : entries) {
      if (entry.definite || entry.dropped) continue;
      const std::int64_t least = value(initial()) + value(entry.action.to);
      const bool read = !reads_.empty() && (direction_ > 0 ? reads_.back() >= least  //
                                                           : reads_.front() <= least);
      entry.dropped = !read;
    }
  }

  State number_of(std::int64_t value) {
    const auto [at, fresh] = numbers_.try_emplace(value, static_cast<State>(values_.size()));
    if (fresh) values_.push_back(value);
    return at->second;
  }
  std::int64_t value(State state) const { return values_[state]; }

  static constexpr std::uint64_t kFar = std::uint64_t{1} << 62;

  std::vector<std::int64_t> values_;
  std::unordered_map<std::int64_t, State> numbers_;
  int direction_ = 0;                 // 0: the number may come back.
  std::vector<std::int64_t> reads_;   // By definite entries, ascending, each once.
  std::vector<std::uint32_t> shown_;  // How many of them read each number.
};

}  // namespace

std::unique_ptr<Model> make_counter(const ModelOptions& options) {
  return std::make_unique<Counter>(options);
}

}  // namespace plumbline::checker
