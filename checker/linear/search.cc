#include "checker/linear/search.h"

#include <algorithm>

#include "checker/linear/moves.h"
#include "checker/linear/searches.h"
#include "checker/linear/timeline.h"

namespace plumbline::checker {
namespace {

// Steps that one search makes before it is the other's turn. A verdict depends on them, so they
// are counted, never timed.
constexpr std::uint64_t kTurn = 20'000;

SearchResult finished(Verdict verdict, std::uint64_t steps, const Reach& reach,
                      const Timeline& time, const std::vector<Entry>& entries) {
  SearchResult result{verdict, steps, {}, {}};
  if (verdict == Verdict::kValid) return result;
  for (std::uint32_t p = reach.position(); p < time.positions(); ++p) {
    const std::uint32_t entry = time.returning(p);
    if (entries[entry].definite) result.unplaced.push_back(entry);
  }
  result.states = reach.states();
  return result;
}

}  // namespace

SearchResult search(Model& model, const std::vector<Entry>& entries, const SearchOptions& options) {
  const Timeline time(entries);
  Moves deep_moves(model, entries, options, time);
  Moves wide_moves(model, entries, options, time);
  DepthFirst deep(deep_moves);
  Frontier wide(wide_moves);
  const auto steps = [&] { return deep_moves.steps() + wide_moves.steps(); };
  while (true) {
    const std::uint64_t left = options.step_budget - std::min(options.step_budget, steps());
    Verdict verdict = deep.advance(deep_moves.steps() + std::min(kTurn, left));
    if (verdict != Verdict::kUnknown || steps() >= options.step_budget) {
      return finished(verdict, steps(), deep.reach(), time, entries);
    }
    verdict = wide.advance(wide_moves.steps() + std::min(kTurn, options.step_budget - steps()));
    if (verdict != Verdict::kUnknown) {
      return finished(verdict, steps(), wide.reach(), time, entries);
    }
  }
}

}  // namespace plumbline::checker
