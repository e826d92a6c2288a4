#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace plumbline::checker {

// Revisions that no answer claims ("gaps"), counted without a list of them: gap number n is the
// n-th revision above `base` that is not owned, from 1.
class Gaps {
 public:
  // `owned` is ascending, distinct and above `base`.
  Gaps(std::int64_t base, std::vector<std::int64_t> owned)
      : base_(base), owned_(std::move(owned)) {}

  // How many gaps there are up to and including `revision`; 0 below the base.
  std::int64_t up_to(std::int64_t revision) const;
  // REQUIRES: n >= 1.
  std::int64_t revision_of(std::int64_t n) const;

 private:
  std::int64_t base_;
  std::vector<std::int64_t> owned_;
};

// A change that must have made some gap after `after` and at or before `by`.
struct GapJob {
  std::int64_t after = 0;
  std::int64_t by = 0;
  // Whether it comes after the job before it in the list: steps that build on one another.
  bool follows = false;
};

// Gives each job a gap of its own, the earliest deadline first, which finds a way whenever there
// is one (jobs of one length with times from and by when, and chains whose times are made to agree
// with their order: Jackson 1955, Lawler 1973).
//
// Returns the revision of each job; or, if there is no way, nothing and in `crowded` the jobs that
// are too many for the gaps between them.
std::optional<std::vector<std::int64_t>> assign_gaps(std::span<const GapJob> jobs, const Gaps& gaps,
                                                     std::vector<std::size_t>& crowded);

}  // namespace plumbline::checker
