#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/result.h"

namespace plumbline::checker {

// What can be wrong with a history of transactions. The first group is seen in the steps
// themselves, the others are cycles: of dependencies alone, with the order of each process, and
// with real time, in the same order of shapes (`cycle_anomaly`).
enum class Anomaly : std::uint8_t {
  kDuplicateElements,  // A list shows an element twice that was appended once.
  kGarbageRead,        // A read shows what nobody wrote.
  kCyclicVersions,     // Versions of one key that each replace the other.
  kIncompatibleOrder,  // Two reads of a list of which neither is the beginning of the other.
  kDirtyUpdate,        // A committed change on top of one that failed.
  kG1a,                // A read of what a failed transaction wrote.
  kG1b,                // A read of a state in the middle of another transaction.
  kInternal,           // A transaction disagrees with its own earlier steps.
  kGMonotonic,         // A later read of a transaction misses what an earlier one depended on.
  kFracturedRead,      // A transaction sees one write of another and misses a second.
  kLostUpdate,         // Two transactions read one version and both replaced it.
  kG0,
  kG1c,
  kGSingle,
  kGNonadjacent,
  kG2Item,
  kG0Process,
  kG1cProcess,
  kGSingleProcess,
  kGNonadjacentProcess,
  kG2ItemProcess,
  kG0Realtime,
  kG1cRealtime,
  kGSingleRealtime,
  kGNonadjacentRealtime,
  kG2ItemRealtime,
};
inline constexpr std::size_t kAnomalies = 26;

std::string_view name_of(Anomaly anomaly);

class AnomalySet {
 public:
  constexpr AnomalySet() = default;
  constexpr AnomalySet(std::initializer_list<Anomaly> anomalies) {
    for (const Anomaly anomaly : anomalies) add(anomaly);
  }
  constexpr void add(Anomaly anomaly) { bits_ |= bit(anomaly); }
  constexpr void add(AnomalySet other) { bits_ |= other.bits_; }
  constexpr bool has(Anomaly anomaly) const { return (bits_ & bit(anomaly)) != 0; }
  constexpr bool meets(AnomalySet other) const { return (bits_ & other.bits_) != 0; }
  constexpr bool empty() const { return bits_ == 0; }

 private:
  static constexpr std::uint32_t bit(Anomaly anomaly) {
    return std::uint32_t{1} << static_cast<unsigned>(anomaly);
  }
  std::uint32_t bits_ = 0;
};

// How much a history of transactions is held to, from the weakest. A level forbids its own
// anomalies and those of every level that it implies.
enum class TxnLevel : std::uint8_t {
  kReadUncommitted,
  kReadCommitted,
  kMonotonicAtomicView,
  kReadAtomic,
  kCursorStability,
  kConsistentView,
  kRepeatableRead,
  kParallelSnapshotIsolation,
  kSnapshotIsolation,
  kSerializable,
  kStrongSessionReadCommitted,
  kStrongReadCommitted,
  kStrongSessionSnapshotIsolation,
  kStrongSnapshotIsolation,
  kStrongSessionSerializable,
  kStrictSerializable,
};

std::string_view name_of(TxnLevel level);
std::span<const std::string_view> txn_level_names();
// The problem with a name that is not known names the nearest that is.
Result<TxnLevel> txn_level_named(std::string_view name);

// Every history of level `stronger` is one of level `weaker`. True of a level and itself.
bool implies(TxnLevel stronger, TxnLevel weaker);
// All anomalies that a history of this level cannot have.
AnomalySet forbidden_by(TxnLevel level);

// The levels that the anomalies found exclude, from the weakest, and the strongest of the others.
std::vector<std::string> levels_ruled_out(AnomalySet found);
std::vector<std::string> levels_still_possible(AnomalySet found);

}  // namespace plumbline::checker
