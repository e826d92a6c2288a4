#include <algorithm>
#include <optional>
#include <unordered_map>

#include "checker/linear/models.h"
#include "checker/linear/shared_arrays.h"
#include "checker/linear/value_numbers.h"

namespace plumbline::checker {
namespace {

// A set, empty unless told otherwise: add, remove, read. An add or remove may tell whether it
// changed anything; a read tells all elements, in any order, each once.
//
//  - drop: an unknown add of what nobody found there need not have happened, nor an unknown remove
//    of what nobody missed: without it everybody is told the same.
//  - settle: an unknown add that alone can have brought what somebody found there did take effect,
//    before the first answer that shows it; so did an unknown remove that alone can have taken it.
//  - hopeless: where nothing is removed a set only grows. The sets that were read are then a chain,
//    and an element first shown by the n-th of them comes after all who read the one before it.
class Set final : public Model {
 public:
  explicit Set(const ModelOptions& options) : first_(options.initial) {}

  void meet(std::span<const Operation* const> operations) override {
    number_elements(first_);
    for (const Operation* op : operations) {
      for (const Value& argument : op->arguments) elements_.number(argument);
      if (op->function != Function::kRead) continue;
      for (const Value& result : op->results) number_elements(result);
    }
    sets_.emplace(kFirstWord + (elements_.size() + kWordBits - 1) / kWordBits);
    initial_ = state_of(first_).value_or(SharedArrays::kZeros);
  }

  Action compile(const Operation& op) override {
    if (op.function == Function::kRead) return compile_read(op);
    const bool told = op.outcome == Outcome::kOk && !op.results.empty() && op.results[0].is_bool();
    const bool adds = op.function == Function::kAdd;
    const auto element = static_cast<State>(elements_.number(op.arguments[0]));
    if (!told) return {.kind = adds ? kAdd : kRemove, .to = element};
    if (op.results[0].truth()) return {.kind = adds ? kAdded : kRemoved, .to = element};
    return {.kind = adds ? kFound : kMissed, .pure = true, .to = element};
  }

  void prepare(std::vector<Entry>& entries) override {
    drop_idle(entries);
    count_answers(entries);
    drop_unneeded(entries);
    count_changes(entries);
    settle(entries);
    narrow(entries);
    order_reads();
    mark_eager(entries);
  }

  State initial() const override { return initial_; }

  std::optional<State> step(State state, const Action& action) override {
    const auto element = static_cast<std::uint32_t>(action.to);
    switch (static_cast<Kind>(action.kind)) {
      case kRead:
        if (state != action.from) return std::nullopt;
        return state;
      case kAdd: return changed(state, element, true);
      case kRemove: return changed(state, element, false);
      case kAdded:
        if (has(state, element)) return std::nullopt;
        return changed(state, element, true);
      case kRemoved:
        if (!has(state, element)) return std::nullopt;
        return changed(state, element, false);
      case kFound:
        if (!has(state, element)) return std::nullopt;
        return state;
      case kMissed:
        if (has(state, element)) return std::nullopt;
        return state;
      case kImpossible: return std::nullopt;
    }
    return std::nullopt;
  }

  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override {
    if (!only_grows_ || from == to) return false;
    if (!chain_holds_) return true;
    const std::uint32_t rank = facts_[entry.action.to].rank;
    if (rank == 0) return false;
    const Shown& before = chain_[rank - 1];
    if (size(from) < before.size) return true;
    return always_changes_ && from == before.state && seen < before.times;
  }

  std::string text(State state) const override {
    Value::List list;
    for (std::uint32_t element = 0; element < elements_.size(); ++element) {
      if (has(state, element)) list.push_back(elements_.value(element));
    }
    return to_text(Value(std::move(list)));
  }

 private:
  enum Kind : std::uint8_t { kRead, kAdd, kRemove, kAdded, kRemoved, kFound, kMissed, kImpossible };

  // A set is an array: how many elements it has, then a bit for each that it might have.
  static constexpr std::size_t kSize = 0;
  static constexpr std::size_t kFirstWord = 1;
  static constexpr std::size_t kWordBits = 32;

  struct ElementFacts {
    bool found = false;              // A definite answer shows it there ...
    bool missed = false;             // ... or shows it away.
    bool refused = false;            // A remove did not find it.
    std::int64_t found_by = kNever;  // The first return of one that shows it there.
    std::uint32_t adders = 0;
    std::uint32_t adder = 0;  // The last of them, an index of entries.
    std::uint32_t removers = 0;
    std::uint32_t remover = 0;
    std::uint32_t rank = 0;  // Of the first set of the chain that has it; past its end if none.
  };
  struct Shown {
    State state = 0;
    std::uint32_t size = 0;
    std::uint32_t times = 0;
    std::int64_t by = kNever;
  };

  void number_elements(const Value& value) {
    if (!value.is_list()) return;
    for (const Value& element : value.list()) elements_.number(element);
  }

  // Nothing if an element occurs twice, or if it is no list at all; nil is the empty set.
  std::optional<State> state_of(const Value& value) {
    if (value.is_nil()) return SharedArrays::kZeros;
    if (!value.is_list()) return std::nullopt;
    std::vector<std::uint32_t> words(kFirstWord + (elements_.size() + kWordBits - 1) / kWordBits);
    for (const Value& element : value.list()) {
      const std::uint32_t number = elements_.number(element);
      std::uint32_t& word = words[kFirstWord + number / kWordBits];
      const std::uint32_t bit = 1U << number % kWordBits;
      if ((word & bit) != 0) return std::nullopt;
      word |= bit;
      ++words[kSize];
    }
    return sets_->of(words);
  }

  Action compile_read(const Operation& op) {
    if (op.outcome != Outcome::kOk) return {.kind = kImpossible, .pure = true};
    const std::optional<State> state = state_of(op.results[0]);
    if (!state) return compile_impossible(op.results[0]);
    return {.kind = kRead, .pure = true, .shows = true, .from = *state};
  }

  // What a wrong answer mentions is not dropped, so that an explanation can tell what was there.
  Action compile_impossible(const Value& answer) {
    mentioned_.resize(elements_.size(), false);
    if (answer.is_list()) {
      for (const Value& element : answer.list()) mentioned_[elements_.number(element)] = true;
    }
    return {.kind = kImpossible, .pure = true};
  }

  bool has(State state, std::uint32_t element) const {
    return (sets_->at(state, kFirstWord + element / kWordBits) >> element % kWordBits & 1) != 0;
  }
  std::uint32_t size(State state) const { return sets_->at(state, kSize); }

  State changed(State state, std::uint32_t element, bool there) {
    if (has(state, element) == there) return state;
    const std::size_t at = kFirstWord + element / kWordBits;
    const std::uint32_t word = sets_->at(state, at) ^ 1U << element % kWordBits;
    const std::uint32_t count = there ? size(state) + 1 : size(state) - 1;
    return sets_->with(sets_->with(state, at, word), kSize, count);
  }

  void count_answers(const std::vector<Entry>& entries) {
    facts_.assign(elements_.size(), {});
    shown_.clear();
    for (const Entry& entry : entries) {
      if (!entry.definite || entry.dropped) continue;
      const Action& action = entry.action;
      if (action.kind == kRead) {
        note_read(action.from, entry.returned_at);
      } else if (action.kind == kFound || action.kind == kRemoved) {
        facts_[action.to].found = true;
        note_found_by(facts_[action.to], entry.returned_at);
      } else if (action.kind == kMissed || action.kind == kAdded) {
        facts_[action.to].missed = true;
        facts_[action.to].refused |= action.kind == kMissed;
      }
    }
    for (const Shown& shown : shown_) note_elements(shown);
  }

  void note_read(State state, std::int64_t returned_at) {
    const auto [at, fresh] = shown_at_.try_emplace(state, 0);
    if (at->second >= shown_.size() || shown_[at->second].state != state) {
      at->second = shown_.size();
      shown_.push_back({state, size(state), 0, kNever});
    }
    Shown& shown = shown_[at->second];
    ++shown.times;
    shown.by = std::min(shown.by, returned_at);
  }

  static void note_found_by(ElementFacts& facts, std::int64_t returned_at) {
    facts.found_by = std::min(facts.found_by, returned_at);
  }

  void note_elements(const Shown& shown) {
    for (std::uint32_t element = 0; element < elements_.size(); ++element) {
      ElementFacts& facts = facts_[element];
      if (has(shown.state, element)) {
        facts.found = true;
        note_found_by(facts, shown.by);
      } else {
        facts.missed = true;
      }
    }
  }

  void drop_unneeded(std::vector<Entry>& entries) const {
    // What others may need in order to happen is needed, though they need not happen themselves.
    std::vector<bool> conditions = mentioned_;
    conditions.resize(elements_.size(), false);
    for (const Entry& entry : entries) {
      const std::uint8_t kind = entry.action.kind;
      if (entry.dropped || entry.definite) continue;
      if (kind == kAdded || kind == kRemoved) conditions[entry.action.to] = true;
    }
    for (Entry& entry : entries) {
      if (entry.definite || entry.dropped || conditions[entry.action.to]) continue;
      const ElementFacts& facts = facts_[entry.action.to];
      const bool adds = entry.action.kind == kAdd;
      entry.dropped = adds ? !facts.found : !facts.missed;
    }
  }

  void count_changes(const std::vector<Entry>& entries) {
    only_grows_ = always_changes_ = true;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      const std::uint8_t kind = entries[i].action.kind;
      if (entries[i].dropped) continue;
      if (kind == kRead || kind == kImpossible) continue;
      ElementFacts& facts = facts_[entries[i].action.to];
      if (kind == kRemove || kind == kRemoved) {
        only_grows_ = false;
        ++facts.removers;
        facts.remover = i;
      }
      if (kind != kAdd && kind != kAdded) continue;
      ++facts.adders;
      facts.adder = i;
      if (facts.adders > 1 || has(initial_, entries[i].action.to)) always_changes_ = false;
    }
  }

  void settle(std::vector<Entry>& entries) const {
    for (std::uint32_t element = 0; element < elements_.size(); ++element) {
      const ElementFacts& facts = facts_[element];
      if (facts.adders != 1 || has(initial_, element)) continue;
      Entry& adder = entries[facts.adder];
      if (!adder.definite && facts.found_by != kNever) settle_by(adder, facts.found_by);
      if (!adder.definite || facts.removers != 1 || entries[facts.remover].definite) continue;
      const std::int64_t there_by = std::min(facts.found_by, adder.returned_at);
      const std::int64_t gone_by = missed_after(entries, element, there_by);
      if (gone_by != kNever) settle_by(entries[facts.remover], gone_by);
    }
  }

  static void settle_by(Entry& entry, std::int64_t deadline) {
    entry.definite = true;
    entry.returned_at = std::max(std::min(deadline, entry.returned_at), entry.invoked_at);
  }

  // The first return of a read that was called after that time and lacks the element.
  std::int64_t missed_after(const std::vector<Entry>& entries, std::uint32_t element,
                            std::int64_t after) const {
    std::int64_t returned_at = kNever;
    for (const Entry& entry : entries) {
      if (!entry.definite || entry.dropped || entry.action.kind != kRead) continue;
      if (entry.invoked_at <= after || has(entry.action.from, element)) continue;
      returned_at = std::min(returned_at, entry.returned_at);
    }
    return returned_at;
  }

  // An element that is added once and removed once at most is there for one stretch of time. Who
  // saw it, and who did not, tells more of when that began and ended than the answers alone.
  void narrow(std::vector<Entry>& entries) const {
    for (std::uint32_t element = 0; element < elements_.size(); ++element) {
      const ElementFacts& facts = facts_[element];
      if (facts.adders != 1 || facts.removers > 1 || has(initial_, element)) continue;
      Entry& adder = entries[facts.adder];
      Entry* remover = facts.removers == 0 ? nullptr : &entries[facts.remover];
      if (adder.definite && (remover == nullptr || remover->definite)) {
        narrow_stretch(element, entries, adder, remover);
      }
    }
  }

  void narrow_stretch(std::uint32_t element, const std::vector<Entry>& entries, Entry& adder,
                      Entry* remover) const {
    Entry begins = adder;
    Entry ends = remover == nullptr ? adder : *remover;
    const bool removes = remover != nullptr && (ends.action.kind == kRemoved ||  //
                                                ends.invoked_at > begins.returned_at);
    for (const Entry& entry : entries) {
      if (!entry.definite || entry.dropped || entry.action.kind != kRead) continue;
      if (has(entry.action.from, element)) {
        begins.returned_at = std::min(begins.returned_at, entry.returned_at);
        if (removes) ends.invoked_at = std::max(ends.invoked_at, entry.invoked_at);
      } else if (remover == nullptr) {
        begins.invoked_at = std::max(begins.invoked_at, entry.invoked_at);
      } else if (entry.invoked_at > adder.returned_at) {
        ends.returned_at = std::min(ends.returned_at, entry.returned_at);
      }
    }
    // Where nothing is left the answers contradict each other, which the search will find.
    if (begins.invoked_at <= begins.returned_at) adder = begins;
    if (remover != nullptr && ends.invoked_at <= ends.returned_at) *remover = ends;
  }

  // The chain begins with the initial set, whether it was read or not.
  void order_reads() {
    chain_ = shown_;
    const bool read = std::any_of(shown_.begin(), shown_.end(),
                                  [&](const Shown& shown) { return shown.state == initial_; });
    if (!read) chain_.push_back({initial_, size(initial_), 0, kNever});
    std::sort(chain_.begin(), chain_.end(),
              [](const Shown& a, const Shown& b) { return a.size < b.size; });
    chain_holds_ = chain_.front().state == initial_;
    for (std::uint32_t element = 0; element < elements_.size() && only_grows_; ++element) {
      const auto with = std::find_if(chain_.begin(), chain_.end(),
                                     [&](const Shown& shown) { return has(shown.state, element); });
      facts_[element].rank = static_cast<std::uint32_t>(with - chain_.begin());
      chain_holds_ = chain_holds_ && std::all_of(with, chain_.end(), [&](const Shown& shown) {
                       return has(shown.state, element);
                     });
    }
    for (std::size_t i = 1; i < chain_.size(); ++i) {
      chain_holds_ = chain_holds_ && chain_[i].size > chain_[i - 1].size;
    }
  }

  // Once all who read the sets without it had their turn, nobody minds when an element is there.
  void mark_eager(std::vector<Entry>& entries) const {
    for (Entry& entry : entries) {
      const std::uint8_t kind = entry.action.kind;
      if (!only_grows_ || !always_changes_ || !entry.definite || (kind != kAdd && kind != kAdded))
        continue;
      const ElementFacts& facts = facts_[entry.action.to];
      entry.eager = facts.adders == 1 && !facts.refused && !has(initial_, entry.action.to);
    }
  }

  const Value first_;
  ValueNumbers elements_;
  std::optional<SharedArrays> sets_;
  State initial_ = SharedArrays::kZeros;
  std::vector<bool> mentioned_;
  std::vector<ElementFacts> facts_;
  std::vector<Shown> shown_;  // The sets that were read by definite entries, each once.
  std::unordered_map<State, std::size_t> shown_at_;
  std::vector<Shown> chain_;     // The same by size, if nothing is removed.
  bool only_grows_ = false;      // Nothing is removed,
  bool always_changes_ = false;  // and no add finds its element there, so a set is entered once.
  bool chain_holds_ = false;
};

}  // namespace

std::unique_ptr<Model> make_set(const ModelOptions& options) {
  return std::make_unique<Set>(options);
}

}  // namespace plumbline::checker
