#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "checker/linear/cell.h"
#include "checker/linear/models.h"
#include "checker/linear/pieces.h"

namespace plumbline::checker {
namespace {

// A value as a string; anything else counts as the text it is written as.
std::string string_of(const Value& value) {
  return value.is_string() ? std::string(value.text()) : to_text(value);
}

const Value* compared_by(const Operation& op) {
  return op.function == Function::kCas ? &op.arguments[0] : nullptr;
}

// What one operation says about strings. A key that is absent holds nil, unless the user named a
// string that an absent key reads as: then that string stands for nil wherever nil is said, and a
// delete tells nothing of what it found.
class Meaning {
 public:
  explicit Meaning(const Value& initial) {
    if (!initial.is_nil()) absent_ = string_of(initial);
  }

  using Content = std::optional<std::string>;  // Nothing: absent.

  Content content(const Value& value) const {
    if (value.is_nil()) return absent_;
    return string_of(value);
  }
  const Content& absent() const { return absent_; }

 private:
  Content absent_;
};

// What an operation does, with the numbers of strings still to be found. `Target` makes the actions
// of a model: saw, saw_other_than, found_and_removed, set, swap, append, impossible; and state_of.
template <typename Target>
Action translate(const Operation& op, const Meaning& meaning, Target& target) {
  const bool ok = op.outcome == Outcome::kOk;
  const auto state = [&](const Value& value) { return target.state_of(meaning.content(value)); };
  switch (op.function) {
    case Function::kRead:
    case Function::kGet: return target.saw(ok ? state(op.results[0]) : target.initial());
    case Function::kWrite:
    case Function::kPut: return target.set(state(op.arguments[0]));
    case Function::kAppend: return target.append_text(string_of(op.arguments[0]));
    case Function::kDelete:
      if (!ok || op.results.empty() || meaning.absent()) return target.set(state(Value()));
      return op.results[0].truth() ? target.found_and_removed() : target.saw(state(Value()));
    case Function::kCas: {
      const State expected = state(op.arguments[0]);
      if (!ok || op.results[0].truth()) return target.swap(expected, state(op.arguments[1]));
      if (op.results.size() == 1) return target.saw_other_than(expected);
      const State seen = state(op.results[1]);
      return seen == expected ? target.impossible() : target.saw(seen);
    }
    default: return target.impossible();
  }
}

// Every string that was compared with can be cut in one way into what was written, so a string is
// the sequence of its pieces, and all that cell.h knows about sequences holds.
class CutStrings final : public Cell {
 public:
  CutStrings(const Meaning& meaning, const Pieces& pieces) : meaning_(meaning), pieces_(pieces) {
    start_at(state_of(meaning.absent()));
  }

  Action compile(const Operation& op) override { return translate(op, meaning_, *this); }

  std::string text(State state) const override {
    if (state == Sequences::kNil) return "nil";
    std::vector<const Value*> pieces;
    for (State n = state; n > Sequences::kEmpty; n = sequences().parent(n)) {
      pieces.push_back(&sequences().value(sequences().last(n)));
    }
    std::string all;
    for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) all += (*piece)->text();
    return to_text(Value(all));
  }

  using Cell::found_and_removed;
  using Cell::impossible;
  using Cell::saw;
  using Cell::saw_other_than;
  using Cell::set;
  using Cell::swap;

  State state_of(const Meaning::Content& content) {
    if (!content) return Sequences::kNil;
    if (const Value* whole = pieces_.find(*content)) {
      return sequences().child(Sequences::kEmpty, *whole);
    }
    const Pieces::Cut cut = pieces_.cut(*content);
    // One that cannot be made of pieces is like none that can.
    if (cut.ways == 0) return sequences().child(Sequences::kEmpty, strange(*content));
    State state = Sequences::kEmpty;
    for (const Value* piece : cut.pieces) state = sequences().child(state, *piece);
    return state;
  }

  Action append_text(const std::string& piece) { return append(*pieces_.find(piece)); }

 private:
  const Value& strange(const std::string& content) {
    return strange_.try_emplace(content, content).first->second;
  }

  const Meaning& meaning_;
  const Pieces& pieces_;
  std::map<std::string, Value> strange_;
};

// Strings as such. Of those that are not the beginning of anything that somebody compares with,
// nothing can be told apart, so they are one state.
class PlainStrings final : public Model {
 public:
  // `compared` are all strings that the operations to come may compare with.
  PlainStrings(const Meaning& meaning, std::vector<std::string> compared)
      : meaning_(meaning), compared_(std::move(compared)) {
    std::sort(compared_.begin(), compared_.end());
    initial_ = state_of(meaning.absent());
  }

  Action compile(const Operation& op) override { return translate(op, meaning_, *this); }

  void prepare(std::vector<Entry>& entries) override {
    drop_idle(entries);
    blind_ = std::any_of(entries.begin(), entries.end(), [](const Entry& entry) {
      const std::uint8_t kind = entry.action.kind;
      return !entry.dropped && (kind == kSawOther || kind == kRemoved);
    });
  }

  State initial() const override { return initial_; }

  std::optional<State> step(State state, const Action& action) override {
    switch (static_cast<Kind>(action.kind)) {
      case kSaw:
        if (state != action.from) return std::nullopt;
        return state;
      case kSawOther:
        if (state == action.from) return std::nullopt;
        return state;
      case kRemoved:
        if (state == kAbsent) return std::nullopt;
        return kAbsent;
      case kSet: return action.to;
      case kSwap:
        if (state != action.from) return std::nullopt;
        return action.to;
      case kAppend: return appended(state, action.to);
      case kImpossible: return std::nullopt;
    }
    return std::nullopt;
  }

  // A change that need not happen, into something that nobody will compare with: whoever comes next
  // replaces it, unseen.
  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override {
    (void)from;
    (void)seen;
    return !blind_ && !entry.definite && to == kOther;
  }

  std::string text(State state) const override {
    if (state == kAbsent) return "nil";
    if (state == kOther) return "a string that nobody saw";
    return to_text(Value(texts_[state]));
  }

  State state_of(const Meaning::Content& content) {
    if (!content) return kAbsent;
    const auto next = std::lower_bound(compared_.begin(), compared_.end(), *content);
    if (next == compared_.end() || !next->starts_with(*content)) return kOther;
    const auto [at, fresh] = numbers_.try_emplace(*content, static_cast<State>(texts_.size()));
    if (fresh) texts_.push_back(*content);
    return at->second;
  }

  Action saw(State state) const {
    return {.kind = kSaw, .pure = true, .shows = true, .from = state};
  }
  Action saw_other_than(State state) const {
    return {.kind = kSawOther, .pure = true, .from = state};
  }
  Action found_and_removed() const { return {.kind = kRemoved, .to = kAbsent}; }
  Action set(State state) const { return {.kind = kSet, .overwrites = true, .to = state}; }
  Action swap(State expected, State next) const {
    if (expected == next) return saw(expected);
    return {.kind = kSwap, .shows = true, .from = expected, .to = next};
  }
  Action append_text(const std::string& piece) {
    const auto number = static_cast<State>(appends_.size());
    const auto [at, fresh] = append_numbers_.try_emplace(piece, number);
    if (fresh) appends_.push_back(piece);
    return {.kind = kAppend, .to = at->second};
  }
  Action impossible() const { return {.kind = kImpossible, .pure = true}; }

 private:
  enum Kind : std::uint8_t { kSaw, kSawOther, kRemoved, kSet, kSwap, kAppend, kImpossible };

  static constexpr State kAbsent = 0;
  static constexpr State kOther = 1;

  State appended(State state, State piece) {
    if (state == kOther) return kOther;
    const auto [at, fresh] = after_.try_emplace({state, piece}, kOther);
    if (fresh) at->second = state_of(texts_[state] + appends_[piece]);
    return at->second;
  }

  const Meaning& meaning_;
  std::vector<std::string> compared_;
  State initial_ = kAbsent;
  bool blind_ = false;
  std::vector<std::string> texts_ = {"", ""};  // By state.
  std::map<std::string, State> numbers_;
  std::vector<std::string> appends_;
  std::map<std::string, State> append_numbers_;
  std::map<std::pair<State, State>, State> after_;
};

// A key of a map from strings to strings: get, put, delete, cas, and an append that makes the
// string longer. If all that was seen can be cut into what was written in one way, as it can when
// clients write what no other writes, it is judged as a sequence of pieces, else as a string.
class KeyValue final : public Model {
 public:
  explicit KeyValue(const ModelOptions& options) : meaning_(options.initial) {}

  void meet(std::span<const Operation* const> operations) override {
    bool distinct = true;
    if (meaning_.absent()) pieces_.add(*meaning_.absent());
    for (const Operation* op : operations) distinct = note_written(*op) && distinct;
    std::vector<std::string> compared;
    for (const Operation* op : operations) note_compared(*op, compared);
    for (const std::string& text : compared) distinct = distinct && pieces_.cut(text).ways <= 1;
    if (distinct) {
      inner_ = std::make_unique<CutStrings>(meaning_, pieces_);
    } else {
      inner_ = std::make_unique<PlainStrings>(meaning_, std::move(compared));
    }
  }

  Action compile(const Operation& op) override { return inner_->compile(op); }
  void prepare(std::vector<Entry>& entries) override { inner_->prepare(entries); }
  State initial() const override { return inner_->initial(); }
  std::optional<State> step(State state, const Action& action) override {
    return inner_->step(state, action);
  }
  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override {
    return inner_->hopeless(from, seen, entry, to);
  }
  std::string text(State state) const override { return inner_->text(state); }

 private:
  // False if it appends the empty string, which is no piece.
  bool note_written(const Operation& op) {
    const Value* written = written_value(op);
    if (written == nullptr || written->is_nil()) return true;
    const std::string text = string_of(*written);
    pieces_.add(text);
    return op.function != Function::kAppend || !text.empty();
  }

  void note_compared(const Operation& op, std::vector<std::string>& compared) const {
    const auto note = [&](const Value* value) {
      if (value == nullptr) return;
      if (const Meaning::Content content = meaning_.content(*value)) compared.push_back(*content);
    };
    note(shown_value(op));
    note(compared_by(op));
  }

  Meaning meaning_;
  Pieces pieces_;
  std::unique_ptr<Model> inner_;
};

}  // namespace

std::unique_ptr<Model> make_key_value(const ModelOptions& options) {
  return std::make_unique<KeyValue>(options);
}

}  // namespace plumbline::checker
