#include "checker/linear/zones.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "checker/linear/silent_swaps.h"
#include "checker/linear/written_once.h"

namespace plumbline::checker {
namespace {

using Answer = ZoneJudgement::Answer;

constexpr std::int64_t kEver = std::numeric_limits<std::int64_t>::min();
// A contradiction of two long chains is told by some of its operations.
constexpr std::size_t kZonesNamed = 6;

struct Zone {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::uint32_t block = 0;
};

class Judge {
 public:
  Judge(std::span<const Request> requests, std::span<const std::uint32_t> of_key,
        const Value& initial)
      : requests_(requests), of_key_(of_key), values_(requests, of_key, initial) {}

  ZoneJudgement run() {
    ZoneJudgement judgement;
    judgement.answer = decide();
    judgement.core = core_;
    std::sort(judgement.core.begin(), judgement.core.end());
    judgement.core.erase(std::unique(judgement.core.begin(), judgement.core.end()),
                         judgement.core.end());
    judgement.steps = values_.steps();
    return judgement;
  }

 private:
  Answer decide() {
    switch (values_.gather()) {
      case WrittenOnce::Finding::kFine: break;
      case WrittenOnce::Finding::kNotWrittenOnce: return Answer::kNotForZones;
      case WrittenOnce::Finding::kContradiction: core_ = values_.core(); return Answer::kInvalid;
    }
    if (!build_blocks() || !chains_end() || !zones_agree()) return Answer::kInvalid;
    return values_.silent().empty() ? Answer::kValid : with_silent_swaps();
  }

  Answer with_silent_swaps() {
    SilentSwaps silent = place_silent_swaps(requests_, of_key_, values_, blocks_);
    switch (silent.answer) {
      case SilentSwaps::Answer::kPlaced: return Answer::kValid;
      case SilentSwaps::Answer::kUndecided: return Answer::kUndecided;
      case SilentSwaps::Answer::kContradiction: break;
    }
    for (const OperationId id : silent.core) blame(id);
    return Answer::kInvalid;
  }

  std::int64_t returned(OperationId id) const { return requests_[id].returned_at; }
  std::int64_t called(OperationId id) const { return requests_[id].invoked_at; }

  bool build_blocks() {
    walked_.assign(values_.clusters().size(), false);
    for (ClusterId id = 0; id < values_.clusters().size(); ++id) {
      if (values_.happened(id) && values_.clusters()[id].before == kNoCluster && !build_block(id)) {
        return false;
      }
    }
    return true;
  }

  // Walks the chain from its head: writer, readers, the swap to the next value, its readers ...
  bool build_block(ClusterId head) {
    Block block{head, kNoOperation, kNoOperation};
    for (ClusterId id = head; id != kNoCluster; id = values_.clusters()[id].after) {
      const Cluster& cluster = values_.clusters()[id];
      walked_[id] = true;
      if (cluster.writer != kNoOperation && !add(block, cluster.writer, cluster.writer))
        return false;
      if (cluster.first_returned == kNoOperation) continue;
      if (!add(block, cluster.first_returned, cluster.last_called)) return false;
    }
    const bool idle = block.first_returned == kNoOperation;  // The initial value, never seen.
    if (!idle) blocks_.push_back(block);
    return true;
  }

  // Operations that share a place in the block: the one that returned first, the one called last.
  bool add(Block& block, OperationId first_returned, OperationId last_called) {
    if (block.last_called != kNoOperation && returned(first_returned) < called(block.last_called)) {
      blame(block.last_called);
      blame(first_returned);
      return false;
    }
    if (block.last_called == kNoOperation || called(last_called) > called(block.last_called)) {
      block.last_called = last_called;
    }
    if (block.first_returned == kNoOperation ||
        returned(first_returned) < returned(block.first_returned)) {
      block.first_returned = first_returned;
    }
    return true;
  }

  // A chain without a beginning: each of its swaps needs what only another of them wrote.
  bool chains_end() {
    for (ClusterId id = 0; id < values_.clusters().size(); ++id) {
      if (!values_.happened(id) || walked_[id]) continue;
      ClusterId at = id;
      do {
        blame(values_.clusters()[at].writer);
        at = values_.clusters()[at].after;
      } while (at != id && at != kNoCluster);
      return false;
    }
    return true;
  }

  bool is_initial(const Block& block) const { return block.head == WrittenOnce::kInitial; }

  Zone zone_of(std::uint32_t number) const {
    const Block& block = blocks_[number];
    const std::int64_t from = is_initial(block) ? kEver : returned(block.first_returned);
    return {from, called(block.last_called), number};
  }

  bool zones_agree() {
    for (std::uint32_t number = 0; number < blocks_.size(); ++number) {
      const Zone zone = zone_of(number);
      if (zone.from < zone.to) forward_.push_back(zone);
    }
    std::sort(forward_.begin(), forward_.end(), [](const Zone& a, const Zone& b) {
      return std::tie(a.from, a.block) < std::tie(b.from, b.block);
    });
    return forward_zones_agree() && backward_zones_agree();
  }

  bool forward_zones_agree() {
    std::size_t longest = 0;
    for (std::size_t i = 1; i < forward_.size(); ++i) {
      if (forward_[i].from < forward_[longest].to) return contradiction(forward_[longest]);
      if (forward_[i].to > forward_[longest].to) longest = i;
    }
    return true;
  }

  bool backward_zones_agree() {
    for (std::uint32_t number = 0; number < blocks_.size(); ++number) {
      const Zone zone = zone_of(number);
      if (zone.from < zone.to) continue;
      // The last forward zone that begins before this one's last call; those before end sooner.
      auto after = std::lower_bound(
          forward_.begin(), forward_.end(), zone.to,
          [](const Zone& forward, std::int64_t call) { return forward.from < call; });
      if (after == forward_.begin()) continue;
      const Zone& around = *std::prev(after);
      if (zone.from < around.to) return contradiction(around);
    }
    return true;
  }

  // Of all blocks that cannot come before nor after `zone`, those whose operations ended last
  // before it did: they are the nearest to the answer that is too old.
  bool contradiction(const Zone& zone) {
    std::vector<Zone> others;
    for (std::uint32_t number = 0; number < blocks_.size(); ++number) {
      const Zone other = zone_of(number);
      if (number == zone.block || other.from >= zone.to || zone.from >= other.to) continue;
      others.push_back(other);
    }
    const std::size_t named = std::min(others.size(), kZonesNamed);
    std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(named),
                      others.end(), [](const Zone& a, const Zone& b) {
                        return std::tie(b.from, b.block) < std::tie(a.from, a.block);
                      });
    blame_block(blocks_[zone.block]);
    for (std::size_t i = 0; i < named; ++i) blame_block(blocks_[others[i].block]);
    return false;
  }

  void blame_block(const Block& block) {
    if (!is_initial(block)) blame(block.first_returned);
    blame(block.last_called);
  }

  // An unknown operation is no evidence: whoever saw what it wrote is.
  void blame(OperationId id) {
    core_.push_back(id);
    const OperationId reader = values_.seen_by(id);
    if (requests_[id].outcome != Outcome::kOk && reader != kNoOperation) core_.push_back(reader);
  }

  std::span<const Request> requests_;
  std::span<const std::uint32_t> of_key_;
  WrittenOnce values_;
  std::vector<Block> blocks_;
  std::vector<bool> walked_;
  std::vector<Zone> forward_;
  std::vector<std::uint32_t> core_;
};

}  // namespace

ZoneJudgement judge_by_zones(std::span<const Request> requests,
                             std::span<const std::uint32_t> of_key, const Value& initial) {
  return Judge(requests, of_key, initial).run();
}

}  // namespace plumbline::checker
