#include "nodes/log/log.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "nodes/base/assert.h"
#include "nodes/base/hash.h"
#include "nodes/log/segment.h"

namespace plumbline::log {
namespace {

constexpr trace::Kind kOpened{"log.opened", "opens its log: {a} records in {b} segments"};
constexpr trace::Kind kTailCut{
    "log.tail_cut",
    "cuts its log's torn tail behind record {a}; {b} intact records behind the hole"};
constexpr trace::Kind kRefused{"log.refused", "cannot use its log (reason {a})"};
constexpr trace::Kind kFlushed{"log.flushed",
                               "has synced {b} records of its log from {a} on, {c} bytes"};
constexpr trace::Kind kSegmentMade{"log.segment_made",
                                   "begins a log segment of {b} bytes at record {a}"};
constexpr trace::Kind kFailed{"log.failed", "can no longer write its log (reason {a})"};

const trace::Probe kTornTailCut{"log.torn_tail_cut"};
const trace::Probe kBehindHoleDropped{"log.records_behind_hole_dropped"};
const trace::Probe kSegmentRolled{"log.segment_rolled"};
// Several records waited for the flush before theirs and share a sync.
const trace::Probe kGroupCommit{"log.group_commit"};
const trace::Probe kCacheDistrusted{"log.unproven_tail_rewritten", trace::Probe::Need::kOptional};
const trace::Probe kRepairedAgain{"log.unfinished_segment_removed", trace::Probe::Need::kOptional};
const trace::Probe kCorruptionFound{"log.corruption_found", trace::Probe::Need::kOptional};

std::string_view parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// The directory and its name are durable on success.
Status ensure_directory(Yield& yield, Disk& disk, const std::string& directory) {
  const Status made = disk.make_directory(yield, directory);
  if (!made && made.error().code != Errc::kExists) return made;
  return disk.sync_directory(yield, parent_of(directory));
}

}  // namespace

Log::Log(Disk& disk, trace::Sink& trace, std::string directory, const Options& options)
    : disk_(disk), trace_(trace), directory_(std::move(directory)), options_(options) {}

Result<std::unique_ptr<Log>> Log::open(Yield& yield, Disk& disk, trace::Sink& trace,
                                       std::string directory, const Options& options,
                                       const Replay& replay) {
  LastSegment last;
  const Result<Found> found = recover_keeping(yield, disk, directory, options, replay, last);
  if (!found) {
    trace.emit(kRefused, static_cast<std::uint64_t>(found.error().code));
    if (found.error().code == Errc::kCorrupt) trace.reached(kCorruptionFound);
    return found.error();
  }
  if (Status status = ensure_directory(yield, disk, directory); !status) return status.error();
  const Result<std::uint64_t> leftovers = remove_leftovers(yield, disk, directory);
  if (!leftovers) return leftovers.error();
  if (*leftovers > 0) trace.reached(kRepairedAgain);

  std::unique_ptr<Log> log(new Log(disk, trace, std::move(directory), options));
  if (Status status = log->take_up(yield, *found, last); !status) return status.error();
  trace.emit(kOpened, found->records, std::max<std::uint64_t>(found->segments, 1));
  return log;
}

Status Log::take_up(Yield& yield, const Found& found, const LastSegment& last) {
  next_ = found.next;
  if (found.segments == 0) return roll(yield, 0);
  segment_ = last.header;
  checksum_ = last.checksum;
  mark_slot_ = last.mark_slot;
  at_ = round_up(found.end, kSectorBytes);
  if (found.needs_repair()) return repair(yield, found, last);
  Result<std::unique_ptr<File>> file = disk_.open(yield, found.file, OpenMode::kWrite);
  if (!file) return file.error();
  file_ = std::move(*file);
  // The one before may have died between giving the segment its name and making the name durable.
  return disk_.sync_directory(yield, directory_);
}

Status Log::repair(Yield& yield, const Found& found, const LastSegment& last) {
  trace_.reached(found.torn ? kTornTailCut : kCacheDistrusted);
  if (found.torn) trace_.emit(kTailCut, found.next.previous().value, found.behind_hole);
  if (found.behind_hole > 0) trace_.reached(kBehindHoleDropped);
  Result<std::unique_ptr<File>> file = rewrite_segment(yield, disk_, directory_, found, last);
  if (!file) return file.error();
  file_ = std::move(*file);
  mark_slot_ = 0;
  return {};
}

void Log::append(const Record& record) {
  PLUMB_ASSERT(record.payload.size() <= options_.record_bytes_max);
  PLUMB_ASSERT(record.kind == RecordKind::kEntry || record.payload.empty());
  append_frame(buffer_, record);
  ++records_buffered_;
}

Status Log::flush(Yield& yield) {
  PLUMB_ASSERT(!flushing_);
  if (failed_) return *failed_;
  if (buffer_.empty()) return {};
  flushing_ = true;
  Bytes frames = std::exchange(buffer_, {});
  records_buffered_ = 0;
  Status status = write_all(yield, frames);
  flushing_ = false;
  if (records_buffered_ > 1) trace_.reached(kGroupCommit);
  return remember(status);
}

Status Log::write_all(Yield& yield, Bytes& frames) {
  for (std::uint64_t done = 0; done < frames.size();) {
    char* rest = frames.data() + done;
    std::uint64_t bytes = fitting(rest, frames.size() - done);
    if (bytes == 0) {
      if (Status status = roll(yield, frame_bytes_at(rest)); !status) return status;
      trace_.reached(kSegmentRolled);
      bytes = fitting(rest, frames.size() - done);
    }
    if (Status status = write_batch(yield, rest, bytes); !status) return status;
    done += bytes;
  }
  ++counters_.flushes;
  settled_ = false;
  return write_mark(yield);
}

// One batch: consecutive records that one sync makes durable. Their floor is the first one's
// number, for all before were synced before any byte of this batch was written.
Status Log::write_batch(Yield& yield, char* frames, std::uint64_t bytes) {
  const RecordNumber first = next_;
  RecordNumber number = first;
  for (std::uint64_t done = 0; done < bytes; done += frame_bytes_at(frames + done)) {
    checksum_ = seal_frame(frames + done, segment_, at_ + done, number, first);
    number = number.next();
  }
  if (Status status = file_->write(yield, at_, BytesView(frames, bytes)); !status) return status;
  // A failed sync is final. The kernel may have dropped the bytes and called them clean, so that a
  // second sync would succeed without them (Rebello and others, ATC 2020).
  if (Status status = file_->sync(yield); !status) return status;
  at_ = round_up(at_ + bytes, kSectorBytes);
  next_ = number;
  counters_.records += number.value - first.value;
  counters_.bytes_written += bytes;
  trace_.emit(kFlushed, first.value, number.value - first.value, bytes);
  return {};
}

// Not synced: it reaches the disk with the next sync, and no later than the process dies as long as
// power stays. The slots are written in turns, so that tearing one leaves the other.
Status Log::write_mark(Yield& yield) {
  mark_slot_ = 1 - mark_slot_;
  const Bytes mark = encode_mark(segment_, mark_slot_, next_);
  return file_->write(yield, kMarkAt[static_cast<std::size_t>(mark_slot_)], mark);
}

Status Log::settle(Yield& yield) {
  PLUMB_ASSERT(!flushing_);
  if (failed_) return *failed_;
  if (settled_) return {};
  flushing_ = true;
  Status status = file_->sync(yield);
  flushing_ = false;
  settled_ = status.ok();
  return remember(status);
}

std::uint64_t Log::fitting(const char* frames, std::uint64_t bytes) const {
  const std::uint64_t room = segment_.segment_bytes - std::min(segment_.segment_bytes, at_);
  std::uint64_t taken = 0;
  while (taken < bytes) {
    const std::uint64_t frame = frame_bytes_at(frames + taken);
    if (taken + frame > room || frame > frame_bytes(segment_.record_bytes_max)) break;
    taken += frame;
  }
  return taken;
}

// REQUIRES: everything before next_ is synced; the segment's existence will say so.
Status Log::roll(Yield& yield, std::uint64_t first_frame_bytes) {
  const std::uint64_t bytes = std::max(options_.segment_bytes, kDataAt + first_frame_bytes);
  const std::uint64_t salt =
      combine(combine(segment_.salt, checksum_),
              combine(options_.identity.cluster, options_.identity.node.value));
  segment_ = SegmentHeader{.identity = options_.identity,
                           .record_bytes_max = options_.record_bytes_max,
                           .first = next_,
                           .segment_bytes = round_up(bytes, kSectorBytes),
                           .salt = salt};
  Result<std::unique_ptr<File>> file = create_segment(yield, disk_, directory_, segment_);
  if (!file) return file.error();
  file_ = std::move(*file);
  at_ = kDataAt;
  mark_slot_ = 1;
  ++counters_.segments_created;
  trace_.emit(kSegmentMade, next_.value, segment_.segment_bytes);
  return {};
}

Status Log::remember(Status status) {
  if (status.ok()) return status;
  failed_ = status.error();
  trace_.emit(kFailed, static_cast<std::uint64_t>(failed_->code));
  return status;
}

}  // namespace plumbline::log
