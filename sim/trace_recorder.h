#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/base/ids.h"
#include "nodes/base/result.h"
#include "nodes/base/time.h"
#include "nodes/trace/trace.h"
#include "sim/settings.h"
#include "sim/trace_format.h"

namespace plumbline::sim {

// Takes everything that happens in a run: hashes it, keeps what it was told to keep, counts probes.
// What is kept and counted never changes the hash.
class TraceRecorder {
 public:
  TraceRecorder(std::uint64_t seed, TraceMemory memory);

  void record(const trace::Kind& kind, const TraceRecord& record);
  void reached(const trace::Probe& probe);
  // The word that a record may mention by the number returned; remembered for readers, not hashed.
  std::uint64_t name(std::string_view word);
  void add_node(NodeId id, std::string_view name);

  // Of all records so far. Equal hashes and totals mean equal runs.
  std::uint64_t hash() const { return hash_; }
  std::uint64_t total() const { return total_; }
  // The records that were kept, oldest first.
  std::vector<TraceRecord> kept() const;
  std::uint64_t first_kept() const { return total_ - kept_count(); }
  // Counts by trace::Probe::index().
  const std::vector<std::uint64_t>& probe_counts() const { return probes_; }

  // "12.034567890 n1.2 raft.vote_granted grants its vote of term 3 to r2"
  std::string render(const TraceRecord& record) const;
  // The record's text alone.
  std::string text(const TraceRecord& record) const;
  const trace::Kind* kind(std::uint64_t id) const;

  // The header line of TRACE_FORMAT.md, without its '\n'.
  std::string header() const;
  Status write(const std::string& path) const;

 private:
  std::uint64_t kept_count() const;
  void keep(const TraceRecord& record);
  void note(const trace::Kind& kind);

  std::uint64_t seed_;
  TraceMemory memory_;
  std::uint64_t hash_;
  std::uint64_t total_ = 0;
  std::vector<TraceRecord> records_;  // a ring when only the last are kept
  std::vector<std::uint64_t> probes_;
  std::array<const trace::Kind*, 256> seen_{};   // spares a look into kinds_
  std::array<std::uint64_t, 256> seen_names_{};  // spares a look into names_
  std::map<std::uint64_t, const trace::Kind*> kinds_;
  std::map<std::uint64_t, std::string> names_;
  std::map<std::uint32_t, std::string> nodes_;
};

}  // namespace plumbline::sim
