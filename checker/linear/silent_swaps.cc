#include "checker/linear/silent_swaps.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <tuple>
#include <utility>

namespace plumbline::checker {
namespace {

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::min();

// When a value can come and go, given its whole block.
struct Stay {
  OperationId comes_before = kNoOperation;  // The first to return of those at or behind the value.
  OperationId goes_after = kNoOperation;    // The last to be called of those at or before it.
  std::int64_t may_come = kEver;            // From then on.
};

// At one time: first what becomes possible, then what must be, then who asks for it.
enum class Turn : std::uint8_t { kAvailable, kMustCome, kAsks };

struct Event {
  std::int64_t at;
  Turn turn;
  std::uint32_t what;  // A block, a cluster within its block, or a silent swap.

  friend bool operator<(const Event& a, const Event& b) {
    return std::tie(a.at, a.turn, a.what) < std::tie(b.at, b.turn, b.what);
  }
};

class Layout {
 public:
  Layout(std::span<const Request> requests, std::span<const std::uint32_t> of_key,
         const WrittenOnce& values, const std::vector<Block>& blocks)
      : requests_(requests), of_key_(of_key), values_(values), blocks_(blocks) {}

  SilentSwaps run() {
    measure_stays();
    if (contradiction()) return std::move(result_);
    find_forward();
    gather_events();
    for (const Event& event : events_) {
      if (take(event)) continue;
      result_.answer = SilentSwaps::Answer::kUndecided;
      break;
    }
    return std::move(result_);
  }

 private:
  const Cluster& cluster(ClusterId id) const { return values_.clusters()[id]; }
  std::int64_t called(OperationId id) const { return requests_[id].invoked_at; }
  std::int64_t returned(OperationId id) const { return requests_[id].returned_at; }
  ClusterId denied_by(OperationId swap) const {
    return values_.cluster_of(requests_[swap].operation->arguments[0]);
  }
  std::int64_t must_come(ClusterId id) const {
    if (id == WrittenOnce::kInitial) return kEver;
    const OperationId first = stays_[id].comes_before;
    return first == kNoOperation ? kNever : returned(first);
  }
  std::int64_t may_go(ClusterId id) const {
    const OperationId last = stays_[id].goes_after;
    return last == kNoOperation ? kEver : called(last);
  }

  void measure_stays() {
    stays_.resize(values_.clusters().size());
    for (const Block& block : blocks_) measure_block(block);
  }

  void measure_block(const Block& block) {
    std::vector<ClusterId> chain;
    OperationId last = kNoOperation;
    for (ClusterId id = block.head; id != kNoCluster; id = cluster(id).after) {
      chain.push_back(id);
      last = later_called(last, cluster(id).writer);
      if (last != kNoOperation) stays_[id].may_come = called(last);
      last = later_called(last, cluster(id).last_called);
      stays_[id].goes_after = last;
    }
    OperationId first = kNoOperation;
    for (std::size_t i = chain.size(); i-- > 0;) {
      first = sooner_returned(first, cluster(chain[i]).first_returned);
      first = sooner_returned(first, cluster(chain[i]).writer);
      stays_[chain[i]].comes_before = first;
    }
  }

  OperationId later_called(OperationId a, OperationId b) const {
    if (a == kNoOperation || b == kNoOperation) return a == kNoOperation ? b : a;
    return called(b) > called(a) ? b : a;
  }
  OperationId sooner_returned(OperationId a, OperationId b) const {
    if (a == kNoOperation || b == kNoOperation) return a == kNoOperation ? b : a;
    return returned(b) < returned(a) ? b : a;
  }

  // A value that was there before the swap was called and after it returned.
  bool contradiction() {
    for (const OperationId swap : values_.silent()) {
      const ClusterId denied = denied_by(swap);
      if (denied == kNoCluster || cluster(denied).ambiguous || !values_.happened(denied)) continue;
      if (must_come(denied) >= called(swap) || may_go(denied) <= returned(swap)) continue;
      result_.answer = SilentSwaps::Answer::kContradiction;
      result_.core = {swap, stays_[denied].goes_after};
      if (denied != WrittenOnce::kInitial) result_.core.push_back(stays_[denied].comes_before);
      return true;
    }
    return false;
  }

  std::int64_t from(std::uint32_t block) const { return must_come(blocks_[block].head); }
  std::int64_t to(std::uint32_t block) const { return called(blocks_[block].last_called); }
  bool is_forward(std::uint32_t block) const { return from(block) < to(block); }

  // Forward blocks by time, and from when on each may come: not before those that cannot wait
  // until it has gone.
  void find_forward() {
    for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
      if (is_forward(block)) forward_.push_back(block);
    }
    std::sort(forward_.begin(), forward_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(from(a), a) < std::pair(from(b), b);
    });
    for (const std::uint32_t block : forward_) {
      forward_may_come_.push_back(stays_[blocks_[block].head].may_come);
    }
    for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
      if (is_forward(block)) continue;
      const auto next = std::lower_bound(
          forward_.begin(), forward_.end(), to(block),
          [&](std::uint32_t other, std::int64_t instant) { return from(other) < instant; });
      if (next == forward_.end() || from(block) >= to(*next)) continue;
      std::int64_t& may_come = forward_may_come_[static_cast<std::size_t>(next - forward_.begin())];
      may_come = std::max(may_come, to(block));
    }
  }

  void gather_events() {
    for (std::uint32_t block = 0; block < blocks_.size(); ++block) {
      if (is_forward(block)) {
        for (ClusterId id = blocks_[block].head; id != kNoCluster; id = cluster(id).after) {
          block_of_.emplace_back(id, block);
          if (id != WrittenOnce::kInitial) events_.push_back({must_come(id), Turn::kMustCome, id});
        }
      } else {
        events_.push_back({to(block), Turn::kAvailable, block});
        const ClusterId head = blocks_[block].head;
        block_of_.emplace_back(head, block);
        if (from(block) != kNever) events_.push_back({from(block), Turn::kMustCome, head});
      }
    }
    std::sort(block_of_.begin(), block_of_.end());
    for (std::uint32_t i = 0; i < values_.silent().size(); ++i) {
      events_.push_back({returned(values_.silent()[i]), Turn::kAsks, i});
    }
    denied_.assign(values_.clusters().size(), false);
    for (const OperationId swap : values_.silent()) {
      if (denied_by(swap) != kNoCluster) denied_[denied_by(swap)] = true;
    }
    for (const OperationId id : of_key_) {
      if (!is_spare(id)) continue;
      events_.push_back({called(id), Turn::kAvailable, kSpare});
    }
    std::sort(events_.begin(), events_.end());
    for (const Block& block : blocks_) came_.push_back(block.head == WrittenOnce::kInitial);
  }

  // A write of unknown outcome that nobody saw, and of a value that no silent swap expects.
  bool is_spare(OperationId id) const {
    const Operation& op = *requests_[id].operation;
    const bool writes = op.function == Function::kWrite || op.function == Function::kPut;
    if (!writes || requests_[id].outcome != Outcome::kUnknown) return false;
    const ClusterId written = values_.cluster_of(op.arguments[0]);
    return written != WrittenOnce::kInitial && !values_.happened(written) && !denied_[written];
  }

  bool take(const Event& event) {
    switch (event.turn) {
      case Turn::kAvailable: become_available(event.what); return true;
      case Turn::kMustCome: come(event.what, event.at); return true;
      case Turn::kAsks: return serve(values_.silent()[event.what]);
    }
    return true;
  }

  void become_available(std::uint32_t block) {
    if (block == kSpare) {
      ++spares_;
    } else {
      waiting_.emplace(from(block), block);
    }
  }

  std::uint32_t block_of(ClusterId id) const {
    const auto at = std::lower_bound(block_of_.begin(), block_of_.end(), std::pair(id, 0U));
    return at->second;
  }

  void come(ClusterId id, std::int64_t now) {
    const std::uint32_t block = block_of(id);
    const bool head = blocks_[block].head == id;
    if (!is_forward(block)) {
      if (!came_[block]) place_point(block, now);
    } else if (head && !came_[block]) {
      start_forward(block, now);
    } else if (!head && cluster(id).before == now_) {
      set_value(id, now);
    }
  }

  // A block that needs one instant only; its last value stays.
  void place_point(std::uint32_t block, std::int64_t now) {
    came_[block] = true;
    ClusterId id = blocks_[block].head;
    while (cluster(id).after != kNoCluster) id = cluster(id).after;
    set_value(id, now);
  }

  // Those that cannot wait until it has gone come before it.
  void start_forward(std::uint32_t block, std::int64_t now) {
    for (; !waiting_.empty() && waiting_.top().first < to(block); waiting_.pop()) {
      if (!came_[waiting_.top().second]) place_point(waiting_.top().second, now);
    }
    came_[block] = true;
    set_value(blocks_[block].head, now);
  }

  // What must follow at once does.
  void set_value(ClusterId id, std::int64_t now) {
    now_ = id;
    while (cluster(now_).after != kNoCluster && must_come(cluster(now_).after) <= now) {
      now_ = cluster(now_).after;
    }
    since_ = now;
  }

  // The swap must return: had the register held something else since it was called?
  bool serve(OperationId swap) {
    const ClusterId denied = denied_by(swap);
    if (denied == kNoCluster) return true;
    if (cluster(denied).ambiguous) return false;
    if (now_ != denied || since_ >= called(swap)) return true;
    return replace(returned(swap));
  }

  // Something else comes now. The value may go: else this was found to be a contradiction, or the
  // value could have come later.
  bool replace(std::int64_t now) {
    if (may_go(now_) > now) return false;
    const ClusterId after = now_ == kNobody ? kNoCluster : cluster(now_).after;
    if (after != kNoCluster) {
      if (stays_[after].may_come > now) return false;
      set_value(after, now);
      return true;
    }
    while (!waiting_.empty() && came_[waiting_.top().second]) waiting_.pop();
    if (!waiting_.empty()) {
      const std::uint32_t block = waiting_.top().second;
      waiting_.pop();
      place_point(block, now);
      return true;
    }
    if (spares_ > 0) {
      --spares_;
      now_ = kNobody;
      return true;
    }
    while (next_forward_ < forward_.size() && came_[forward_[next_forward_]]) ++next_forward_;
    if (next_forward_ == forward_.size() || forward_may_come_[next_forward_] > now) return false;
    start_forward(forward_[next_forward_], now);
    return true;
  }

  static constexpr std::uint32_t kSpare = std::numeric_limits<std::uint32_t>::max();
  static constexpr ClusterId kNobody = kNoCluster;  // A value that nobody saw.

  std::span<const Request> requests_;
  std::span<const std::uint32_t> of_key_;
  const WrittenOnce& values_;
  const std::vector<Block>& blocks_;
  std::vector<Stay> stays_;
  std::vector<std::uint32_t> forward_;
  std::vector<std::int64_t> forward_may_come_;  // One for each of them.
  std::vector<Event> events_;
  std::vector<std::pair<ClusterId, std::uint32_t>> block_of_;
  std::vector<bool> came_;
  std::vector<bool> denied_;  // Clusters that some silent swap did not see.

  using Waiting = std::pair<std::int64_t, std::uint32_t>;  // Must come by, block.
  std::priority_queue<Waiting, std::vector<Waiting>, std::greater<>> waiting_;
  std::size_t spares_ = 0;
  std::size_t next_forward_ = 0;
  ClusterId now_ = WrittenOnce::kInitial;
  std::int64_t since_ = kEver;
  SilentSwaps result_;
};

}  // namespace

SilentSwaps place_silent_swaps(std::span<const Request> requests,
                               std::span<const std::uint32_t> of_key, const WrittenOnce& values,
                               const std::vector<Block>& blocks) {
  return Layout(requests, of_key, values, blocks).run();
}

}  // namespace plumbline::checker
