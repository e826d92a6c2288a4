#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "reports/run_files.h"
#include "reports/trace_reader.h"

namespace plumbline::reports::testing {

// The 64 bytes of a record, written here as sim/TRACE_FORMAT.md says and not with the reader's
// code.
std::string trace_record(const TraceRecord& record);
// A trace of seed 7 with a header that explains kind 1 (net.send), kind 2 (every form of a number).
std::string trace_file(const std::vector<std::string>& records);

// A run directory in a folder of its own, which is removed in the end.
class RunDirectory {
 public:
  RunDirectory();
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  std::string path() const { return path_.string(); }
  void write(const std::string& name, const std::string& content) const;
  void write_history(const checker::History& history) const;

 private:
  std::filesystem::path path_;
};

// A stale read: c3 puts 7 on n1, and then c1 gets 5 from n3, cut off by a partition. Two more
// clients do other things, one of them without an answer.
checker::History stale_read(const std::string& key);
// The files of that run, complete.
void write_stale_read(const RunDirectory& directory, const std::string& key);

// `operations` of ten clients over 30 s on twenty keys with a witness of two in the middle, ten
// faults, and `records` of trace.
RunFiles large_run(std::size_t operations, std::size_t records);

}  // namespace plumbline::reports::testing
