#include <algorithm>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "checker/linear/models.h"
#include "checker/linear/sequences.h"
#include "checker/linear/shared_arrays.h"
#include "checker/linear/value_numbers.h"

namespace plumbline::checker {
namespace {

// Several registers that a transaction reads and writes at one instant, step after step. A register
// holds nil or a sequence of tokens, as a key of kv-append does, so that a step may append too.
//
//  - settle and drop as in cell.h, for each token of each register: a transaction that alone wrote
//    what somebody saw did happen; one of whose values nobody saw any need not have.
//  - hopeless: a value that is written once may not be replaced by a transaction that returns
//    before somebody is called who sees that value.
class MultiRegister final : public Model {
 public:
  explicit MultiRegister(const ModelOptions& options) : first_(options.initial) {}

  void meet(std::span<const Operation* const> operations) override {
    for (const Operation* op : operations) {
      for (const Value& step : op->arguments) registers_.number(step.list()[1]);
    }
    stores_.emplace(registers_.size());
    initial_value_ = state_of(first_);
    const std::vector<std::uint32_t> all(registers_.size(), cell(initial_value_));
    initial_ = stores_->of(all);
  }

  Action compile(const Operation& op) override {
    const bool ok = op.outcome == Outcome::kOk;
    Steps steps;
    bool pure = true;
    for (std::size_t i = 0; i < op.arguments.size(); ++i) {
      const Value::List& asked = op.arguments[i].list();
      const std::uint32_t at = registers_.number(asked[1]);
      if (asked[0].text() == "r") {
        if (ok) steps.push_back({at, kRead, state_of(op.results[i].list()[2])});
        continue;
      }
      pure = false;
      const bool appends = asked[0].text() == "append";
      steps.push_back({at, appends ? kAppend : kWrite,
                       appends ? sequences_.token(asked[2]) : state_of(asked[2])});
    }
    return {.kind = 0, .pure = pure, .to = number_of(std::move(steps))};
  }

  void prepare(std::vector<Entry>& entries) override {
    drop_idle(entries);
    facts_.clear();
    nil_written_.assign(registers_.size(), false);
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      if (!entries[i].dropped) note(entries[i], i);
    }
    note_beginning();
    settle_or_drop(entries);
    note_last_calls(entries);
  }

  State initial() const override { return initial_; }

  std::optional<State> step(State state, const Action& action) override {
    written_.clear();
    for (const Step& step : transactions_[action.to]) {
      State& now = written_at(state, step.at);
      if (step.what == kRead && now != step.operand) return std::nullopt;
      if (step.what == kWrite) now = step.operand;
      if (step.what == kAppend) {
        now = sequences_.child(now == Sequences::kNil ? Sequences::kEmpty : now, step.operand);
      }
    }
    for (const auto& [at, value] : written_) state = stores_->with(state, at, cell(value));
    return state;
  }

  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override {
    (void)seen;
    for (const Step& step : transactions_[entry.action.to]) {
      if (step.what == kRead) continue;
      const State left = value_at(from, step.at);
      if (left == value_at(to, step.at)) continue;
      const auto called = last_call_.find(key(step.at, left));
      if (called != last_call_.end() && called->second > entry.returned_at) return true;
    }
    return false;
  }

  std::string text(State state) const override {
    std::string out;
    for (std::uint32_t i = 0; i < registers_.size(); ++i) {
      out += out.empty() ? "" : ", ";
      out += to_text(registers_.value(i)) + ": " + sequences_.text(value_at(state, i), true);
    }
    return "{" + out + "}";
  }

 private:
  enum What : std::uint8_t { kRead, kWrite, kAppend };

  struct Step {
    std::uint32_t at = 0;
    What what = kRead;
    std::int32_t operand = 0;  // The state read or written, or the token appended.
    friend auto operator<=>(const Step&, const Step&) = default;
  };
  using Steps = std::vector<Step>;

  // Of one token at one register.
  struct TokenFacts {
    std::uint32_t writers = 0;
    std::uint32_t writer = 0;        // The last of them, an index of entries.
    std::int64_t shown_by = kNever;  // The first return of a definite entry that shows it.
    bool wanted = false;             // Somebody shows it, definite or not.
  };

  // Nil is 0 in an array as it is in Sequences.
  static std::uint32_t cell(State value) { return static_cast<std::uint32_t>(value); }
  State value_at(State state, std::uint32_t at) const {
    return static_cast<State>(stores_->at(state, at));
  }
  static std::uint64_t key(std::uint32_t at, std::int32_t what) {
    return static_cast<std::uint64_t>(at) << 32 | static_cast<std::uint32_t>(what);
  }

  State state_of(const Value& value) {
    if (value.is_nil()) return Sequences::kNil;
    if (!value.is_list()) return sequences_.child(Sequences::kEmpty, value);
    State state = Sequences::kEmpty;
    for (const Value& token : value.list()) state = sequences_.child(state, token);
    return state;
  }

  State number_of(Steps steps) {
    const auto number = static_cast<State>(transactions_.size());
    const auto [at, fresh] = numbers_.try_emplace(steps, number);
    if (fresh) transactions_.push_back(std::move(steps));
    return at->second;
  }

  State& written_at(State state, std::uint32_t at) {
    for (auto& [known, value] : written_) {
      if (known == at) return value;
    }
    return written_.emplace_back(at, value_at(state, at)).second;
  }

  template <typename Visit>
  void for_tokens(const Step& step, Visit visit) const {
    if (step.what == kAppend) return visit(static_cast<Token>(step.operand));
    for (State n = step.operand; n > Sequences::kEmpty; n = sequences_.parent(n)) {
      visit(sequences_.last(n));
    }
  }

  void note(const Entry& entry, std::uint32_t index) {
    for (const Step& step : transactions_[entry.action.to]) {
      if (step.what == kWrite && step.operand <= Sequences::kEmpty) nil_written_[step.at] = true;
      for_tokens(step, [&](Token token) {
        TokenFacts& facts = facts_[key(step.at, token)];
        if (step.what == kRead) {
          facts.wanted = true;
          if (entry.definite) facts.shown_by = std::min(facts.shown_by, entry.returned_at);
        } else if (facts.writers == 0 || facts.writer != index) {
          ++facts.writers;
          facts.writer = index;
        }
      });
    }
  }

  void note_beginning() {
    for (std::uint32_t at = 0; at < registers_.size(); ++at) {
      for_tokens({at, kWrite, initial_value_},
                 [&](Token token) { facts_[key(at, token)].writers += 2; });
    }
  }

  // A transaction that makes a register nil or empty may be what somebody saw.
  bool writes_wanted(const Action& action) const {
    for (const Step& step : transactions_[action.to]) {
      bool none = true;
      bool wanted = false;
      if (step.what == kRead) continue;
      for_tokens(step, [&](Token token) {
        none = false;
        wanted = wanted || facts_.at(key(step.at, token)).wanted;
      });
      if (none || wanted) return true;
    }
    return false;
  }

  void settle_or_drop(std::vector<Entry>& entries) {
    for (Entry& entry : entries) {
      if (entry.definite || entry.dropped) continue;
      std::int64_t shown_by = kNever;
      for (const Step& step : transactions_[entry.action.to]) {
        if (step.what == kRead) continue;
        for_tokens(step, [&](Token token) {
          const TokenFacts& facts = facts_.at(key(step.at, token));
          if (facts.writers == 1) shown_by = std::min(shown_by, facts.shown_by);
        });
      }
      if (shown_by != kNever) {
        entry.definite = true;
        entry.returned_at = std::max(std::min(shown_by, entry.returned_at), entry.invoked_at);
      } else if (!writes_wanted(entry.action)) {
        entry.dropped = true;
      }
    }
  }

  // Of the values that cannot come back: when the last who sees one is called.
  void note_last_calls(const std::vector<Entry>& entries) {
    last_call_.clear();
    for (const Entry& entry : entries) {
      if (!entry.definite || entry.dropped) continue;
      for (const Step& step : transactions_[entry.action.to]) {
        if (step.what != kRead || !never_returns(step)) continue;
        std::int64_t& called = last_call_[key(step.at, step.operand)];
        called = std::max(called, entry.invoked_at);
      }
    }
  }

  bool never_returns(const Step& step) const {
    if (step.operand <= Sequences::kEmpty) {
      return !nil_written_[step.at] && step.operand == initial_value_;
    }
    bool once = false;
    for_tokens(step, [&](Token token) {
      const auto facts = facts_.find(key(step.at, token));
      once = once || (facts != facts_.end() && facts->second.writers == 1);
    });
    return once;
  }

  const Value first_;
  ValueNumbers registers_;
  Sequences sequences_;
  std::optional<SharedArrays> stores_;
  State initial_ = SharedArrays::kZeros;
  State initial_value_ = Sequences::kNil;
  std::vector<Steps> transactions_;
  std::map<Steps, State> numbers_;
  std::vector<std::pair<std::uint32_t, State>> written_;  // Within a transaction, by register.
  std::unordered_map<std::uint64_t, TokenFacts> facts_;   // By register and token.
  std::vector<bool> nil_written_;
  std::unordered_map<std::uint64_t, std::int64_t> last_call_;  // By register and state.
};

}  // namespace

std::unique_ptr<Model> make_multi_register(const ModelOptions& options) {
  return std::make_unique<MultiRegister>(options);
}

}  // namespace plumbline::checker
