#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

struct MvccOptions {
  std::int64_t first_revision = 1;  // Of the empty store, before all changes.
  // Revisions replayed and answers compared besides the first time of each: what it may cost to
  // take back what led nowhere.
  std::uint64_t step_budget = 2'000'000;
  // How much slower the store's clock may be than the true one, in thousandths: a lease of 10 s
  // may end after 10 s * (1 - drift).
  std::int64_t drift_thousandths = 0;
  // A lease that nobody keeps alive ends at most so long after its time to live, in nanoseconds;
  // negative: this is not judged.
  std::int64_t lease_bound_ns = -1;
  // From this time on nothing disturbs the store, and a watch has all events that are older than
  // `catch_up_ns` at its end, and servers that answer `state` are equal; kNever: not judged.
  std::int64_t quiet_from = kNever;
  std::int64_t catch_up_ns = 0;
  // A second judgement of the data, which trusts no revision; asked only when the replay fails, to
  // tell which of the two lies. May be empty.
  std::function<Verdict(const History&)> judge_data;
};

}  // namespace plumbline::checker
