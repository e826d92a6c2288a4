#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checker/history/history.h"
#include "scenarios/run/run_result.h"

namespace plumbline::scenarios {

// When writes of clients succeed, as their history tells.
class SuccessfulWrites {
 public:
  explicit SuccessfulWrites(const checker::History& history);

  // When the first write that was called at `since` or later came back with success.
  std::optional<TrueTime> first_after(TrueTime since) const;
  // Whether a write was called at `since` or later at all: without one there is nothing to measure.
  bool any_called_after(TrueTime since) const { return since <= last_called_; }

 private:
  struct Write {
    TrueTime called;
    TrueTime first_return;  // of this write and all that were called later
  };
  std::vector<Write> writes_;  // by the time of their call
  TrueTime last_called_{-1};
};

// By fault kind, for each of its faults that struck: how long from its start, and from its end, to
// the success of the first write called since. `healed` is when everything was undone for good;
// that has a row of its own, kHealed.
inline constexpr const char* kHealed = "(healed)";
std::map<std::string, FirstWrites> first_writes(const std::vector<FaultPeriod>& periods,
                                                const checker::History& history,
                                                std::optional<TrueTime> healed);

// Whether in each of `count` stretches from `since` on a write was being tried: else nobody can say
// that none could have succeeded.
bool writes_were_tried(const checker::History& history, TrueTime since, Duration stretch,
                       std::int64_t count);

// By fault kind, for each of its faults that struck: the longest time while it was in force in
// which no write succeeded. Whoever is asked to end may still serve what is called right after, so
// for that the wait for the first write does not tell what clients missed.
std::map<std::string, std::vector<Duration>> longest_silences(
    const std::vector<FaultPeriod>& periods, const checker::History& history);

}  // namespace plumbline::scenarios
