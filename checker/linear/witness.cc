#include "checker/linear/witness.h"

#include <algorithm>

namespace plumbline::checker {
namespace {

class Shrinker {
 public:
  Shrinker(KeyCase& key, const SearchOptions& options, std::uint64_t step_budget)
      : key_(key), options_(options), step_budget_(step_budget) {}

  Core run() {
    std::vector<std::uint32_t> rest = shortest_invalid_beginning();
    // No order explains the beginning, and one explains it without its last answer.
    std::vector<std::uint32_t> core = {rest.back()};
    rest.pop_back();
    std::stable_partition(rest.begin(), rest.end(), [&](std::uint32_t i) {
      return effect_of(*key_.requests()[i]->operation) == Effect::kNone;
    });
    while (!rest.empty() && !invalid(core)) {
      if (steps_ >= step_budget_) {
        core.insert(core.end(), rest.begin(), rest.end());
        break;
      }
      const std::size_t needed = last_needed(rest, core);
      core.push_back(rest[needed]);
      rest.erase(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(needed) + 1);
    }
    std::sort(core.begin(), core.end());
    return {std::move(core), steps_};
  }

 private:
  // More certain answers only permit less, so both searches may halve.
  std::vector<std::uint32_t> shortest_invalid_beginning() {
    std::vector<std::uint32_t> all = key_.answered();
    std::size_t low = 1;
    std::size_t high = all.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (invalid({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(middle)})) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    all.resize(high);
    return all;
  }

  // The greatest i such that rest[i..] with `core` is still invalid.
  std::size_t last_needed(const std::vector<std::uint32_t>& rest,
                          const std::vector<std::uint32_t>& core) {
    std::size_t low = 0;
    std::size_t high = rest.size();
    while (high - low > 1) {
      const std::size_t middle = (low + high) / 2;
      std::vector<std::uint32_t> certain = core;
      certain.insert(certain.end(), rest.begin() + static_cast<std::ptrdiff_t>(middle), rest.end());
      (invalid(certain) ? low : high) = middle;
    }
    return low;
  }

  // A search that runs out of its budget proves nothing, and counts as valid.
  bool invalid(const std::vector<std::uint32_t>& certain) {
    if (steps_ >= step_budget_) return false;
    const KeyCase::Judgement judgement = key_.judge_only(certain, options_);
    steps_ += judgement.steps;
    return judgement.verdict == Verdict::kInvalid;
  }

  KeyCase& key_;
  SearchOptions options_;
  std::uint64_t step_budget_;
  std::uint64_t steps_ = 0;
};

}  // namespace

Core least_core(KeyCase& key, const SearchOptions& options, std::uint64_t step_budget) {
  return Shrinker(key, options, step_budget).run();
}

}  // namespace plumbline::checker
