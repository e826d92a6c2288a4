#include "checker/mvcc/lease_times.h"

namespace plumbline::checker::mvcc {

LeaseTimes::LeaseTimes(const Journal& journal, std::int64_t drift_thousandths)
    : journal_(journal), drift_thousandths_(drift_thousandths) {
  std::map<std::int64_t, int> grants;
  for (std::size_t i = 0; i < journal.renewals().size(); ++i) {
    const Renewal& renewal = journal.renewals()[i];
    grants[renewal.lease] += renewal.grant ? 1 : 0;
    // Renewals are in order of their calls.
    if (renewal.grant)
      asked_.try_emplace(renewal.lease, journal.operation(renewal.index).invoked_at);
    if (!renewal.certain || renewal.ttl <= 0) continue;
    const auto [last, fresh] = last_.try_emplace(renewal.lease, i);
    if (kept_until(renewal) > kept_until(journal.renewals()[last->second])) last->second = i;
  }
  for (const auto& [lease, times] : grants) {
    if (lease != 0) all_.push_back(lease);
    // A number that was granted again is another lease, and nothing tells which one was renewed.
    if (times > 1) last_.erase(lease);
  }
}

std::int64_t LeaseTimes::kept_until(const Renewal& renewal) const {
  return journal_.operation(renewal.index).invoked_at +
         renewal.ttl / 1000 * (1000 - drift_thousandths_);
}

bool LeaseTimes::may_be_granted(std::int64_t lease, std::int64_t revision) const {
  const std::int64_t known = journal_.known_by(revision);
  const auto asked = asked_.find(lease);
  // Of a grant that was not answered the number may be any.
  const auto any = asked_.find(0);
  return (asked != asked_.end() && asked->second <= known) ||
         (any != asked_.end() && any->second <= known);
}

const Renewal* LeaseTimes::last_renewal(std::int64_t lease) const {
  const auto at = last_.find(lease);
  return at == last_.end() ? nullptr : &journal_.renewals()[at->second];
}

bool LeaseTimes::may_have_ended(std::int64_t lease, std::int64_t revision) const {
  const Renewal* renewal = last_renewal(lease);
  return renewal == nullptr || journal_.known_by(revision) >= kept_until(*renewal);
}

}  // namespace plumbline::checker::mvcc
