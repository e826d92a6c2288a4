#include "checker/txn/compiled.h"

namespace plumbline::checker::txn {
namespace {

std::size_t hash_of(std::uint32_t key, const Value& value) {
  return value.hash() ^ (std::size_t{key} * 0xd6e8feb86659fd93ULL);
}

}  // namespace

Compiled::Compiled(const History& history) {
  const std::vector<Request> requests = requests_of(history);
  transactions.reserve(requests.size());
  steps.reserve(2 * requests.size());
  elements.reserve(requests.size());
  for (const Request& request : requests) {
    if (request.operation->function == Function::kTxn) add(request);
  }
}

void Compiled::add(const Request& request) {
  const Operation& op = *request.operation;
  const bool answered = request.outcome == Outcome::kOk;
  Transaction& txn = transactions.emplace_back();
  txn.invoked_at = request.invoked_at;
  txn.returned_at = answered ? request.returned_at : kNever;
  txn.stopped_at = op.returned_at;
  txn.process = op.process;
  txn.revision = answered ? op.revision : OptionalInt();
  txn.index = request.index;
  txn.outcome = request.outcome;
  txn.steps_begin = static_cast<std::uint32_t>(steps.size());
  for (const Value& step : answered ? op.results : op.arguments) add_step(step, answered);
  transactions.back().steps_end = static_cast<std::uint32_t>(steps.size());
}

void Compiled::add_step(const Value& step, bool answered) {
  const Value::List& parts = step.list();
  const bool reads = parts[0].text() == "r";
  if (reads && !answered) return;
  const std::uint32_t key = key_of(parts[1]);
  if (reads) return add_read(key, parts[2]);
  const bool appends = parts[0].text() == "append";
  (appends ? keys[key].appended : keys[key].written) = true;
  add_element(key, parts[2]);
  // Nobody can tell a nil that was written from the one that was there before.
  if (!appends && parts[2].is_nil()) keys[key].twice = steps.back().element;
}

void Compiled::add_read(std::uint32_t key, const Value& value) {
  steps.push_back({&value, key, kNone});
  Key& info = keys[key];
  if (!value.is_list() || value.list().empty()) return;
  if (info.longest != nullptr && value.list().size() <= info.longest->size()) return;
  info.longest = &value.list();
  info.longest_reader = static_cast<std::uint32_t>(transactions.size() - 1);
}

void Compiled::add_element(std::uint32_t key, const Value& value) {
  const auto element = static_cast<std::uint32_t>(elements.size());
  const auto transaction = static_cast<std::uint32_t>(transactions.size() - 1);
  steps.push_back({&value, key, element});
  elements.push_back({&value, transaction, key, true});
  const std::uint32_t before = last_element_[key];
  if (before != kNone && elements[before].transaction == transaction) elements[before].last = false;
  last_element_[key] = element;
  std::uint32_t& known = element_ids_.find_or_add(hash_of(key, value), [&](std::uint32_t id) {
    return elements[id].key == key && same(*elements[id].value, value);
  });
  if (known != kNone && !failed(known) && !failed(element)) {
    if (keys[key].twice == kNone) keys[key].twice = element;
  } else if (known == kNone || failed(known)) {
    known = element;
  }
}

std::uint32_t Compiled::key_of(const Value& name) {
  std::uint32_t& id = key_ids_.find_or_add(
      name.hash(), [&](std::uint32_t key) { return same(*keys[key].name, name); });
  if (id == kNone) {
    id = static_cast<std::uint32_t>(keys.size());
    keys.emplace_back().name = &name;
    last_element_.push_back(kNone);
  }
  return id;
}

std::uint32_t Compiled::element_of(std::uint32_t key, const Value& value) const {
  return element_ids_.find(hash_of(key, value), [&](std::uint32_t id) {
    return elements[id].key == key && same(*elements[id].value, value);
  });
}

}  // namespace plumbline::checker::txn
