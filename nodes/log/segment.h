#pragma once

#include <memory>
#include <string>

#include "nodes/base/result.h"
#include "nodes/log/frame.h"
#include "nodes/log/recovery.h"
#include "nodes/world/disk.h"

// How segment files come to be: each is complete and durable before it has its name.
namespace plumbline::log {

// Makes an empty segment and returns it open for writing. On success the file, its header and its
// name survive a loss of power. Errors: what the disk says, kNoSpace among it; then there may be a
// file under a temporary name, and nothing else.
Result<std::unique_ptr<File>> create_segment(Yield& yield, Disk& disk, const std::string& directory,
                                             const SegmentHeader& header);

// Replaces the last segment by one that holds its good records and nothing behind them, marked as
// synced up to `found.next`. A crash on the way leaves the old one or the new one, and both hold
// the same records.
Result<std::unique_ptr<File>> rewrite_segment(Yield& yield, Disk& disk,
                                              const std::string& directory, const Found& found,
                                              const LastSegment& last);

// Removes what a crash left under a temporary name; returns how many there were.
Result<std::uint64_t> remove_leftovers(Yield& yield, Disk& disk, const std::string& directory);

}  // namespace plumbline::log
