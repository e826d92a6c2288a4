#include "checker/txn/levels.h"

#include <array>
#include <cstddef>

#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

constexpr std::array<std::string_view, kAnomalies> kAnomalyNames = {
    "duplicate-elements",
    "garbage-read",
    "cyclic-versions",
    "incompatible-order",
    "dirty-update",
    "G1a",
    "G1b",
    "internal",
    "G-monotonic",
    "fractured-read",
    "lost-update",
    "G0",
    "G1c",
    "G-single",
    "G-nonadjacent",
    "G2-item",
    "G0-process",
    "G1c-process",
    "G-single-process",
    "G-nonadjacent-process",
    "G2-item-process",
    "G0-realtime",
    "G1c-realtime",
    "G-single-realtime",
    "G-nonadjacent-realtime",
    "G2-item-realtime",
};

using enum Anomaly;
using enum TxnLevel;

constexpr std::size_t kParentsMax = 3;

struct LevelInfo {
  TxnLevel level;
  std::string_view name;
  AnomalySet forbids;  // In addition to what the levels below it forbid.
  std::size_t below_count = 0;
  std::array<TxnLevel, kParentsMax> below = {};
};

constexpr LevelInfo row(TxnLevel level, std::string_view name, AnomalySet forbids,
                        std::initializer_list<TxnLevel> below) {
  LevelInfo info{level, name, forbids};
  for (const TxnLevel weaker : below) info.below[info.below_count++] = weaker;
  return info;
}

// Adya's levels by his phenomena; read atomic after Bailis; the snapshot levels after Cerone and
// Gotsman, who show that parallel snapshot isolation excludes cycles with fewer than two
// anti-dependencies, and snapshot isolation those in which no two of them are adjacent. The
// "strong" levels respect real time, the "strong session" ones the order of each process. A read
// before a write of the same key counts as a read through a cursor.
constexpr std::array kLevels = {
    row(kReadUncommitted, "read-uncommitted",
        {kDuplicateElements, kGarbageRead, kCyclicVersions, kG0}, {}),
    row(kReadCommitted, "read-committed", {kIncompatibleOrder, kDirtyUpdate, kG1a, kG1b, kG1c},
        {kReadUncommitted}),
    row(kMonotonicAtomicView, "monotonic-atomic-view", {kGMonotonic}, {kReadCommitted}),
    row(kReadAtomic, "read-atomic", {kInternal, kFracturedRead}, {kMonotonicAtomicView}),
    row(kCursorStability, "cursor-stability", {kLostUpdate}, {kReadCommitted}),
    row(kConsistentView, "consistent-view", {kGSingle}, {kCursorStability, kMonotonicAtomicView}),
    row(kRepeatableRead, "repeatable-read", {kGSingle, kGNonadjacent, kG2Item},
        {kCursorStability, kReadAtomic}),
    row(kParallelSnapshotIsolation, "parallel-snapshot-isolation", {},
        {kConsistentView, kReadAtomic}),
    row(kSnapshotIsolation, "snapshot-isolation", {kGNonadjacent}, {kParallelSnapshotIsolation}),
    row(kSerializable, "serializable", {}, {kSnapshotIsolation, kRepeatableRead}),
    row(kStrongSessionReadCommitted, "strong-session-read-committed", {kG0Process, kG1cProcess},
        {kReadCommitted}),
    row(kStrongReadCommitted, "strong-read-committed", {kG0Realtime, kG1cRealtime},
        {kStrongSessionReadCommitted}),
    row(kStrongSessionSnapshotIsolation, "strong-session-snapshot-isolation",
        {kGSingleProcess, kGNonadjacentProcess}, {kSnapshotIsolation, kStrongSessionReadCommitted}),
    row(kStrongSnapshotIsolation, "strong-snapshot-isolation",
        {kGSingleRealtime, kGNonadjacentRealtime},
        {kStrongSessionSnapshotIsolation, kStrongReadCommitted}),
    row(kStrongSessionSerializable, "strong-session-serializable", {kG2ItemProcess},
        {kSerializable, kStrongSessionSnapshotIsolation}),
    row(kStrictSerializable, "strict-serializable", {kG2ItemRealtime},
        {kStrongSessionSerializable, kStrongSnapshotIsolation}),
};

// Weaker levels come first, so that one look over the table is enough to inherit.
static_assert([] {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (static_cast<std::size_t>(kLevels[i].level) != i) return false;
    for (std::size_t j = 0; j < kLevels[i].below_count; ++j) {
      if (kLevels[i].below[j] >= kLevels[i].level) return false;
    }
  }
  return true;
}());

constexpr auto kLevelNames = [] {
  std::array<std::string_view, kLevels.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kLevels[i].name;
  return names;
}();

const LevelInfo& info_of(TxnLevel level) { return kLevels[static_cast<std::size_t>(level)]; }

std::span<const TxnLevel> below(const LevelInfo& info) {
  return {info.below.data(), info.below_count};
}

}  // namespace

std::string_view name_of(Anomaly anomaly) {
  return kAnomalyNames[static_cast<std::size_t>(anomaly)];
}

std::string_view name_of(TxnLevel level) { return info_of(level).name; }

std::span<const std::string_view> txn_level_names() { return kLevelNames; }

Result<TxnLevel> txn_level_named(std::string_view name) {
  for (const LevelInfo& info : kLevels) {
    if (info.name == name) return info.level;
  }
  return Problem{Problem::Kind::kMalformed, "--level", 0, unknown_name("level", name, kLevelNames)};
}

bool implies(TxnLevel stronger, TxnLevel weaker) {
  if (stronger == weaker) return true;
  for (const TxnLevel level : below(info_of(stronger))) {
    if (implies(level, weaker)) return true;
  }
  return false;
}

AnomalySet forbidden_by(TxnLevel level) {
  AnomalySet all = info_of(level).forbids;
  for (const TxnLevel weaker : below(info_of(level))) all.add(forbidden_by(weaker));
  return all;
}

std::vector<std::string> levels_ruled_out(AnomalySet found) {
  std::vector<std::string> out;
  for (const LevelInfo& info : kLevels) {
    if (forbidden_by(info.level).meets(found)) out.emplace_back(info.name);
  }
  return out;
}

std::vector<std::string> levels_still_possible(AnomalySet found) {
  std::vector<std::string> out;
  for (const LevelInfo& info : kLevels) {
    if (forbidden_by(info.level).meets(found)) continue;
    bool strongest = true;
    for (const LevelInfo& other : kLevels) {
      const bool above = other.level != info.level && implies(other.level, info.level);
      if (above && !forbidden_by(other.level).meets(found)) strongest = false;
    }
    if (strongest) out.emplace_back(info.name);
  }
  return out;
}

}  // namespace plumbline::checker
