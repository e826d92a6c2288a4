#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/fiber/fiber.h"
#include "nodes/log/log.h"
#include "tests/nodes_log/memory_disk.h"

namespace plumbline::log::test {

using Records = std::vector<Record>;

inline const std::string kDirectory = "log";
inline constexpr char kFirst[] = "log/0000000000000001.wal";
// Of a segment with few groups: where its records begin.
inline constexpr std::uint64_t kDataAt = kClaimsAt + 2 * kClaimBytesMin;

// Counts probes by name, drops the rest.
class CountingSink : public trace::NullSink {
 public:
  void reached(const trace::Probe& probe) override { ++count[probe.name()]; }
  std::map<std::string, int> count;
};

inline Options small_options() {
  return {.segment_bytes = kDataAt + 4 * kSectorBytes,
          .record_bytes_max = 8192,
          .identity = {7, NodeId(1)}};
}

inline Options one_segment() {
  Options options = small_options();
  options.segment_bytes = kDataAt + 8 * kSectorBytes;
  return options;
}

inline Record entry(std::uint64_t index, std::size_t payload_bytes, std::uint32_t group = 1) {
  Record record;
  record.group = GroupId(group);
  record.kind = RecordKind::kEntry;
  record.term = Term(3 + index / 10);
  record.index = LogIndex(index);
  record.entry_kind = 1;
  record.payload = Blob(Bytes(payload_bytes, static_cast<char>('a' + index % 26)));
  return record;
}

inline Record hard_state(std::uint64_t term, std::uint32_t voted_for, std::uint64_t commit,
                         std::uint32_t group = 1) {
  Record record;
  record.group = GroupId(group);
  record.kind = RecordKind::kHardState;
  record.term = Term(term);
  record.voted_for = ReplicaId(voted_for);
  record.commit = LogIndex(commit);
  return record;
}

inline Record in_doubt(std::uint64_t term, std::uint64_t until, std::uint64_t doubt_term,
                       std::uint32_t group = 1) {
  Record record = hard_state(term, 0, 0, group);
  record.doubt_until = LogIndex(until);
  record.doubt_term = Term(doubt_term);
  return record;
}

inline Record base(std::uint64_t index, bool keep_tail = true, std::uint32_t group = 1) {
  Record record;
  record.group = GroupId(group);
  record.kind = RecordKind::kBase;
  record.term = Term(3 + index / 10);
  record.index = LogIndex(index);
  record.keep_tail = keep_tail;
  record.payload = Blob("configuration behind " + std::to_string(index));
  return record;
}

inline Yield& now() { return Yield::never(); }

inline Result<Opened> open_log(Disk& disk, trace::Sink& sink, Records& replayed,
                               const Options& options = small_options()) {
  replayed.clear();
  return Log::open(now(), disk, sink, kDirectory, options,
                   [&](const Record& r) { replayed.push_back(r); });
}

inline std::unique_ptr<Log> must_open(Disk& disk, Records& replayed,
                                      const Options& options = small_options()) {
  static trace::NullSink sink;
  Result<Opened> opened = open_log(disk, sink, replayed, options);
  PLUMB_ASSERT(opened.value().damages.empty(), opened->damages.front().where);
  return std::move(opened->log);
}

inline Result<Found> recover_log(Disk& disk, Records& replayed,
                                 const Options& options = small_options()) {
  replayed.clear();
  return recover(now(), disk, kDirectory, options, [&](const Record& r) { replayed.push_back(r); });
}

// The dumb twin: what appended records come to, group by group. Hard states are taken from the
// first `states` records, all else from the first `others`: a hard state has a second place.
inline Records outcome(const Records& appended, std::size_t others, std::size_t states) {
  struct Group {
    Record state{.kind = RecordKind::kHardState};
    Record base{.kind = RecordKind::kBase, .keep_tail = true};
    Records entries;
  };
  std::map<GroupId, Group> groups;
  for (std::size_t i = 0; i < states; ++i) {
    const Record& record = appended[i];
    if (record.kind == RecordKind::kHardState) groups[record.group].state = record;
  }
  for (std::size_t i = 0; i < others; ++i) {
    const Record& record = appended[i];
    Group& group = groups[record.group];
    Records& entries = group.entries;
    if (record.kind == RecordKind::kEntry) {
      entries.resize(record.index.value - group.base.index.value - 1);
      entries.push_back(record);
    } else if (record.kind == RecordKind::kBase) {
      const auto obsolete = [&](const Record& e) { return e.index <= record.index; };
      std::erase_if(entries, obsolete);
      if (!record.keep_tail) entries.clear();
      group.base = record;
      group.base.keep_tail = true;
    }
  }
  Records result;
  for (auto& [id, group] : groups) {
    group.state.group = id;
    const LogIndex end = group.base.index.plus(group.entries.size());
    group.state.commit = std::min(group.state.commit, end);
    result.push_back(group.state);
    if (group.base.index) result.push_back(group.base);
    result.insert(result.end(), group.entries.begin(), group.entries.end());
  }
  return result;
}

inline Records outcome(const Records& appended) {
  return outcome(appended, appended.size(), appended.size());
}

// How many of the appended records, at least `acknowledged`, have come to what was recovered, hard
// states perhaps being of later ones that were appended; nothing when that cannot be.
inline std::optional<std::size_t> kept(const Records& replayed, const Records& appended,
                                       std::size_t acknowledged) {
  for (std::size_t others = appended.size() + 1; others-- > acknowledged;) {
    for (std::size_t states = others; states <= appended.size(); ++states) {
      if (outcome(appended, others, states) == replayed) return others;
    }
  }
  return std::nullopt;
}

// Appends and flushes each batch; stops at the first failure. What was appended, and how much of it
// was acknowledged.
struct Written {
  Records appended;
  std::size_t acknowledged = 0;
  int times_full = 0;
};

inline Status write_batches(Log& log, const std::vector<Records>& batches, Written& written) {
  for (const Records& batch : batches) {
    for (const Record& record : batch) {
      log.append(record);
      written.appended.push_back(record);
    }
    if (Status status = log.flush(now()); !status) return status;
    written.acknowledged = written.appended.size();
  }
  return {};
}

// The payload of an entry that leaves no room in a small segment, not for a base either.
inline constexpr std::size_t kFillsSegment = 1400;
// A disk that holds three small segments and the reserve.
inline constexpr std::uint64_t kSmallReserve = 2 * (kDataAt + 4 * kSectorBytes);
inline constexpr std::uint64_t kSmallCapacity = 5 * (kDataAt + 4 * kSectorBytes);

// REQUIRES: the log is full, and a base is among what waits.
inline Status make_room(Log& log) {
  for (int tries = 0; tries < 4; ++tries) {
    if (Status released = log.release(now()); !released) return released;
    Status flushed = log.flush(now());
    if (!flushed && !log.is_full()) return flushed;
    if (const auto removed = log.compact(now()); !removed) return removed.error();
    if (!flushed) continue;
    Status kept = log.reserve(now(), kSmallReserve);
    return !kept && kept.error().code == Errc::kNoSpace ? Status() : kept;
  }
  return Errc::kNoSpace;
}

// Entries one by one, on a disk that holds only a few of them: whenever it is full, a base stands
// for all before the one that waits. `appended` is in the order in which all that is to be found.
inline Status write_more_than_fits(Log& log, std::uint64_t entries, Written& written) {
  const Status kept = log.reserve(now(), kSmallReserve);
  if (!kept && kept.error().code != Errc::kNoSpace) return kept;
  for (std::uint64_t i = 1; i <= entries; ++i) {
    log.append(entry(i, kFillsSegment));
    written.appended.push_back(entry(i, kFillsSegment));
    Status status = log.flush(now());
    if (!status && log.is_full() && i > 1) {
      ++written.times_full;
      log.append(base(i - 1));
      written.appended.insert(written.appended.end() - 1, base(i - 1));
      status = make_room(log);
    }
    if (!status) return status;
    written.acknowledged = written.appended.size();
  }
  return {};
}

// Batches of several shapes: small, over many sectors, larger than a segment; two groups; entries
// that replace others; bases with and without what follows them.
inline std::vector<Records> varied_batches() {
  return {{hard_state(1, 2, 0), entry(1, 10)},
          {entry(2, 300), entry(3, 700), entry(4, 0)},
          {hard_state(4, 0, 3)},
          {entry(1, 100, 2), entry(5, 1200), entry(6, 90)},
          {entry(7, 5000), entry(8, 20)},
          {hard_state(5, 1, 8), hard_state(2, 2, 1, 2), base(4), entry(9, 500), entry(10, 501)},
          {entry(9, 64)},
          {hard_state(6, 3, 9), base(20, false), entry(21, 30)},
          {entry(2, 700, 2), entry(22, 600)}};
}

}  // namespace plumbline::log::test
