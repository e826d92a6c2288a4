#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/nodes_log/helpers.h"

namespace plumbline::log::test {

// A log on a disk, what was appended to it, and what becomes of it when its bytes are damaged.
class Victim {
 public:
  // Three flushes of two groups, the last one perhaps larger than what a claim has room for.
  Victim(Options options, const std::vector<Records>& batches);

  const Options& options() const { return options_; }
  const Records& appended() const { return written_.appended; }
  // Before the last flush.
  std::size_t before_last() const { return before_last_; }
  // As found when the process was killed: the last proof is there. By path.
  const std::map<std::string, Bytes>& killed() const { return killed_; }
  // As found when power was lost with the worst luck: it is not.
  const std::map<std::string, Bytes>& unproven() const { return unproven_; }

 private:
  Options options_;
  Written written_;
  std::size_t before_last_ = 0;
  std::map<std::string, Bytes> killed_;
  std::map<std::string, Bytes> unproven_;
};

enum class Fate {
  kIntact,
  kDoubt,    // less, and it is said whose and up to where; all hard states are right
  kShorter,  // less, and nothing is said; all hard states are right
  kLoud,     // refused
  kWrong,
};

std::map<std::string, Bytes> files_of(const MemoryDisk& disk);
void put_files(MemoryDisk& disk, const std::map<std::string, Bytes>& files);

// What recovery makes of these files. `left` is how many records are left when they are fewer.
Fate fate_of(const Victim& victim, const std::map<std::string, Bytes>& files,
             std::size_t* left = nullptr);

// The caller's part of a repair: doubts are written down, and what the log then holds survives and
// is in doubt no more than that. A crash before finds the damage again.
void mend(const Victim& victim, const std::map<std::string, Bytes>& files);

}  // namespace plumbline::log::test
