#include "checker/mvcc/gap_schedule.h"

#include <algorithm>
#include <queue>
#include <tuple>

namespace plumbline::checker {
namespace {

// A job in numbers of gaps: from the first that it may take to the last.
struct Window {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

std::vector<Window> windows_of(std::span<const GapJob> jobs, const Gaps& gaps) {
  std::vector<Window> windows;
  windows.reserve(jobs.size());
  for (const GapJob& job : jobs) {
    Window window{gaps.up_to(job.after) + 1, gaps.up_to(job.by)};
    if (job.follows) window.first = std::max(window.first, windows.back().first + 1);
    windows.push_back(window);
  }
  for (std::size_t i = jobs.size(); i-- > 1;) {
    if (!jobs[i].follows) continue;
    windows[i - 1].last = std::min(windows[i - 1].last, windows[i].last - 1);
  }
  return windows;
}

// The jobs that lie within the longest stretch that ends at `late` and that they fill and overfill.
std::vector<std::size_t> crowd(const std::vector<Window>& windows, std::size_t late) {
  std::vector<std::size_t> within;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    if (windows[i].last <= windows[late].last) within.push_back(i);
  }
  std::sort(within.begin(), within.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(windows[a].first, a) > std::tie(windows[b].first, b);
  });
  std::vector<std::size_t> found;
  for (const std::size_t i : within) {
    found.push_back(i);
    const std::int64_t room = windows[late].last - windows[i].first + 1;
    if (room < static_cast<std::int64_t>(found.size())) break;
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

std::int64_t Gaps::up_to(std::int64_t revision) const {
  if (revision <= base_) return 0;
  const auto owned = std::upper_bound(owned_.begin(), owned_.end(), revision) - owned_.begin();
  return revision - base_ - owned;
}

std::int64_t Gaps::revision_of(std::int64_t n) const {
  // owned_[i] - base_ - i - 1 gaps lie below owned_[i]: it never decreases with i.
  std::size_t low = 0;
  std::size_t high = owned_.size();
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const std::int64_t below = owned_[middle] - base_ - static_cast<std::int64_t>(middle) - 1;
    if (below < n) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return base_ + n + static_cast<std::int64_t>(low);
}

std::optional<std::vector<std::int64_t>> assign_gaps(std::span<const GapJob> jobs, const Gaps& gaps,
                                                     std::vector<std::size_t>& crowded) {
  const std::vector<Window> windows = windows_of(jobs, gaps);
  std::vector<std::size_t> by_first(jobs.size());
  for (std::size_t i = 0; i < jobs.size(); ++i) by_first[i] = i;
  std::sort(by_first.begin(), by_first.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(windows[a].first, a) < std::tie(windows[b].first, b);
  });
  using Waiting = std::pair<std::int64_t, std::size_t>;  // Last gap, job.
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting;
  std::vector<std::int64_t> revisions(jobs.size());
  std::int64_t gap = 0;
  for (std::size_t next = 0; next < jobs.size() || !waiting.empty(); ++gap) {
    if (waiting.empty()) gap = std::max(gap, windows[by_first[next]].first);
    for (; next < jobs.size() && windows[by_first[next]].first <= gap; ++next) {
      waiting.emplace(windows[by_first[next]].last, by_first[next]);
    }
    const auto [last, job] = waiting.top();
    waiting.pop();
    if (gap > last) {
      crowded = crowd(windows, job);
      return std::nullopt;
    }
    revisions[job] = gaps.revision_of(gap);
  }
  return revisions;
}

}  // namespace plumbline::checker
