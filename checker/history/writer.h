#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "checker/history/history.h"
#include "checker/history/history_format.h"
#include "checker/history/result.h"

namespace plumbline::checker {

// Writes history.jsonl as the run goes on: a line per call and per return, nothing kept in memory.
// A file that was not finished reads as truncated, so finish() is the last word of a good run.
// Used by one thread. The first failure to write sticks: every later call reports it.
class HistoryWriter {
 public:
  // Replaces what is at `path`.
  static Result<HistoryWriter> create(const std::string& path, const Meta& meta);
  // Into an open stream, which it closes; `name` is for the text of problems.
  static Result<HistoryWriter> onto(std::FILE* stream, const std::string& name, const Meta& meta);

  // The index of the operation; its function, key, arguments, call time and session are written.
  Result<std::uint64_t> call(const Operation& operation);
  // REQUIRES: `index` came from call() and has not returned; the outcome is final and
  // returned_at is not kNever.
  Status returned(std::uint64_t index, const Operation& operation);
  Status flush();
  // Writes the trailer and closes. Operations that have not returned read as unknown.
  Status finish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  HistoryWriter(std::string path, std::FILE* file) : path_(std::move(path)), file_(file) {}
  Status put_line(std::string line);
  Problem io_problem(const std::string& what) const;

  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  format::Checksum checksum_;
  std::uint64_t operations_ = 0;
  bool failed_ = false;
};

// The whole of a history at once. An index in the file is the position in `history`.
// A history that breaks its invariants is refused as malformed.
Status write_history(const std::string& path, const History& history);
// The same as a text instead of a file.
Result<std::string> history_text(const History& history);

}  // namespace plumbline::checker
