#include "scenarios/run/first_writes.h"

#include <algorithm>
#include <set>

namespace plumbline::scenarios {
namespace {

// A comparison that did not hold is an answer, but nothing was written.
bool has_written(const checker::Operation& operation) {
  return operation.outcome == checker::Outcome::kOk &&
         checker::effect_of(operation) == checker::Effect::kSome;
}

bool may_write(const checker::Operation& operation) {
  return operation.function == checker::Function::kWrite ||
         operation.function == checker::Function::kAppend ||
         operation.function == checker::Function::kCas;
}

void measure(const SuccessfulWrites& writes, TrueTime since, std::vector<Duration>& waits,
             std::uint64_t& never) {
  if (const auto first = writes.first_after(since)) {
    waits.push_back(*first - since);
  } else if (writes.any_called_after(since)) {
    ++never;
  }
}

}  // namespace

bool writes_were_tried(const checker::History& history, TrueTime since, Duration stretch,
                       std::int64_t count) {
  for (std::int64_t n = 0; n < count; ++n) {
    const TrueTime from = since + stretch * n;
    const TrueTime to = from + stretch;
    const bool tried = std::any_of(
        history.operations.begin(), history.operations.end(), [&](const checker::Operation& one) {
          return may_write(one) && one.invoked_at < to.ns &&
                 (one.returned_at == checker::kNever || one.returned_at > from.ns);
        });
    if (!tried) return false;
  }
  return true;
}

SuccessfulWrites::SuccessfulWrites(const checker::History& history) {
  for (const checker::Operation& operation : history.operations) {
    const TrueTime called{operation.invoked_at};
    if (may_write(operation)) last_called_ = std::max(last_called_, called);
    if (has_written(operation)) writes_.push_back({called, TrueTime{operation.returned_at}});
  }
  std::sort(writes_.begin(), writes_.end(),
            [](const Write& a, const Write& b) { return a.called < b.called; });
  for (std::size_t i = writes_.size(); i-- > 1;) {
    writes_[i - 1].first_return = std::min(writes_[i - 1].first_return, writes_[i].first_return);
  }
}

std::optional<TrueTime> SuccessfulWrites::first_after(TrueTime since) const {
  const auto first =
      std::lower_bound(writes_.begin(), writes_.end(), since,
                       [](const Write& write, TrueTime time) { return write.called < time; });
  if (first == writes_.end()) return std::nullopt;
  return first->first_return;
}

std::map<std::string, FirstWrites> first_writes(const std::vector<FaultPeriod>& periods,
                                                const checker::History& history,
                                                std::optional<TrueTime> healed) {
  const SuccessfulWrites writes(history);
  std::map<std::string, FirstWrites> all;
  for (const FaultPeriod& period : periods) {
    if (!period.struck) continue;
    FirstWrites& of_kind = all[name_of(period.fault.kind)];
    measure(writes, period.started, of_kind.after_start, of_kind.never);
    if (period.fault.duration == Duration{} || period.ended == TrueTime::never()) continue;
    measure(writes, period.ended, of_kind.after_end, of_kind.never);
  }
  if (healed) measure(writes, *healed, all[kHealed].after_end, all[kHealed].never);
  return all;
}

std::map<std::string, std::vector<Duration>> longest_silences(
    const std::vector<FaultPeriod>& periods, const checker::History& history) {
  std::set<TrueTime> returns;
  for (const checker::Operation& operation : history.operations) {
    if (has_written(operation)) returns.insert(TrueTime{operation.returned_at});
  }
  std::map<std::string, std::vector<Duration>> all;
  for (const FaultPeriod& period : periods) {
    if (!period.struck || period.ended == TrueTime::never()) continue;
    TrueTime last = period.started;
    Duration longest;
    for (auto at = returns.upper_bound(period.started); last < period.ended; ++at) {
      const TrueTime next = at == returns.end() ? period.ended : std::min(*at, period.ended);
      longest = std::max(longest, next - last);
      last = next;
      if (at == returns.end()) break;
    }
    all[name_of(period.fault.kind)].push_back(longest);
  }
  return all;
}

}  // namespace plumbline::scenarios
