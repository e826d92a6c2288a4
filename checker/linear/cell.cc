#include "checker/linear/cell.h"

#include <algorithm>
#include <utility>

namespace plumbline::checker {
namespace {

// Stands for every value that nobody saw.
const Value& unseen_value() {
  static const Value value(std::string("(a value that nobody saw)"));
  return value;
}

}  // namespace

Action Cell::saw(State state) const {
  return {.kind = kSaw, .pure = true, .shows = true, .from = state};
}

Action Cell::saw_other_than(State state) const {
  return {.kind = kSawOther, .pure = true, .from = state};
}

Action Cell::found_and_removed() const { return {.kind = kRemoved, .to = Sequences::kNil}; }

Action Cell::set(State state) const { return {.kind = kSet, .overwrites = true, .to = state}; }

Action Cell::swap(State expected, State next) const {
  if (expected == next) return saw(expected);
  return {.kind = kSwap, .shows = true, .from = expected, .to = next};
}

Action Cell::append(const Value& token) { return {.kind = kAppend, .to = sequences_.token(token)}; }

Action Cell::impossible() const { return {.kind = kImpossible}; }

std::optional<State> Cell::step(State state, const Action& action) {
  switch (static_cast<Kind>(action.kind)) {
    case kSaw:
      if (state != action.from) return std::nullopt;
      return state;
    case kSawOther:
      if (state == action.from) return std::nullopt;
      return state;
    case kRemoved:
      if (state == Sequences::kNil) return std::nullopt;
      return Sequences::kNil;
    case kSet: return action.to;
    case kSwap:
      if (state != action.from) return std::nullopt;
      return action.to;
    case kAppend:
      return sequences_.child(state == Sequences::kNil ? Sequences::kEmpty : state,
                              static_cast<Token>(action.to));
    case kImpossible: return std::nullopt;
  }
  return std::nullopt;
}

template <typename Visit>
void Cell::for_tokens_of(State state, Visit visit) const {
  for (State n = state; n > Sequences::kEmpty; n = sequences_.parent(n)) visit(sequences_.last(n));
}

template <typename Visit>
void Cell::for_written(const Action& action, Visit visit) const {
  if (action.kind == kAppend) visit(static_cast<Token>(action.to));
  if (action.kind == kSet || action.kind == kSwap) for_tokens_of(action.to, visit);
}

// An action that writes no token at all makes the cell nil or empty, as others may: it is wanted.
bool Cell::writes_wanted(const Action& action) const {
  bool none = true;
  bool wanted = false;
  for_written(action, [&](Token token) {
    none = false;
    wanted = wanted || tokens_[token].wanted;
  });
  return none || wanted;
}

void Cell::want(State state) {
  for_tokens_of(state, [&](Token token) { tokens_[token].wanted = true; });
}

void Cell::prepare(std::vector<Entry>& entries) {
  blind_ = false;
  for (Entry& entry : entries) {
    if (!entry.definite && entry.action.pure) entry.dropped = true;
    if (!entry.definite) continue;
    blind_ = blind_ || entry.action.kind == kSawOther || entry.action.kind == kRemoved;
  }
  reset_facts();
  count_writers(entries);
  settle(entries);
  keep_wanted(entries);
  count_writers(entries);
  count_shown(entries);
  mark_once(entries);
  mark_unseen(entries);
}

void Cell::reset_facts() {
  unseen_token_ = sequences_.token(unseen_value());
  nodes_.assign(sequences_.nodes(), {});
  tokens_.assign(sequences_.tokens(), {});
}

void Cell::count_writers(const std::vector<Entry>& entries) {
  for (TokenFacts& token : tokens_) token.writers = 0;
  for_tokens_of(initial_, [&](Token token) {
    tokens_[token].writers = 1;
    tokens_[token].writer = kStart;
  });
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (entries[i].dropped) continue;
    for_written(entries[i].action, [&](Token token) {
      TokenFacts& facts = tokens_[token];
      if (facts.writers > 0 && facts.writer == i) return;  // Twice in one value: one writer.
      ++facts.writers;
      facts.writer = i;
    });
  }
}

void Cell::settle(std::vector<Entry>& entries) {
  std::vector<std::pair<State, std::int64_t>> shown;
  std::vector<bool> settled(entries.size(), false);
  for (const Entry& entry : entries) {
    if (entry.definite && entry.action.shows) {
      shown.emplace_back(entry.action.from, entry.returned_at);
    }
  }
  while (!shown.empty()) {
    const auto [state, by] = shown.back();
    shown.pop_back();
    for (State n = state; n > Sequences::kEmpty && nodes_[n].shown_by > by;
         n = sequences_.parent(n)) {
      nodes_[n].shown_by = by;
      const TokenFacts& token = tokens_[sequences_.last(n)];
      if (token.writers != 1 || token.writer == kStart) continue;
      Entry& writer = entries[token.writer];
      // A value that was seen before the call of its only writer stays impossible: the deadline
      // is then the call itself, and the search finds nobody to show it to.
      const std::int64_t deadline = std::max(std::min(by, writer.returned_at), writer.invoked_at);
      if (writer.definite && (!settled[token.writer] || writer.returned_at <= deadline)) continue;
      writer.definite = true;
      writer.returned_at = deadline;
      settled[token.writer] = true;
      if (writer.action.shows) shown.emplace_back(writer.action.from, deadline);
    }
  }
}

// A kept cas may compare, so what it compares with becomes wanted, and so on.
void Cell::keep_wanted(std::vector<Entry>& entries) {
  for (State n = Sequences::kEmpty + 1; n < static_cast<State>(nodes_.size()); ++n) {
    if (nodes_[n].shown_by != kNever) tokens_[sequences_.last(n)].wanted = true;
  }
  for (const Entry& entry : entries) {
    if (entry.definite && entry.action.kind == kSawOther) want(entry.action.from);
  }
  std::vector<bool> kept(entries.size(), false);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const Entry& entry = entries[i];
      if (entry.definite || entry.dropped || kept[i] || entry.action.kind != kSwap) continue;
      if (!blind_ && !writes_wanted(entry.action)) continue;
      want(entry.action.from);
      kept[i] = changed = true;
    }
  }
  drop_unwanted(entries);
}

void Cell::drop_unwanted(std::vector<Entry>& entries) {
  for (Entry& entry : entries) {
    if (entry.definite || entry.dropped || writes_wanted(entry.action)) continue;
    if (blind_) {
      write_unseen_value(entry.action);
    } else {
      entry.dropped = true;
    }
  }
}

void Cell::write_unseen_value(Action& action) {
  const bool appends = action.kind == kAppend;
  action.to = appends ? unseen_token_ : sequences_.child(Sequences::kEmpty, unseen_token_);
}

void Cell::count_shown(const std::vector<Entry>& entries) {
  shown_not_nil_ = 0;
  for (const Entry& entry : entries) {
    if (!entry.definite || entry.dropped || !entry.action.shows) continue;
    ++nodes_[entry.action.from].shown;
    if (entry.action.from != Sequences::kNil) ++shown_not_nil_;
  }
  for (State n = static_cast<State>(nodes_.size()) - 1; n >= 0; --n) {
    nodes_[n].shown_below += nodes_[n].shown;
    if (n <= Sequences::kEmpty) continue;
    tokens_[sequences_.last(n)].shown += nodes_[n].shown_below;
    nodes_[sequences_.parent(n)].shown_below += nodes_[n].shown_below;
  }
}

void Cell::mark_once(const std::vector<Entry>& entries) {
  bool nil_returns = false;
  bool empty_returns = initial_ != Sequences::kEmpty;
  only_appends_ = true;
  for (const Entry& entry : entries) {
    if (entry.dropped || entry.action.pure || entry.action.kind == kAppend) continue;
    only_appends_ = false;
    nil_returns = nil_returns || entry.action.to == Sequences::kNil;
    empty_returns = empty_returns || entry.action.to == Sequences::kEmpty;
  }
  nodes_[Sequences::kNil].once = !nil_returns;
  nodes_[Sequences::kEmpty].once = !empty_returns;
  for (State n = Sequences::kEmpty + 1; n < static_cast<State>(nodes_.size()); ++n) {
    const State parent = sequences_.parent(n);
    nodes_[n].once = (parent != Sequences::kEmpty && nodes_[parent].once) ||
                     tokens_[sequences_.last(n)].writers == 1;
  }
}

void Cell::mark_unseen(std::vector<Entry>& entries) {
  for (Entry& entry : entries) {
    const std::uint8_t kind = entry.action.kind;
    entry.unseen = !blind_ && entry.definite && (kind == kSet || kind == kAppend) &&
                   !writes_wanted(entry.action);
    if (entry.unseen) write_unseen_value(entry.action);
  }
}

const Cell::NodeFacts& Cell::facts(State state) const {
  static constexpr NodeFacts kNothingKnown;
  const auto index = static_cast<std::size_t>(state);
  return index < nodes_.size() ? nodes_[index] : kNothingKnown;
}

bool Cell::hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const {
  const NodeFacts& left = facts(from);
  const NodeFacts& entered = facts(to);
  const bool appends = entry.action.kind == kAppend;
  if (left.once) {
    if (entry.definite && entry.action.shows) ++seen;
    if (seen < left.shown) return true;
    // The continuations of a sequence with a token are reached by appending to it, and in no other
    // way; anything may be written over nil and over the empty sequence.
    std::uint32_t ahead = left.shown_below - left.shown;
    if (from == Sequences::kNil) ahead = shown_not_nil_;
    if (from <= Sequences::kEmpty && !only_appends_) ahead = 0;
    if (ahead > (appends ? entered.shown_below : 0)) return true;
  }
  if (!appends) return false;
  const TokenFacts& token = tokens_[static_cast<Token>(entry.action.to)];
  return token.writers == 1 && token.shown != entered.shown_below;
}

}  // namespace plumbline::checker
