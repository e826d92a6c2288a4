#include "checker/linear/silent_swaps.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <limits>
#include <queue>
#include <utility>

namespace plumbline::checker {
namespace {

constexpr std::size_t kNowhere = std::numeric_limits<std::size_t>::max();

// The i-th value of the order is there in segment i. An operation may be in segment i if nobody in
// a later segment returned before it was called, and neither the writer of segment i nor anybody
// before it was called after it returned. Both bounds only grow with i.
class Segments {
 public:
  Segments(std::span<const Request> requests, const WrittenOnce& values,
           const std::vector<ClusterId>& order)
      : requests_(requests), values_(values), order_(order) {
    place_.assign(values.clusters().size(), kNowhere);
    for (std::size_t i = 0; i < order.size(); ++i) place_[order[i]] = i;
    sum_up_calls();
    sum_up_returns();
  }

  std::size_t count() const { return order_.size(); }
  std::size_t place_of(ClusterId cluster) const { return place_[cluster]; }

  // The first segment that is not too early for an operation called then.
  std::size_t first_for(std::int64_t call) const {
    const auto at = std::lower_bound(later_returned_.begin(), later_returned_.end(), call);
    return static_cast<std::size_t>(at - later_returned_.begin());
  }

  bool too_late(std::size_t segment, std::int64_t returned) const {
    return segment >= count() || earlier_called_[segment] > returned;
  }

 private:
  void sum_up_calls() {
    std::int64_t latest = std::numeric_limits<std::int64_t>::min();
    for (const ClusterId id : order_) {
      const Cluster& cluster = values_.clusters()[id];
      if (cluster.writer != kNoOperation) {
        latest = std::max(latest, requests_[cluster.writer].invoked_at);
      }
      earlier_called_.push_back(latest);
      if (cluster.last_called != kNoOperation) {
        latest = std::max(latest, requests_[cluster.last_called].invoked_at);
      }
    }
  }

  void sum_up_returns() {
    later_returned_.assign(order_.size(), kNever);
    std::int64_t earliest = kNever;
    for (std::size_t i = order_.size(); i-- > 0;) {
      later_returned_[i] = earliest;
      const Cluster& cluster = values_.clusters()[order_[i]];
      for (const OperationId id : {cluster.writer, cluster.first_returned}) {
        if (id != kNoOperation) earliest = std::min(earliest, requests_[id].returned_at);
      }
    }
  }

  std::span<const Request> requests_;
  const WrittenOnce& values_;
  const std::vector<ClusterId>& order_;
  std::vector<std::size_t> place_;
  std::vector<std::int64_t> earlier_called_;  // By the writer of the segment or before it.
  std::vector<std::int64_t> later_returned_;  // First, after the segment.
};

}  // namespace

bool place_silent_swaps(std::span<const Request> requests, const WrittenOnce& values,
                        const std::vector<ClusterId>& order) {
  const Segments segments(requests, values, order);
  using Placed = std::pair<std::int64_t, std::size_t>;  // Returned at, in segment.
  std::priority_queue<Placed, std::vector<Placed>, std::greater<>> open;
  std::size_t reached = 0;  // By those that returned before the next call.
  for (const OperationId id : values.silent()) {
    const Request& swap = requests[id];
    for (; !open.empty() && open.top().first < swap.invoked_at; open.pop()) {
      reached = std::max(reached, open.top().second);
    }
    const ClusterId denied = values.cluster_of(swap.operation->arguments[0]);
    if (denied != kNoCluster && values.clusters()[denied].ambiguous) return false;
    std::size_t segment = std::max(reached, segments.first_for(swap.invoked_at));
    if (denied != kNoCluster && segments.place_of(denied) == segment) ++segment;
    if (segments.too_late(segment, swap.returned_at)) return false;
    open.emplace(swap.returned_at, segment);
  }
  return true;
}

}  // namespace plumbline::checker
