#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nodes/fiber/fiber.h"
#include "nodes/log/log.h"
#include "tests/nodes_log/memory_disk.h"

namespace plumbline::log::test {

using Records = std::vector<Record>;

inline const std::string kDirectory = "log";

// Counts probes by name, drops the rest.
class CountingSink : public trace::NullSink {
 public:
  void reached(const trace::Probe& probe) override { ++count[probe.name()]; }
  std::map<std::string, int> count;
};

inline Options small_options() {
  return {.segment_bytes = 6 * kSectorBytes, .record_bytes_max = 4096, .identity = {7, NodeId(1)}};
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

inline Record hard_state(std::uint64_t term, std::uint32_t voted_for, std::uint64_t commit) {
  Record record;
  record.group = GroupId(1);
  record.kind = RecordKind::kHardState;
  record.term = Term(term);
  record.voted_for = ReplicaId(voted_for);
  record.commit = LogIndex(commit);
  return record;
}

inline Yield& now() { return Yield::never(); }

inline Result<std::unique_ptr<Log>> open_log(Disk& disk, trace::Sink& sink, Records& replayed,
                                             const Options& options = small_options()) {
  replayed.clear();
  return Log::open(now(), disk, sink, kDirectory, options,
                   [&](const Record& r) { replayed.push_back(r); });
}

inline std::unique_ptr<Log> must_open(Disk& disk, Records& replayed,
                                      const Options& options = small_options()) {
  static trace::NullSink sink;
  Result<std::unique_ptr<Log>> log = open_log(disk, sink, replayed, options);
  return std::move(log.value());
}

inline Result<Found> recover_log(Disk& disk, Records& replayed,
                                 const Options& options = small_options()) {
  replayed.clear();
  return recover(now(), disk, kDirectory, options, [&](const Record& r) { replayed.push_back(r); });
}

inline bool is_prefix(const Records& prefix, const Records& whole) {
  return prefix.size() <= whole.size() && std::equal(prefix.begin(), prefix.end(), whole.begin());
}

// Appends and flushes each batch; stops at the first failure. What was appended, and how much of it
// was acknowledged.
struct Written {
  Records appended;
  std::size_t acknowledged = 0;
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

// Batches of several shapes: small, over many sectors, larger than a segment.
inline std::vector<Records> varied_batches() {
  return {{hard_state(1, 2, 0), entry(1, 10)},
          {entry(2, 300), entry(3, 700), entry(4, 0)},
          {hard_state(4, 0, 3)},
          {entry(5, 100, 2), entry(6, 1200), entry(7, 90)},
          {entry(8, 4000), entry(9, 20)},
          {hard_state(5, 1, 9), entry(10, 500), entry(11, 501), entry(12, 502)},
          {entry(10, 64)}};
}

}  // namespace plumbline::log::test
