#include "checker/sessions/token_table.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

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

class KeyBuilder {
 public:
  void add(const Request& request) {
    add_written(request);
    add_seen(request);
  }

  KeyTokens take(std::string_view key) {
    std::stable_sort(built_.appends.begin(), built_.appends.end(), [](auto& a, auto& b) {
      return a.request->returned_at < b.request->returned_at;
    });
    built_.key = key;
    return std::move(built_);
  }

 private:
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

  KeyTokens built_;
  std::unordered_map<const Value*, std::uint32_t, Hash, Equal> numbers_;
  std::span<const Value> previous_;  // What the last of the readers saw.
};

}  // namespace

std::vector<KeyTokens> tokens_by_key(std::span<const Request> requests) {
  std::map<std::string_view, KeyBuilder> builders;
  for (const Request& request : requests) builders[request.operation->key].add(request);
  std::vector<KeyTokens> keys;
  for (auto& [key, builder] : builders) keys.push_back(builder.take(key));
  return keys;
}

}  // namespace plumbline::checker
