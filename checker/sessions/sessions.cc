#include "checker/sessions/sessions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

using TokenOfKey = std::pair<std::string_view, Value>;

const Operation& op(const Request* request) { return *request->operation; }

template <typename Visit>
void for_tokens(const Value& value, Visit visit) {
  if (value.is_list()) {
    for (const Value& token : value.list()) visit(token);
  } else if (!value.is_nil()) {
    visit(value);
  }
}

// A comparison that did not hold wrote nothing.
bool may_have_written(const Request& request) {
  return effect_of(*request.operation) != Effect::kNone &&
         written_value(*request.operation) != nullptr;
}

// A Value is compared, not hashed, here: these checks are linear in what was seen, and that is
// dominated by the lists that clients read.
class Writers {
 public:
  Writers(std::span<const Request> requests, bool failed) {
    for (const Request& request : requests) {
      if (failed ? request.outcome != Outcome::kFail : !may_have_written(request)) continue;
      const Value* value = written_value(*request.operation);
      if (value == nullptr) continue;
      for_tokens(*value, [&](const Value& token) {
        of_[{request.operation->key, token}].push_back(&request);
      });
    }
  }
  // How often all requests together wrote the token; a value may hold it twice.
  std::size_t times(const TokenOfKey& token) const {
    const auto at = of_.find(token);
    return at == of_.end() ? 0 : at->second.size();
  }
  const Request* first(const TokenOfKey& token) const {
    const auto at = of_.find(token);
    return at == of_.end() ? nullptr : at->second.front();
  }
  bool empty() const { return of_.empty(); }

 private:
  std::map<TokenOfKey, std::vector<const Request*>> of_;
};

Report valid(std::string_view property, std::uint64_t steps) {
  Report report;
  report.property = property;
  report.steps = steps;
  return report;
}

Report violation(Report report, const Operation& reader, std::vector<std::uint64_t> witness,
                 std::int64_t from, std::string sentence) {
  report.verdict = Verdict::kInvalid;
  report.key = reader.key;
  report.sentence = std::move(sentence);
  std::sort(witness.begin(), witness.end());
  witness.erase(std::unique(witness.begin(), witness.end()), witness.end());
  report.witness = std::move(witness);
  report.from = std::min(from, reader.invoked_at);
  report.to = reader.returned_at;
  return report;
}

std::string saw(const Request& reader) {
  const TimeText time{reader.invoked_at};
  return client_text(*reader.operation) + ", called at " + time(reader.invoked_at) + ", saw " +
         to_text(*shown_value(*reader.operation));
}

std::optional<std::pair<Value, std::size_t>> too_often(const Writers& writers,
                                                       const Request& reader, const Value& shown) {
  std::map<Value, std::size_t> counts;
  for (const Value& token : shown.list()) ++counts[token];
  for (const auto& [token, count] : counts) {
    if (count < 2) continue;
    const std::size_t written = writers.times({reader.operation->key, token});
    if (written > 0 && count > written) return std::pair{token, count};
  }
  return std::nullopt;
}

// A list of different tokens is the rule, and telling so must be quick: no allocation per token.
bool has_repetition(const Value& shown) {
  std::vector<const Value*> tokens;
  tokens.reserve(shown.list().size());
  for (const Value& token : shown.list()) tokens.push_back(&token);
  std::sort(tokens.begin(), tokens.end(), [](auto* a, auto* b) { return *a < *b; });
  return std::adjacent_find(tokens.begin(), tokens.end(),
                            [](auto* a, auto* b) { return *a == *b; }) != tokens.end();
}

struct KeyAppends {
  bool only_appends = true;
  std::vector<const Request*> appends;  // Answered, in the order of their returns.
  std::vector<const Request*> readers;
};

std::map<std::string_view, KeyAppends> appends_by_key(std::span<const Request> requests) {
  std::map<std::string_view, KeyAppends> keys;
  for (const Request& request : requests) {
    KeyAppends& key = keys[request.operation->key];
    const bool append = request.operation->function == Function::kAppend;
    if (append && request.outcome == Outcome::kOk) key.appends.push_back(&request);
    if (!append && effect_of(*request.operation) != Effect::kNone) key.only_appends = false;
    if (shown_value(*request.operation) != nullptr) key.readers.push_back(&request);
  }
  for (auto& [name, key] : keys) {
    std::stable_sort(key.appends.begin(), key.appends.end(),
                     [](auto* a, auto* b) { return a->returned_at < b->returned_at; });
  }
  return keys;
}

// The earliest append that had returned when the reader was called and is not in what it saw.
const Request* missing_append(const KeyAppends& key, const Request& reader) {
  std::vector<const Value*> seen;
  for_tokens(*shown_value(*reader.operation), [&](const Value& token) { seen.push_back(&token); });
  const auto less = [](const Value* a, const Value* b) { return *a < *b; };
  std::sort(seen.begin(), seen.end(), less);
  for (const Request* append : key.appends) {
    if (append->returned_at >= reader.invoked_at) break;
    if (!std::binary_search(seen.begin(), seen.end(), &op(append).arguments[0], less)) {
      return append;
    }
  }
  return nullptr;
}

bool answer_alike(const Operation& a, const Operation& b) {
  return a.results == b.results && a.revision == b.revision;
}

}  // namespace

Report check_at_most_once(std::span<const Request> requests) {
  Report report = valid("at-most-once", requests.size());
  const Writers writers(requests, false);
  for (const Request& reader : requests) {
    const Value* shown = shown_value(*reader.operation);
    if (shown == nullptr || !shown->is_list() || !has_repetition(*shown)) continue;
    const auto found = too_often(writers, reader, *shown);
    if (!found) continue;
    const auto& [token, count] = *found;
    const Request& writer = *writers.first({reader.operation->key, token});
    return violation(report, *reader.operation, {writer.index, reader.index}, writer.invoked_at,
                     "key " + reader.operation->key + " violates at-most-once because " +
                         saw(reader) + ", which contains " + to_text(token) + " " +
                         std::to_string(count) + " times, although it was asked for " +
                         std::to_string(writers.times({reader.operation->key, token})) +
                         (writers.times({reader.operation->key, token}) == 1 ? " time" : " times") +
                         ", by " + client_text(*writer.operation));
  }
  return report;
}

Report check_failed_leaves_no_trace(std::span<const Request> requests) {
  Report report = valid("failed-leaves-no-trace", requests.size());
  const Writers failed(requests, true);
  if (failed.empty()) return report;
  const Writers others(requests, false);
  for (const Request& reader : requests) {
    const Value* shown = shown_value(*reader.operation);
    if (shown == nullptr) continue;
    const Request* writer = nullptr;
    for_tokens(*shown, [&](const Value& token) {
      const TokenOfKey of_key{reader.operation->key, token};
      if (writer == nullptr && others.times(of_key) == 0) writer = failed.first(of_key);
    });
    if (writer == nullptr) continue;
    const TimeText time{op(writer).returned_at};
    return violation(report, *reader.operation, {writer->index, reader.index}, writer->invoked_at,
                     "key " + reader.operation->key + " shows a failed operation because " +
                         client_text(op(writer)) + " definitely failed at " +
                         time(op(writer).returned_at) + ", and " + saw(reader));
  }
  return report;
}

Report check_acknowledged_stays(std::span<const Request> requests) {
  Report report = valid("acknowledged-stays", requests.size());
  for (const auto& [name, key] : appends_by_key(requests)) {
    if (!key.only_appends || key.appends.empty()) continue;
    for (const Request* reader : key.readers) {
      const Request* lost = missing_append(key, *reader);
      if (lost == nullptr) continue;
      const TimeText time{lost->returned_at, reader->invoked_at};
      return violation(report, op(reader), {lost->index, reader->index}, lost->invoked_at,
                       "key " + std::string(name) + " lost an acknowledged append because " +
                           client_text(op(lost)) + " returned at " + time(lost->returned_at) +
                           ", and " + client_text(op(reader)) + ", called at " +
                           time(reader->invoked_at) + ", saw " + to_text(*shown_value(op(reader))));
    }
  }
  return report;
}

Report check_retries_answer_alike(const History& history) {
  Report report = valid("retries-answer-alike", history.operations.size());
  std::map<SessionSequence, std::uint64_t> answers;
  for (std::uint64_t i = 0; i < history.operations.size(); ++i) {
    const Operation& again = history.operations[i];
    const bool reads = again.function == Function::kRead || again.function == Function::kGet;
    if (!again.session || again.outcome != Outcome::kOk || reads) continue;
    const auto [at, fresh] = answers.try_emplace(*again.session, i);
    const Operation& first = history.operations[at->second];
    if (fresh || answer_alike(first, again)) continue;
    return violation(report, again, {at->second, i}, first.invoked_at,
                     "session " + std::to_string(again.session->session) + ", sequence " +
                         std::to_string(again.session->sequence) +
                         " was answered in two ways because " + client_text(first) + " answered " +
                         answer_text(first) + " and its retry by c" +
                         std::to_string(again.process) + " answered " + answer_text(again));
  }
  return report;
}

}  // namespace plumbline::checker
