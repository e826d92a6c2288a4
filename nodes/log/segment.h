#pragma once

#include <memory>
#include <string>

#include "nodes/base/result.h"
#include "nodes/log/frame.h"
#include "nodes/log/recovery.h"
#include "nodes/world/disk.h"

// How segment files come to be: each is complete and durable before it has its name.
namespace plumbline::log {

// What a segment holds when it gets its name.
struct SegmentContent {
  SegmentHeader header;
  // The state of all groups behind these records, for both claims.
  Groups groups;
  // Number behind the last of them.
  RecordNumber next;
  // Sealed frames.
  BytesView frames;
};

// A segment under its temporary name: it takes up space, and is no part of the log yet. Errors:
// what the disk says, kNoSpace among it.
Result<std::unique_ptr<File>> write_temporary(Yield& yield, Disk& disk,
                                              const std::string& directory,
                                              const SegmentContent& content);

Status remove_temporary(Yield& yield, Disk& disk, const std::string& directory,
                        const SegmentHeader& header);

// Makes it durable and gives it its name, where it replaces what is there. On success the file, its
// header and its name survive a loss of power; a crash on the way leaves what was there before or
// the new one.
Status publish(Yield& yield, Disk& disk, File& file, const std::string& directory,
               const SegmentHeader& header);

// Makes the log's reserve so large, or larger as it is. Errors: kNoSpace, and then it is gone.
Status make_reserve(Yield& yield, Disk& disk, const std::string& directory, std::uint64_t bytes);
// There may be none. Its room can be had on success: not before the name is gone for good.
Status remove_reserve(Yield& yield, Disk& disk, const std::string& directory);

// Removes the reserve, and what a crash left under a temporary name; returns how many of these
// there were.
Result<std::uint64_t> remove_leftovers(Yield& yield, Disk& disk, const std::string& directory);

}  // namespace plumbline::log
