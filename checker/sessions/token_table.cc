#include "checker/sessions/token_table.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "checker/history/by_key.h"

namespace plumbline::checker {
namespace {

struct Hash {
  std::size_t operator()(const Value* value) const { return value->hash(); }
};
struct Equal {
  bool operator()(const Value* a, const Value* b) const { return *a == *b; }
};

// The tokens of a value: none of nil, a list's items, else itself.
std::span<const Value> tokens_of(const Value& value) {
  if (value.is_nil()) return {};
  if (value.is_list()) return value.list();
  return {&value, 1};
}

bool has_list(const Value* value) { return value != nullptr && value->is_list(); }

bool of_sequences(const Request& request) {
  const Operation& op = *request.operation;
  return op.function == Function::kAppend || has_list(written_value(op)) ||
         has_list(shown_value(op));
}

class KeyBuilder {
 public:
  // Only tokens that a failed request wrote are looked at.
  void look_at_failed(const Request& request) {
    all_ = false;
    const Value* written = written_value(*request.operation);
    if (request.outcome != Outcome::kFail || written == nullptr) return;
    for (const Value& token : tokens_of(*written)) number_of(token);
  }

  void add(const Request& request) {
    if (!all_ && !looked_at(written_value(*request.operation)) &&
        !looked_at(shown_value(*request.operation))) {
      return;
    }
    add_written(request);
    add_seen(request);
  }

  bool idle() const { return !all_ && numbers_.empty(); }

  KeyTokens take(std::string_view key) {
    std::stable_sort(built_.appends.begin(), built_.appends.end(), [](auto& a, auto& b) {
      return a.request->returned_at < b.request->returned_at;
    });
    built_.key = key;
    return std::move(built_);
  }

 private:
  bool looked_at(const Value* value) const {
    if (value == nullptr) return false;
    const auto tokens = tokens_of(*value);
    return std::any_of(tokens.begin(), tokens.end(),
                       [&](const Value& token) { return numbers_.contains(&token); });
  }

  std::uint32_t number_of(const Value& token) {
    const auto fresh = static_cast<std::uint32_t>(built_.uses.size());
    const auto [at, added] = numbers_.try_emplace(&token, fresh);
    if (added) built_.uses.emplace_back();
    return at->second;
  }

  void add_written(const Request& request) {
    const Operation& op = *request.operation;
    const bool append = op.function == Function::kAppend;
    const bool failed = request.outcome == Outcome::kFail;
    const bool changes = effect_of(op) != Effect::kNone;
    if (changes && !append) built_.only_appends = false;
    const Value* written = written_value(op);
    if (written == nullptr || (!failed && !changes)) return;
    for (const Value& token : tokens_of(*written)) {
      const std::uint32_t number = number_of(token);
      TokenUse& use = built_.uses[number];
      const Request*& first = failed ? use.failed : use.writer;
      if (first == nullptr) first = &request;
      if (!failed) ++use.asked;
      if (append && request.outcome == Outcome::kOk) built_.appends.push_back({&request, number});
    }
  }

  void add_seen(const Request& request) {
    const Value* shown = shown_value(*request.operation);
    if (shown == nullptr) return;
    const auto tokens = tokens_of(*shown);
    KeyTokens::Reader reader{&request, {}};
    reader.tokens.reserve(tokens.size());
    // A list usually begins as the one read before: comparing is cheaper than looking up.
    std::size_t same = 0;
    while (same < tokens.size() && same < previous_.size() && tokens[same] == previous_[same]) {
      reader.tokens.push_back(built_.readers.back().tokens[same++]);
    }
    for (const Value& token : tokens.subspan(same)) reader.tokens.push_back(number_of(token));
    previous_ = tokens;
    built_.readers.push_back(std::move(reader));
  }

  bool all_ = true;
  KeyTokens built_;
  std::unordered_map<const Value*, std::uint32_t, Hash, Equal> numbers_;
  std::span<const Value> previous_;  // What the last of the readers saw.
};

}  // namespace

std::vector<KeyTokens> tokens_by_key(std::span<const Request> requests) {
  const ByKey by_key(requests);
  std::vector<KeyTokens> keys;
  for (std::size_t key = 0; key < by_key.keys(); ++key) {
    const auto positions = by_key.of(key);
    KeyBuilder builder;
    const bool sequences = std::any_of(positions.begin(), positions.end(),
                                       [&](std::uint32_t i) { return of_sequences(requests[i]); });
    if (!sequences) {
      for (const std::uint32_t i : positions) builder.look_at_failed(requests[i]);
    }
    if (builder.idle()) continue;
    for (const std::uint32_t i : positions) builder.add(requests[i]);
    keys.push_back(builder.take(requests[positions.front()].operation->key));
  }
  return keys;
}

}  // namespace plumbline::checker
