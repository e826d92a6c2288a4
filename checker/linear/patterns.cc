#include "checker/linear/patterns.h"

#include <algorithm>
#include <array>

#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

using Said = std::optional<Because>;

const Operation& op(const Request* request) { return *request->operation; }
bool precedes(const Request* a, const Request* b) { return a->returned_at < b->invoked_at; }
bool precedes_call(const Request* a, const Request* b) {
  return a->invoked_at != b->invoked_at ? a->invoked_at < b->invoked_at : a->index < b->index;
}
// Whether it certainly decided what the key holds: a delete that was answered does, whatever it
// found.
bool changed_something(const Request* request) {
  const bool erased = op(request).function == Function::kDelete && request->outcome == Outcome::kOk;
  return erased || effect_of(op(request)) == Effect::kSome;
}
std::string who(const Request* request) { return client_text(op(request)); }

// What the readers of one key need to know again and again.
class Facts {
 public:
  explicit Facts(const Contradiction& contradiction) : all_(contradiction.all) {}

  std::vector<const Request*> writers(const Value& token) const {
    std::vector<const Request*> found;
    for (const Request* request : all_) {
      if (request->outcome != Outcome::kFail && writes_token(*request, token)) {
        found.push_back(request);
      }
    }
    return found;
  }
  const Request* failed_writer(const Value& token) const {
    for (const Request* request : all_) {
      if (request->outcome == Outcome::kFail && writes_token(*request, token)) return request;
    }
    return nullptr;
  }
  // The one request that can have made the value what it is; nullptr if there may be several.
  const Request* only_writer(const Value& value) const {
    const auto tokens = tokens_of(value);
    if (tokens.size() != 1) return nullptr;
    const auto found = writers(tokens[0]);
    return found.size() == 1 ? found[0] : nullptr;
  }
  // Whether nothing can have made the key nil after `from` was called and before `to` returned.
  bool never_nil_between(const Request* from, const Request* to) const {
    return std::none_of(all_.begin(), all_.end(), [&](const Request* request) {
      if (request->outcome == Outcome::kFail) return false;
      const Value* written = written_value(op(request));
      const bool removes =
          written != nullptr ? written->is_nil() : op(request).function == Function::kDelete;
      return removes && !precedes(request, from) && !precedes(to, request);
    });
  }
  // Whether `value`, which one request alone wrote, was there before `request` was called.
  bool there_before(const Value& value, const Request* request) const {
    const Request* writer = only_writer(value);
    if (writer == nullptr || writer == request) return false;
    if (precedes(writer, request)) return true;
    return std::any_of(all_.begin(), all_.end(), [&](const Request* reader) {
      const Value* shown = shown_value(op(reader));
      return shown != nullptr && *shown == value && precedes(reader, request);
    });
  }
  bool only_appends() const {
    return std::all_of(all_.begin(), all_.end(), [](const Request* request) {
      const Operation& operation = op(request);
      if (request->outcome == Outcome::kFail) return true;
      return operation.function == Function::kAppend || operation.function == Function::kGet ||
             operation.function == Function::kRead;
    });
  }

 private:
  std::span<const Request* const> all_;
};

std::string shown_text(const Request* reader) {
  const Value& shown = *shown_value(op(reader));
  const bool compared = op(reader).function == Function::kCas;
  return (compared ? "found " : "returned ") + to_text(shown);
}

std::string returned_then_called(const Request* first, const Request* second) {
  const TimeText time{first->returned_at, second->invoked_at};
  return who(first) + " returned at " + time(first->returned_at) + "; " + who(second) +
         ", called at " + time(second->invoked_at) + ", " + shown_text(second);
}

std::vector<const Request*> readers(const Contradiction& c) {
  std::vector<const Request*> found;
  for (const Request* request : c.core) {
    if (shown_value(op(request)) != nullptr) found.push_back(request);
  }
  return found;
}

std::string seen_at(const Request* reader) {
  const TimeText time{reader->invoked_at, reader->returned_at};
  return who(reader) + ", called at " + time(reader->invoked_at) + ", " + shown_text(reader);
}

Said token_out_of_nowhere(const Facts& facts, const Request* reader, const Value& token) {
  const auto writers = facts.writers(token);
  const bool whole = tokens_of(*shown_value(op(reader))).size() == 1;
  const std::string it = whole ? "which " : "of which " + to_text(token) + " is what ";
  if (writers.empty()) {
    const Request* failed = facts.failed_writer(token);
    if (failed == nullptr) {
      return Because{"garbage-read", seen_at(reader) + ", " + it + "nobody had written"};
    }
    return Because{"failed-effect", seen_at(reader) + ", " + it + "only " + who(failed) +
                                        " had tried to write, and that had failed"};
  }
  const bool all_later = std::all_of(writers.begin(), writers.end(), [&](const Request* writer) {
    return precedes(reader, writer);
  });
  if (!all_later) return std::nullopt;
  const TimeText time{reader->returned_at, writers[0]->invoked_at};
  return Because{"future-read", who(reader) + " " + shown_text(reader) + " and returned at " +
                                    time(reader->returned_at) + ", before " + who(writers[0]) +
                                    " was called at " + time(writers[0]->invoked_at) +
                                    ", the first to write " + to_text(token)};
}

Said value_out_of_nowhere(const Contradiction& c, const Facts& facts) {
  if (c.core.size() != 1) return std::nullopt;
  for (const Request* reader : readers(c)) {
    for (const Value& token : tokens_of(*shown_value(op(reader)))) {
      if (auto said = token_out_of_nowhere(facts, reader, token)) return said;
    }
  }
  return std::nullopt;
}

Said token_seen_twice(const Contradiction& c, const Facts& facts) {
  if (c.core.size() != 1) return std::nullopt;
  for (const Request* reader : readers(c)) {
    const auto tokens = tokens_of(*shown_value(op(reader)));
    for (const Value& token : tokens) {
      const auto writers = facts.writers(token);
      const auto count = std::count(tokens.begin(), tokens.end(), token);
      if (count < 2 || writers.size() != 1) continue;
      if (op(writers[0]).function != Function::kAppend) continue;
      return Because{"duplicate-effect", seen_at(reader) + ", which contains " + to_text(token) +
                                             " " + std::to_string(count) +
                                             " times, although only " + who(writers[0]) +
                                             " wrote it"};
    }
  }
  return std::nullopt;
}

// Nothing makes the key nil from the earlier of two calls to the later of two returns.
bool never_nil(const Facts& facts, const Request* a, const Request* b) {
  return facts.never_nil_between(a, a) && facts.never_nil_between(b, b) &&
         facts.never_nil_between(a, b) && facts.never_nil_between(b, a);
}

// Whether both succeeded from one value that was there once, so that one of them cannot have.
bool swapped_the_same(const Facts& facts, const Request* a, const Request* b) {
  if (a == b || !is_answered_swap(op(a)) || !is_answered_swap(op(b))) return false;
  const Value& expected = op(a).arguments[0];
  if (expected != op(b).arguments[0] || op(a).arguments[1] == expected) return false;
  return expected.is_nil() ? never_nil(facts, a, b) : facts.only_writer(expected) != nullptr;
}

Said value_swapped_twice(const Contradiction& c, const Facts& facts) {
  for (const Request* first : c.core) {
    const auto second = std::find_if(c.all.begin(), c.all.end(), [&](const Request* request) {
      return swapped_the_same(facts, first, request);
    });
    if (second == c.all.end()) continue;
    const Request* a = precedes_call(first, *second) ? first : *second;
    const Request* b = a == first ? *second : first;
    const Value& expected = op(first).arguments[0];
    return Because{"lost-update",
                   who(a) + " and " + who(b) + " both succeeded, although " + to_text(expected) +
                       (expected.is_nil() ? " never came back" : " was written only once") +
                       " and the first of them replaced it",
                   {a, b}};
  }
  return std::nullopt;
}

std::string replaced_text(const Request* change) {
  if (op(change).function == Function::kDelete) return "which the delete had removed";
  return "which " + to_text(*written_value(op(change))) + " had replaced";
}

// `change` took effect and returned before `reader` was called, which saw what was there before.
Said change_not_seen(const Facts& facts, const Request* change, const Request* reader) {
  const Value& shown = *shown_value(op(reader));
  const std::string told = returned_then_called(change, reader);
  const Value* written = written_value(op(change));
  if (shown.is_nil()) {
    if (written == nullptr || written->is_nil()) return std::nullopt;
    if (!facts.never_nil_between(change, reader)) return std::nullopt;
    return Because{"lost-write", told + ", and nothing removes it"};
  }
  if (op(change).function == Function::kAppend) {
    const auto tokens = tokens_of(shown);
    const bool there = std::find(tokens.begin(), tokens.end(), *written) != tokens.end();
    if (there) return std::nullopt;
    const std::string lacks = told + ", which lacks " + to_text(*written);
    if (facts.only_appends()) return Because{"lost-write", lacks};
    if (!facts.there_before(shown, change)) return std::nullopt;
    return Because{"stale-read", lacks};
  }
  if (!facts.there_before(shown, change)) return std::nullopt;
  const std::string replaced = told + ", " + replaced_text(change);
  if (op(change).function == Function::kDelete) return Because{"resurrected-value", replaced};
  return Because{"stale-read", replaced};
}

Said stale_answer(const Contradiction& c, const Facts& facts) {
  for (const Request* reader : readers(c)) {
    for (const Request* change : c.core) {
      if (change == reader || !changed_something(change) || !precedes(change, reader)) continue;
      if (auto said = change_not_seen(facts, change, reader)) return said;
    }
  }
  return std::nullopt;
}

// `reader` saw what `later` appended, and not what `change` had appended before that was called.
Said later_without_earlier(const Facts& facts, const Request* change, const Request* reader) {
  const Value* written = written_value(op(change));
  const auto tokens = tokens_of(*shown_value(op(reader)));
  if (std::find(tokens.begin(), tokens.end(), *written) != tokens.end()) return std::nullopt;
  for (const Value& token : tokens) {
    const Request* later = facts.only_writer(token);
    if (later == nullptr || !precedes(change, later)) continue;
    const TimeText time{change->returned_at, later->invoked_at};
    return Because{"lost-write",
                   who(change) + " returned at " + time(change->returned_at) + ", before " +
                       who(later) + " was called at " + time(later->invoked_at) + "; " +
                       who(reader) + " " + shown_text(reader) + ", which has " + to_text(token) +
                       " and lacks " + to_text(*written),
                   {change, later, reader}};
  }
  return std::nullopt;
}

Said order_of_appends_broken(const Contradiction& c, const Facts& facts) {
  if (!facts.only_appends()) return std::nullopt;
  for (const Request* reader : readers(c)) {
    for (const Request* change : c.core) {
      const bool appends = op(change).function == Function::kAppend && changed_something(change);
      if (!appends || facts.only_writer(*written_value(op(change))) != change) continue;
      if (auto said = later_without_earlier(facts, change, reader)) return said;
    }
  }
  return std::nullopt;
}

bool begins_with(const Value& whole, const Value& start) {
  const auto a = tokens_of(whole);
  const auto b = tokens_of(start);
  return b.size() <= a.size() && std::equal(b.begin(), b.end(), a.begin());
}

std::string then_text(const Request* first, const Request* second) {
  const TimeText time{first->returned_at, second->invoked_at};
  return who(first) + " " + shown_text(first) + " and ended at " + time(first->returned_at) + "; " +
         who(second) + ", called at " + time(second->invoked_at) + ", " + shown_text(second);
}

// `first` ended before `second` was called, and saw the newer value.
Said went_back(const Facts& facts, const Request* first, const Request* second) {
  const Value& newer = *shown_value(op(first));
  const Value& older = *shown_value(op(second));
  if (newer == older || newer.is_nil()) return std::nullopt;
  if (older.is_nil()) {
    if (!facts.never_nil_between(first, second)) return std::nullopt;
    return Because{"lost-write", then_text(first, second) + ", and nothing removes it"};
  }
  if (facts.only_appends()) {
    if (begins_with(older, newer)) return std::nullopt;
    return Because{"non-monotonic-read", then_text(first, second) + ", which does not continue it"};
  }
  if (!facts.there_before(older, first)) return std::nullopt;
  if (tokens_of(newer).size() != 1) return std::nullopt;
  return Because{"non-monotonic-read",
                 then_text(first, second) + ", which " + to_text(newer) + " had replaced"};
}

Said answers_went_back(const Contradiction& c, const Facts& facts) {
  const auto seen = readers(c);
  for (const Request* first : seen) {
    for (const Request* second : seen) {
      if (!precedes(first, second)) continue;
      if (auto said = went_back(facts, first, second)) return said;
    }
  }
  return std::nullopt;
}

Said orders_disagree(const Contradiction& c, const Facts& facts) {
  if (!facts.only_appends()) return std::nullopt;
  const auto seen = readers(c);
  for (const Request* a : seen) {
    for (const Request* b : seen) {
      const Value& x = *shown_value(op(a));
      const Value& y = *shown_value(op(b));
      if (a >= b || begins_with(x, y) || begins_with(y, x)) continue;
      return Because{"incompatible-order",
                     who(a) + " " + shown_text(a) + " and " + who(b) + " " + shown_text(b) +
                         ", of which neither continues the other, although there are only appends"};
    }
  }
  return std::nullopt;
}

// In order of how much they say.
constexpr std::array kPatterns = {value_out_of_nowhere, token_seen_twice,  value_swapped_twice,
                                  stale_answer,         answers_went_back, order_of_appends_broken,
                                  orders_disagree};

}  // namespace

std::vector<Value> tokens_of(const Value& value) {
  if (value.is_nil()) return {};
  if (value.is_list()) return value.list();
  return {value};
}

bool writes_token(const Request& request, const Value& token) {
  const Value* written = written_value(*request.operation);
  if (written == nullptr) return false;
  if (written->is_list()) {
    const Value::List& tokens = written->list();
    if (std::find(tokens.begin(), tokens.end(), token) == tokens.end()) return false;
  } else if (*written != token) {
    return false;
  }
  const bool swaps = request.operation->function == Function::kCas;
  return !swaps || request.outcome != Outcome::kOk || is_answered_swap(*request.operation);
}

std::optional<Because> explain_by_pattern(const Contradiction& contradiction) {
  const Facts facts(contradiction);
  for (const auto& pattern : kPatterns) {
    if (auto said = pattern(contradiction, facts)) return said;
  }
  return std::nullopt;
}

}  // namespace plumbline::checker
