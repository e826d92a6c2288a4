#include "checker/mvcc/lease_times.h"

namespace plumbline::checker::mvcc {

LeaseTimes::LeaseTimes(const Journal& journal, std::int64_t drift_thousandths)
    : journal_(journal), drift_thousandths_(drift_thousandths) {
  std::map<std::int64_t, bool> named;
  for (std::size_t i = 0; i < journal.renewals().size(); ++i) {
    const Renewal& renewal = journal.renewals()[i];
    named[renewal.lease] = true;
    if (!renewal.certain || renewal.ttl <= 0) continue;
    const auto [last, fresh] = last_.try_emplace(renewal.lease, i);
    if (kept_until(renewal) > kept_until(journal.renewals()[last->second])) last->second = i;
  }
  for (const auto& [lease, yes] : named) {
    if (lease != 0) all_.push_back(lease);
  }
}

std::int64_t LeaseTimes::kept_until(const Renewal& renewal) const {
  return journal_.operation(renewal.index).invoked_at +
         renewal.ttl / 1000 * (1000 - drift_thousandths_);
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
