#include "checker/formats/jepsen.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

constexpr std::array<std::string_view, 4> kTypes = {"invoke", "ok", "fail", "info"};

std::string_view without_colon(std::string_view name) {
  if (name.starts_with(':')) name.remove_prefix(1);
  return name;
}

bool is_nemesis(const Value& process) {
  return process.is_string() && without_colon(process.text()) == "nemesis";
}

std::string asked_of(const JepsenEntry& entry) {
  const Value& function = entry[EntryMember::kFunction];
  return function.is_string() ? std::string(without_colon(function.text())) : "txn";
}

}  // namespace

std::optional<std::string> Jepsen::entry(const JepsenEntry& entry) {
  if (!entry.has(EntryMember::kType)) return "member :type is missing";
  const Value& type = entry[EntryMember::kType];
  if (!type.is_string()) return "member :type must be a keyword, not " + to_text(type);
  const std::string_view name = without_colon(type.text());
  if (std::find(kTypes.begin(), kTypes.end(), name) == kTypes.end()) {
    return unknown_name("type", name, kTypes);
  }
  if (auto fault = check_order(entry)) return fault;
  if (is_nemesis(entry[EntryMember::kProcess])) return std::nullopt;
  if (auto fault = check_process(entry)) return fault;
  if (name == "invoke") return call(entry);
  return *processes_ ? completion(entry) : nameless_completion(entry);
}

std::optional<std::string> Jepsen::check_order(const JepsenEntry& entry) {
  const Value& time = entry[EntryMember::kTime];
  if (!time.is_nil() && !time.is_int()) return "member :time must be an integer of 64 bits";
  if (time.is_int() && time.number() < 0) return "member :time is negative";
  if (time.is_int() && time.number() > kTimeMax) return "member :time is absurdly late";
  const Value& index = entry[EntryMember::kIndex];
  if (index.is_nil()) return std::nullopt;
  if (!index.is_int()) return "member :index must be an integer of 64 bits";
  if (last_index_ && index.number() <= *last_index_) {
    return "index " + std::to_string(index.number()) + " after index " +
           std::to_string(*last_index_);
  }
  last_index_ = index.number();
  return std::nullopt;
}

std::optional<std::string> Jepsen::check_process(const JepsenEntry& entry) {
  const Value& process = entry[EntryMember::kProcess];
  if (!process.is_nil() && !process.is_int()) {
    return "member :process must be an integer or :nemesis, not " + to_text(process);
  }
  if (!processes_) processes_ = process.is_int();
  if (*processes_ == process.is_int()) return std::nullopt;
  return *processes_ ? "member :process is missing, other operations have it"
                     : "member :process is here, other operations lack it";
}

// Two entries at one instant are in the order of their lines, which matters only if the first is
// a completion: a call at the instant of a return would count as concurrent with it.
std::int64_t Jepsen::call_time(const JepsenEntry& entry) const {
  const Value& time = entry[EntryMember::kTime];
  const std::int64_t after = std::max(now_, last_return_at_ + 1);
  return time.is_int() ? std::max(time.number(), after) : now_ + 1;
}

std::int64_t Jepsen::return_time(const JepsenEntry& entry) const {
  const Value& time = entry[EntryMember::kTime];
  return time.is_int() ? std::max(time.number(), now_) : now_ + 1;
}

std::optional<std::string> Jepsen::set_client(const JepsenEntry& entry, Operation& op) const {
  if (!*processes_) {
    op.process = static_cast<std::int64_t>(calls_);
    return std::nullopt;
  }
  op.process = entry[EntryMember::kProcess].number();
  const auto busy = by_process_.find(op.process);
  if (busy != by_process_.end()) {
    return "process " + std::to_string(op.process) + " invokes while its operation " +
           std::to_string(busy->second.index) + " is open";
  }
  if (entry.has(EntryMember::kClient)) {
    if (!entry[EntryMember::kClient].is_int()) return "member :client must be an integer";
    op.process = entry[EntryMember::kClient].number();
  }
  if (!clients_.contains(op.process)) return std::nullopt;
  return "client " + std::to_string(op.process) + " invokes while an operation of it is open";
}

std::optional<std::string> Jepsen::call(const JepsenEntry& entry) {
  Open open;
  Operation& op = open.operation;
  if (auto fault = set_client(entry, op)) return fault;
  op.invoked_at = now_ = call_time(entry);
  if (auto fault = values_.read_call(entry, op)) return fault;
  open.index = calls_++;
  open.function = entry[EntryMember::kFunction];
  const Value& time = entry[EntryMember::kTime];
  if (time.is_int()) open.called_at = time.number();
  if (*processes_) {
    clients_.insert(op.process);
    by_process_.emplace(entry[EntryMember::kProcess].number(), std::move(open));
  } else {
    by_shape_[JepsenValues::shape_of(op)].push_back(std::move(open));
  }
  return std::nullopt;
}

std::optional<std::string> Jepsen::completion(const JepsenEntry& entry) {
  const std::int64_t process = entry[EntryMember::kProcess].number();
  const auto at = by_process_.find(process);
  if (at == by_process_.end()) {
    return "process " + std::to_string(process) + " completes what it did not invoke";
  }
  clients_.erase(at->second.operation.process);
  if (auto fault = answer(entry, at->second)) return fault;
  by_process_.erase(at);
  return std::nullopt;
}

std::optional<std::string> Jepsen::nameless_completion(const JepsenEntry& entry) {
  Operation asked;
  const bool readable = !values_.read_call(entry, asked);
  auto at = readable ? by_shape_.find(JepsenValues::shape_of(asked)) : by_shape_.end();
  // Without a value it can only be told which one is meant if it is the only one.
  if (at == by_shape_.end() && entry[EntryMember::kValue].is_nil()) {
    const auto function = static_cast<std::int64_t>(asked.function);
    at = by_shape_.lower_bound(Value::List{function});
    const auto end = by_shape_.lower_bound(Value::List{function + 1});
    if (at != end && (std::next(at) != end || at->second.size() > 1)) {
      return "any of several open operations may be the " + asked_of(entry) + " that completes";
    }
    if (at == end) at = by_shape_.end();
  }
  if (at == by_shape_.end()) {
    return "a completion of " + asked_of(entry) + " that was not invoked";
  }
  if (auto fault = answer(entry, at->second.front())) return fault;
  at->second.pop_front();
  if (at->second.empty()) by_shape_.erase(at);
  return std::nullopt;
}

std::optional<std::string> Jepsen::answer(const JepsenEntry& entry, Open& open) {
  const Value& function = entry[EntryMember::kFunction];
  if (!function.is_nil() && function != open.function) {
    return "operation " + std::to_string(open.index) + " was invoked as " + to_text(open.function) +
           " and completes as " + to_text(function);
  }
  const Value& time = entry[EntryMember::kTime];
  if (time.is_int() && time.number() < open.called_at) {
    return "operation " + std::to_string(open.index) + " returns before its call";
  }
  Operation& op = open.operation;
  op.returned_at = now_ = last_return_at_ = return_time(entry);
  if (auto fault = values_.read_answer(entry, op)) return fault;
  take_(open.index, std::move(op));
  return std::nullopt;
}

void Jepsen::end() {
  for (auto& [process, open] : by_process_) take_(open.index, std::move(open.operation));
  for (auto& [shape, queue] : by_shape_) {
    for (Open& open : queue) take_(open.index, std::move(open.operation));
  }
  by_process_.clear();
  by_shape_.clear();
}

}  // namespace plumbline::checker
