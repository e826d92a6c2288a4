#include "scenarios/client/recorded_client.h"

#include <charconv>

#include "nodes/base/hash.h"

namespace plumbline::scenarios {
namespace {

using checker::Function;
using checker::Value;

constexpr char kTokenEnd = ';';
constexpr char kPadding = '.';
constexpr std::int64_t kNobodysValue = INT64_MIN;

Value to_value(std::optional<std::int64_t> number) { return number ? Value(*number) : Value(); }

}  // namespace

RecordedClient::RecordedClient(World& world, client::Options options, Recorder& recorder,
                               std::int64_t process, Duration timeout, std::uint64_t padding_max)
    : world_(world),
      client_(world, std::move(options)),
      recorder_(recorder),
      process_(process),
      timeout_(timeout),
      padding_max_(padding_max) {}

Bytes RecordedClient::encode(std::int64_t number) const {
  const std::uint64_t padding = mix(static_cast<std::uint64_t>(number)) % (padding_max_ + 1);
  return std::to_string(number) + std::string(padding, kPadding);
}

std::optional<std::int64_t> RecordedClient::decode(const std::optional<Bytes>& bytes) const {
  if (!bytes) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(bytes->data(), bytes->data() + bytes->size(), number);
  return error == std::errc() && *bytes == encode(number) ? number : kNobodysValue;
}

Value RecordedClient::decode_list(const std::optional<Bytes>& bytes) const {
  if (!bytes) return Value();
  Value::List tokens;
  std::size_t from = 0;
  while (from < bytes->size()) {
    const std::size_t end = std::min(bytes->find(kTokenEnd, from), bytes->size());
    tokens.emplace_back(std::to_string(*decode(bytes->substr(from, end - from))));
    from = end + 1;
  }
  return Value(std::move(tokens));
}

Instant RecordedClient::deadline() const { return world_.clock.now() + timeout_; }

void RecordedClient::record(std::size_t index, const client::Outcome& outcome,
                            std::vector<Value> results) {
  checker::Operation answer;
  switch (outcome.fate) {
    case client::Fate::kOk: answer.outcome = checker::Outcome::kOk; break;
    case client::Fate::kUnknown: answer.outcome = checker::Outcome::kUnknown; break;
    // A comparison that did not hold is an answer; see checker/history/operation.h.
    case client::Fate::kFailed:
      answer.outcome = outcome.mismatch ? checker::Outcome::kOk : checker::Outcome::kFail;
      break;
  }
  if (answer.outcome == checker::Outcome::kOk) {
    answer.results = std::move(results);
    answer.revision = static_cast<std::int64_t>(outcome.revision.value);
  }
  if (outcome.server) answer.set_server("n" + std::to_string(outcome.server.value));
  answer.set_note(outcome.detail);
  recorder_.answered(index, std::move(answer));
}

std::optional<std::int64_t> RecordedClient::read(Yield& yield, const std::string& key) {
  const std::size_t index = recorder_.invoked(process_, Function::kRead, key, {});
  const client::Outcome outcome = client_.get(yield, key, deadline());
  const auto seen = decode(outcome.value);
  record(index, outcome, {to_value(seen)});
  return seen;
}

void RecordedClient::write(Yield& yield, const std::string& key, std::int64_t value) {
  const std::size_t index = recorder_.invoked(process_, Function::kWrite, key, {Value(value)});
  record(index, client_.put(yield, key, encode(value), deadline()), {});
}

std::optional<std::int64_t> RecordedClient::compare_and_swap(Yield& yield, const std::string& key,
                                                             std::optional<std::int64_t> expected,
                                                             std::int64_t value) {
  const std::size_t index =
      recorder_.invoked(process_, Function::kCas, key, {to_value(expected), Value(value)});
  const std::optional<Bytes> wanted =
      expected ? std::optional<Bytes>(encode(*expected)) : std::nullopt;
  const client::Outcome outcome =
      client_.compare_and_swap(yield, key, wanted, encode(value), deadline());
  if (!outcome.mismatch) {
    record(index, outcome, {Value(true)});
    return outcome.fate == client::Fate::kOk ? std::optional(value) : std::nullopt;
  }
  const auto seen = decode(outcome.value);
  record(index, outcome, {Value(false), to_value(seen)});
  return seen;
}

void RecordedClient::append(Yield& yield, const std::string& key, std::int64_t token) {
  const std::size_t index =
      recorder_.invoked(process_, Function::kAppend, key, {Value(std::to_string(token))});
  record(index, client_.append(yield, key, encode(token) + kTokenEnd, deadline()), {});
}

void RecordedClient::read_list(Yield& yield, const std::string& key) {
  const std::size_t index = recorder_.invoked(process_, Function::kGet, key, {});
  const client::Outcome outcome = client_.get(yield, key, deadline());
  record(index, outcome, {decode_list(outcome.value)});
}

}  // namespace plumbline::scenarios
