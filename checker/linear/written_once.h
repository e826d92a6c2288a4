#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "checker/history/requests.h"

namespace plumbline::checker {

using ClusterId = std::uint32_t;
using OperationId = std::uint32_t;  // A position in the requests.
inline constexpr ClusterId kNoCluster = std::numeric_limits<ClusterId>::max();
inline constexpr OperationId kNoOperation = std::numeric_limits<OperationId>::max();

// A written value with those who saw it (zones.h).
struct Cluster {
  OperationId writer = kNoOperation;          // None: the initial value.
  OperationId first_returned = kNoOperation;  // Of those who saw the value and did not replace it.
  OperationId last_called = kNoOperation;     // Likewise.
  ClusterId before = kNoCluster;              // What the writer swapped for it.
  ClusterId after = kNoCluster;               // What a swap put in its place.
  bool seen = false;
  bool ambiguous = false;  // Another operation may have written the same value.
};

// The clusters of one register. Swaps that failed without saying what they saw are set apart.
class WrittenOnce {
 public:
  static constexpr ClusterId kInitial = 0;

  enum class Finding : std::uint8_t { kFine, kNotWrittenOnce, kContradiction };

  // All arguments must outlive this object.
  WrittenOnce(std::span<const Request> requests, std::span<const std::uint32_t> of_key,
              const Value& initial);

  Finding gather();

  const std::vector<Cluster>& clusters() const { return clusters_; }
  // Whether the value was there: it was seen, or its writer was answered, or it is the initial one.
  bool happened(ClusterId id) const;
  ClusterId cluster_of(const Value& value) const;  // kNoCluster if nobody can have written it.
  // Who shows that a change took effect; kNoOperation if nobody does.
  OperationId seen_by(OperationId change) const;
  const std::vector<OperationId>& silent() const { return silent_; }
  // After kContradiction: operations that cannot all be right, whatever the others did.
  const std::vector<OperationId>& core() const { return core_; }
  std::uint64_t steps() const { return steps_; }

 private:
  const Operation& operation(OperationId id) const { return *requests_[id].operation; }
  const Value& value_of(ClusterId id) const;
  std::size_t place_of(const Value& value, std::size_t hash) const;
  void put(const Value& value, ClusterId cluster);
  void make_table(std::size_t values);

  bool gather_writers();
  void add_writer(OperationId id);
  Finding gather_readers();
  Finding see(OperationId id);
  Finding add_reader(OperationId id, const Value& value);
  Finding add_swap(OperationId id);
  Finding settle_unknown_swaps();
  Finding contradiction(std::vector<OperationId> core);
  ClusterId written_by(OperationId id) const;

  std::span<const Request> requests_;
  std::span<const std::uint32_t> of_key_;
  const Value& initial_;
  std::vector<Cluster> clusters_;
  // Open addressing by value; kNoCluster for a free place. Values that differ mostly differ in
  // these bits of their hashes, so few of them need to be looked at.
  struct Place {
    ClusterId cluster = kNoCluster;
    std::uint32_t hash = 0;
  };
  std::vector<Place> table_;
  std::vector<OperationId> silent_;
  std::vector<ClusterId> unsettled_;  // Seen, and written by a swap whose outcome is unknown.
  std::vector<OperationId> core_;
  std::uint64_t steps_ = 0;
};

}  // namespace plumbline::checker
