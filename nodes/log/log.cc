#include "nodes/log/log.h"

#include <algorithm>
#include <map>
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
constexpr trace::Kind kSegmentRemoved{
    "log.segment_removed", "removes the log segment that begins with record {a}: {b} bytes"};
constexpr trace::Kind kDamaged{
    "log.damaged", "has lost synced records of group {a}, whose log had come to {b} of term {c}"};
constexpr trace::Kind kMended{"log.mended", "has written its damaged log anew, from record {a} on"};
constexpr trace::Kind kFull{"log.full", "finds no room for a log segment; {a} bytes wait"};
constexpr trace::Kind kReleased{"log.reserve_released", "gives up {a} bytes kept for a full disk"};
constexpr trace::Kind kFailed{"log.failed", "can no longer write its log (reason {a})"};

const trace::Probe kTornTailCut{"log.torn_tail_cut"};
const trace::Probe kBehindHoleDropped{"log.records_behind_hole_dropped"};
const trace::Probe kSegmentRolled{"log.segment_rolled"};
// Several records waited for the flush before theirs and share a sync.
const trace::Probe kGroupCommit{"log.group_commit"};
const trace::Probe kCacheDistrusted{"log.unproven_tail_rewritten", trace::Probe::Need::kOptional};
const trace::Probe kRepairedAgain{"log.unfinished_segment_removed", trace::Probe::Need::kOptional};
const trace::Probe kCorruptionFound{"log.corruption_found", trace::Probe::Need::kOptional};
const trace::Probe kDamageFound{"log.damage_found", trace::Probe::Need::kOptional};
const trace::Probe kDamageMended{"log.damaged_log_rewritten", trace::Probe::Need::kOptional};
// A batch whose end is known and whose records are not: torn, as far as anyone can tell.
const trace::Probe kClaimedLost{"log.claimed_batch_torn", trace::Probe::Need::kOptional};
const trace::Probe kBelieved{"log.hard_state_from_claim", trace::Probe::Need::kOptional};
const trace::Probe kRestored{"log.read_from_second_place", trace::Probe::Need::kOptional};
const trace::Probe kCompacted{"log.segment_removed", trace::Probe::Need::kOptional};
const trace::Probe kReserveUsed{"log.reserve_released", trace::Probe::Need::kOptional};
const trace::Probe kMadeRoom{"log.room_made_by_compacting", trace::Probe::Need::kOptional};
const trace::Probe kFoundFull{"log.no_room_for_segment", trace::Probe::Need::kOptional};

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

Bytes frames_of(const std::vector<Record>& records) {
  Bytes frames;
  for (const Record& record : records) append_frame(frames, record);
  return frames;
}

// What sealing carries from frame to frame.
struct Sealed {
  Groups& groups;
  SegmentUses& uses;
  RecordNumber next;
  std::uint32_t checksum = 0;
};

// Numbers, chains and seals frames that will lie at `at` of the segment.
void seal_all(char* frames, std::uint64_t bytes, const SegmentHeader& segment, std::uint64_t at,
              Sealed& sealed) {
  const RecordNumber floor = sealed.next;
  for (std::uint64_t done = 0; done < bytes; done += frame_bytes_at(frames + done)) {
    const Record record = record_at(frames + done);
    sealed.uses.note(record, sealed.groups[record.group]);
    sealed.checksum =
        seal_frame(frames + done, segment, {at + done, sealed.next, floor}, sealed.groups);
    sealed.next = sealed.next.next();
  }
}

std::uint64_t count_frames(const Bytes& frames) {
  std::uint64_t count = 0;
  for (std::uint64_t done = 0; done < frames.size(); ++count)
    done += frame_bytes_at(frames.data() + done);
  return count;
}

// A base that keeps what lies behind it, and has nothing to do with the entries in front of it,
// means the same ahead of them.
Bytes bases_first(const Bytes& frames) {
  Bytes bases;
  Bytes others;
  std::map<GroupId, LogIndex> lowest;  // of the entries in front
  for (std::uint64_t done = 0; done < frames.size();) {
    const std::uint64_t bytes = frame_bytes_at(frames.data() + done);
    const Record record = record_at(frames.data() + done);
    const auto in_front = lowest.find(record.group);
    const bool base = record.kind == RecordKind::kBase && record.keep_tail &&
                      (in_front == lowest.end() || record.index < in_front->second);
    (base ? bases : others).append(frames, done, bytes);
    done += bytes;
    if (base || record.kind == RecordKind::kHardState) continue;
    // Over a base that stays where it is none goes.
    LogIndex& least = lowest.emplace(record.group, record.index).first->second;
    least = record.kind == RecordKind::kBase ? LogIndex() : std::min(least, record.index);
  }
  return bases.append(others);
}

std::uint64_t longest_frame(const Bytes& frames) {
  std::uint64_t longest = 0;
  for (std::uint64_t done = 0; done < frames.size();) {
    const std::uint64_t bytes = frame_bytes_at(frames.data() + done);
    longest = std::max(longest, bytes);
    done += bytes;
  }
  return longest;
}

}  // namespace

Log::Log(Disk& disk, trace::Sink& trace, std::string directory, const Options& options)
    : disk_(disk), trace_(trace), directory_(std::move(directory)), options_(options) {}

Result<Opened> Log::open(Yield& yield, Disk& disk, trace::Sink& trace, std::string directory,
                         const Options& options, const Replay& replay) {
  std::unique_ptr<Log> log(new Log(disk, trace, std::move(directory), options));
  if (options.in_memory) return Opened{std::move(log), {}, {}};
  Result<Recovered> recovered = recover_all(yield, disk, log->directory_, options);
  if (!recovered) {
    trace.emit(kRefused, static_cast<std::uint64_t>(recovered.error().code));
    if (recovered.error().code == Errc::kCorrupt) trace.reached(kCorruptionFound);
    return recovered.error();
  }
  if (Status status = log->take_up(yield, *recovered); !status) return status.error();
  const Found& found = recovered->found;
  for (const Record& record : recovered->records) replay(record);
  trace.emit(kOpened, found.records, std::max<std::uint64_t>(found.segments, 1));
  return Opened{std::move(log), found.damages, found.claimed};
}

Status Log::take_up(Yield& yield, Recovered& recovered) {
  if (Status status = ensure_directory(yield, disk_, directory_); !status) return status;
  const Result<std::uint64_t> leftovers = remove_leftovers(yield, disk_, directory_);
  if (!leftovers) return leftovers.error();
  if (*leftovers > 0) trace_.reached(kRepairedAgain);
  const Found& found = recovered.found;
  next_ = found.next;
  segment_ = recovered.last.header;
  checksum_ = recovered.last.checksum;
  claim_slot_ = recovered.last.claim_slot;
  at_ = round_up(found.end, kSectorBytes);
  groups_ = recovered.groups;
  uses_ = recovered.uses;
  for (const auto& [group, state] : groups_) seen_.insert(group);
  measure();
  if (found.segments == 0) return roll(yield, 0);
  if (Status status = remove_segments(yield, recovered.superseded); !status) return status;
  if (!found.claimed.empty()) trace_.reached(kClaimedLost);
  if (found.restored) trace_.reached(kRestored);
  if (!found.damages.empty()) return keep_for_mending(recovered);
  const Status status =
      found.needs_repair() ? repair(yield, found, recovered.last) : continue_last(yield, found);
  return status ? write_down_believed(yield, recovered.believed) : status;
}

Status Log::continue_last(Yield& yield, const Found& found) {
  Result<std::unique_ptr<File>> file = disk_.open(yield, found.file, OpenMode::kWrite);
  if (!file) return file.error();
  file_ = std::move(*file);
  // The one before may have died between giving the segment its name and making the name durable.
  return disk_.sync_directory(yield, directory_);
}

// Replaces the last segment by one that holds its good records and nothing behind them, proven. A
// crash on the way leaves the old one or the new one, and both hold the same records.
Status Log::repair(Yield& yield, const Found& found, const LastSegment& last) {
  trace_.reached(found.torn ? kTornTailCut : kCacheDistrusted);
  if (found.torn) trace_.emit(kTailCut, found.next.previous().value, found.behind_hole);
  if (found.behind_hole > 0) trace_.reached(kBehindHoleDropped);
  const std::uint64_t data = last.header.data_at();
  const SegmentContent content{.header = last.header,
                               .groups = groups_,
                               .next = found.next,
                               .frames = BytesView(last.bytes).substr(data, found.end - data)};
  Result<std::unique_ptr<File>> file = write_temporary(yield, disk_, directory_, content);
  if (!file) return file.error();
  Status status = publish(yield, disk_, **file, directory_, last.header);
  if (!status) return status;
  file_ = std::move(*file);
  claim_slot_ = 0;
  return {};
}

Status Log::keep_for_mending(Recovered& recovered) {
  trace_.reached(kDamageFound);
  mending_ = true;
  survivors_ = recovered.records;
  for (const Damage& damage : recovered.found.damages) {
    trace_.emit(kDamaged, damage.group.value, damage.until.value, damage.term.value);
    doubtful_.insert(damage.group);
  }
  return {};
}

// What only a claim says is in one place; whoever is told it will count on two.
Status Log::write_down_believed(Yield& yield, const std::vector<Record>& believed) {
  if (believed.empty()) return {};
  trace_.reached(kBelieved);
  for (const Record& record : believed) append(record);
  const Status status = flush(yield);
  return full_ ? Status() : status;
}

Status Log::remove_segments(Yield& yield, const std::vector<std::string>& paths) {
  if (paths.empty()) return {};
  for (const std::string& path : paths) {
    if (Status status = disk_.remove(yield, path); !status) return status;
  }
  return disk_.sync_directory(yield, directory_);
}

void Log::append(const Record& record) {
  PLUMB_ASSERT(record.payload.size() <= options_.record_bytes_max);
  const bool hard_state = record.kind == RecordKind::kHardState;
  PLUMB_ASSERT(!hard_state || record.payload.empty());
  ++records_buffered_;
  if (options_.in_memory) return;
  if (hard_state && record.doubt_until) doubtful_.erase(record.group);
  seen_.insert(record.group);
  append_frame(buffer_, record);
}

Status Log::flush(Yield& yield) {
  PLUMB_ASSERT(!flushing_);
  PLUMB_ASSERT(doubtful_.empty());
  if (failed_) return *failed_;
  if (records_buffered_ == 0) return {};
  flushing_ = true;
  if (std::exchange(full_, false)) buffer_ = bases_first(buffer_);
  Bytes frames = std::exchange(buffer_, {});
  const std::uint64_t records = std::exchange(records_buffered_, 0);
  std::uint64_t done = 0;
  const Status status = options_.in_memory ? Status() : write_all(yield, frames, done);
  flushing_ = false;
  if (records_buffered_ > 1) trace_.reached(kGroupCommit);
  if (options_.in_memory) next_ = next_.plus(records);
  if (full_) return wait_for_space(status, frames.substr(done));
  return remember(status);
}

// What was not written goes back in front of what came meanwhile.
Status Log::wait_for_space(Status status, Bytes frames) {
  trace_.reached(kFoundFull);
  records_buffered_ += count_frames(frames);
  buffer_ = frames.append(buffer_);
  trace_.emit(kFull, buffer_.size());
  return status;
}

Status Log::write_all(Yield& yield, Bytes& frames, std::uint64_t& done) {
  if (mending_) return mend(yield, frames, done);
  while (done < frames.size()) {
    char* rest = frames.data() + done;
    std::uint64_t bytes = fitting(rest, frames.size() - done);
    while (bytes == 0) {
      if (Status status = roll(yield, frame_bytes_at(rest)); !status) return status;
      trace_.reached(kSegmentRolled);
      bytes = fitting(rest, frames.size() - done);
    }
    if (Status status = write_batch(yield, rest, bytes); !status) return status;
    done += bytes;
  }
  ++counters_.flushes;
  settled_ = false;
  return write_proof(yield);
}

// One batch: consecutive records that one sync makes durable, and the claim of what they come to.
// Their floor is the first one's number, for all before were synced before any byte of this batch
// was written.
Status Log::write_batch(Yield& yield, char* frames, std::uint64_t bytes) {
  const RecordNumber first = next_;
  Sealed sealed{groups_, uses_, first};
  seal_all(frames, bytes, segment_, at_, sealed);
  // In turns: the one that is not written now tells of the flush before.
  const int slot = 1 - claim_slot_;
  const Claim claim{sealed.next, first, groups_, at_, BytesView(frames, bytes)};
  if (Status status = file_->write(yield, at_, BytesView(frames, bytes)); !status) return status;
  Status status = file_->write(yield, segment_.claim_at(slot), encode_claim(segment_, slot, claim));
  if (!status) return status;
  // A failed sync is final. The kernel may have dropped the bytes and called them clean, so that a
  // second sync would succeed without them (Rebello and others, ATC 2020).
  if (Status status = file_->sync(yield); !status) return status;
  claim_slot_ = slot;
  at_ = round_up(at_ + bytes, kSectorBytes);
  checksum_ = sealed.checksum;
  next_ = sealed.next;
  counters_.records += next_.value - first.value;
  counters_.bytes_written += bytes;
  trace_.emit(kFlushed, first.value, next_.value - first.value, bytes);
  return {};
}

// Not synced: it reaches the disk with the next sync, and no later than the process dies as long as
// power stays.
Status Log::write_proof(Yield& yield) {
  return file_->write(yield, kProofAt, encode_proof(segment_, next_));
}

// Until the new segment has its name the old ones are as they were, and so is their damage; from
// then on they mean nothing.
Status Log::mend(Yield& yield, const Bytes& frames, std::uint64_t& done) {
  std::vector<std::string> old;
  for (const SegmentUses::Use& use : uses_.all()) old.push_back(path_of(use.name));
  const RecordNumber first = next_;
  Status status = begin_segment(yield, frames_of(survivors_) + frames, 0, true);
  if (!status) return status;
  done = frames.size();
  mending_ = false;
  survivors_.clear();
  ++counters_.flushes;
  trace_.reached(kDamageMended);
  trace_.emit(kMended, first.value);
  return remove_segments(yield, old);
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

// A base counts here only when its flush has returned: what it makes obsolete is still there until
// then (TiKV #11746). Each name is gone for good before the next one goes: the log that a crash
// leaves begins later, and has no gap.
Result<std::uint64_t> Log::compact(Yield& yield) {
  PLUMB_ASSERT(!flushing_);
  if (failed_) return *failed_;
  if (mending_) return std::uint64_t{0};
  const std::uint64_t count = uses_.obsolete(groups_);
  const bool short_of_room = reserve_ == Reserve::kReleased || reserve_ == Reserve::kSpent;
  if (count > 0 && short_of_room) trace_.reached(kMadeRoom);
  flushing_ = true;
  Status status;
  for (std::uint64_t i = 0; status && i < count; ++i) {
    const SegmentUses::Use& use = uses_.all().front();
    trace_.reached(kCompacted);
    trace_.emit(kSegmentRemoved, use.name.first.value, use.bytes);
    status = remove_segments(yield, {path_of(use.name)});
    uses_.drop_front();
    ++counters_.segments_removed;
  }
  flushing_ = false;
  measure();
  if (!remember(status)) return status.error();
  return count;
}

Status Log::reserve(Yield& yield, std::uint64_t bytes) {
  PLUMB_ASSERT(!flushing_);
  if (failed_) return *failed_;
  if (options_.in_memory || (reserve_ == Reserve::kKept && bytes <= reserve_bytes_)) return {};
  flushing_ = true;
  const Status made = make_reserve(yield, disk_, directory_, bytes);
  flushing_ = false;
  if (!made && made.error().code != Errc::kNoSpace) return remember(made);
  if (made) {
    reserve_ = Reserve::kKept;
    reserve_bytes_ = bytes;
  } else if (reserve_ == Reserve::kKept) {
    reserve_ = Reserve::kNone;
  }
  return made;
}

Status Log::release(Yield& yield) {
  PLUMB_ASSERT(!flushing_);
  if (failed_) return *failed_;
  const bool kept = reserve_ == Reserve::kKept;
  reserve_ = Reserve::kReleased;
  if (!kept) return {};
  trace_.reached(kReserveUsed);
  trace_.emit(kReleased, reserve_bytes_);
  flushing_ = true;
  const Status removed = remove_reserve(yield, disk_, directory_);
  flushing_ = false;
  return remember(removed);
}

std::uint64_t Log::fitting(const char* frames, std::uint64_t bytes) const {
  // A claim has a row for each group.
  if (seen_.size() > groups_in(segment_.claim_bytes)) return 0;
  const std::uint64_t room = segment_.segment_bytes - std::min(segment_.segment_bytes, at_);
  std::uint64_t taken = 0;
  while (taken < bytes) {
    const std::uint64_t frame = frame_bytes_at(frames + taken);
    if (taken + frame > room || frame > frame_bytes(segment_.record_bytes_max)) break;
    taken += frame;
  }
  return taken;
}

// A segment begins with what all groups have come to, so that those before it can be removed.
Status Log::roll(Yield& yield, std::uint64_t first_frame_bytes) {
  std::vector<Record> checkpoint;
  for (const auto& [group, state] : groups_) append_checkpoint(checkpoint, state);
  return begin_segment(yield, frames_of(checkpoint), first_frame_bytes, false);
}

SegmentHeader Log::next_header(const Bytes& opening, std::uint64_t room, bool restarts) const {
  const std::uint64_t salt =
      combine(combine(combine(segment_.salt, checksum_), next_.value),
              combine(options_.identity.cluster, options_.identity.node.value));
  const std::uint64_t longest =
      std::max<std::uint64_t>({options_.record_bytes_max, kStateBytes, longest_frame(opening)});
  SegmentHeader header{.identity = options_.identity,
                       .record_bytes_max = static_cast<std::uint32_t>(longest),
                       .first = next_,
                       .salt = salt,
                       .claim_bytes = static_cast<std::uint32_t>(claim_bytes_for(2 * seen_.size())),
                       .restarts = restarts,
                       .opening = count_frames(opening)};
  // However long the checkpoint, at least as much comes behind it.
  const std::uint64_t opening_bytes = round_up(opening.size(), kSectorBytes);
  const std::uint64_t needed = header.data_at() + opening_bytes + std::max(room, opening_bytes);
  // Some room for what little comes until there is a reserve again.
  const bool is_short = reserve_ == Reserve::kReleased;
  const std::uint64_t bytes =
      is_short ? needed + options_.segment_bytes / 4 : std::max(options_.segment_bytes, needed);
  header.segment_bytes = round_up(bytes, kSectorBytes);
  return header;
}

// REQUIRES: everything before next_ is synced; the segment's existence will say so.
Status Log::begin_segment(Yield& yield, Bytes opening, std::uint64_t room, bool restarts) {
  if (reserve_ == Reserve::kSpent) {
    full_ = true;
    return Errc::kNoSpace;
  }
  const SegmentHeader header = next_header(opening, room, restarts);
  Groups groups = restarts ? Groups() : groups_;
  SegmentUses uses = restarts ? SegmentUses() : uses_;
  uses.begin({header.first, restarts}, header.segment_bytes);
  Sealed sealed{groups, uses, next_, checksum_};
  seal_all(opening.data(), opening.size(), header, header.data_at(), sealed);
  Result<std::unique_ptr<File>> file =
      write_temporary(yield, disk_, directory_, {header, groups, sealed.next, opening});
  if (!file && file.error().code == Errc::kNoSpace) {
    full_ = true;
    static_cast<void>(remove_temporary(yield, disk_, directory_, header));
  }
  if (!file) return file.error();
  if (Status status = publish(yield, disk_, **file, directory_, header); !status) return status;
  file_ = std::move(*file);
  segment_ = header;
  groups_ = std::move(groups);
  uses_ = std::move(uses);
  at_ = round_up(header.data_at() + opening.size(), kSectorBytes);
  checksum_ = sealed.checksum;
  next_ = sealed.next;
  claim_slot_ = 0;
  if (reserve_ == Reserve::kReleased) reserve_ = Reserve::kSpent;
  ++counters_.segments_created;
  measure();
  trace_.emit(kSegmentMade, header.first.value, segment_.segment_bytes);
  return {};
}

void Log::measure() { counters_.bytes_on_disk = uses_.bytes(); }

Status Log::remember(Status status) {
  if (status.ok()) return status;
  failed_ = status.error();
  trace_.emit(kFailed, static_cast<std::uint64_t>(failed_->code));
  return status;
}

}  // namespace plumbline::log
