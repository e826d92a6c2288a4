#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "checker/mvcc/journal.h"

namespace plumbline::checker::mvcc {

// From when on each lease may have ended by itself, by what its holders were told. Of a number that
// was granted more than once nothing is known.
class LeaseTimes {
 public:
  // REQUIRES: the journal outlives it.
  LeaseTimes(const Journal& journal, std::int64_t drift_thousandths);

  // In order of their numbers.
  const std::vector<std::int64_t>& all() const { return all_; }
  // Whether it may have ended with the revision: not if that was known before the time to live had
  // passed since the call of the last renewal that was granted, since such a renewal proves that
  // the lease was alive after its call.
  bool may_have_ended(std::int64_t lease, std::int64_t revision) const;
  // Whether somebody had asked for it before the revision was known.
  bool may_be_granted(std::int64_t lease, std::int64_t revision) const;
  // The renewal that was good for longest; nullptr if nobody was granted the lease.
  const Renewal* last_renewal(std::int64_t lease) const;
  // Until when, from its call, `renewal` keeps the lease alive at least.
  std::int64_t kept_until(const Renewal& renewal) const;

 private:
  const Journal& journal_;
  std::int64_t drift_thousandths_;
  std::vector<std::int64_t> all_;
  std::map<std::int64_t, std::int64_t> asked_;  // By lease: the first call that asked for it.
  std::map<std::int64_t, std::size_t> last_;    // By lease, a position in the renewals.
};

}  // namespace plumbline::checker::mvcc
