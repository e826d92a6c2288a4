#include "nodes/log/recovery.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "nodes/world/disk.h"

namespace plumbline::log {
namespace {

// How far a segment can be read, and what speaks about the rest.
struct Scan {
  RecordNumber next;
  std::uint64_t end = kDataAt;
  std::uint32_t checksum = 0;
  // Something other than zeros lies behind `end`.
  bool damaged = false;
  std::uint64_t behind_hole = 0;
  // Up to here the segment itself says that it was synced, and what says it.
  RecordNumber proven;
  std::string witness;
  int mark_slot = 1;
};

void prove(Scan& scan, RecordNumber upto, std::string witness) {
  if (upto <= scan.proven) return;
  scan.proven = upto;
  scan.witness = std::move(witness);
}

std::optional<Frame> read_numbered(BytesView segment, std::uint64_t at, const SegmentHeader& header,
                                   RecordNumber number) {
  std::optional<Frame> frame = read_frame(segment, at, header);
  if (!frame || frame->number != number) return std::nullopt;
  return frame;
}

// The record of that number: right at `at`, or as the first of a batch at the next sector. Between
// the two lies padding, and what it holds does not matter.
std::optional<Frame> find_next(BytesView segment, std::uint64_t& at, const SegmentHeader& header,
                               RecordNumber number) {
  if (std::optional<Frame> frame = read_numbered(segment, at, header, number)) return frame;
  const std::uint64_t boundary = round_up(at, kSectorBytes);
  std::optional<Frame> first = read_numbered(segment, boundary, header, number);
  if (!first || first->floor != number) return std::nullopt;
  at = boundary;
  return first;
}

void scan_records(BytesView segment, const SegmentHeader& header, const Replay& replay,
                  Scan& scan) {
  std::uint64_t at = kDataAt;
  while (std::optional<Frame> frame = find_next(segment, at, header, scan.next)) {
    replay(frame->record());
    at += frame->bytes;
    scan.end = at;
    scan.checksum = frame->checksum;
    scan.next = scan.next.next();
  }
}

void scan_marks(BytesView segment, const SegmentHeader& header, Scan& scan) {
  for (int slot = 0; slot < static_cast<int>(kMarkAt.size()); ++slot) {
    const std::optional<RecordNumber> mark = decode_mark(header, slot, segment);
    if (!mark || *mark <= scan.proven) continue;
    prove(scan, *mark,
          "a mark at offset " + std::to_string(kMarkAt[static_cast<std::size_t>(slot)]));
    scan.mark_slot = slot;
  }
}

bool all_zeros(BytesView bytes) {
  return bytes.empty() ||
         (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

// Whether the eight bytes at a frame's number could be that of a record behind a hole; only then is
// a checksum computed.
bool plausible_behind(BytesView segment, std::uint64_t at, RecordNumber next) {
  std::uint64_t number = 0;
  std::memcpy(&number, segment.data() + at + kFrameNumberAt, sizeof number);
  return number > next.value && number - next.value <= segment.size() / kFrameHeaderBytes;
}

// Intact records behind damage. Each carries its floor, which was synced before it was written:
// evidence that what is damaged below a floor had been whole.
void scan_behind(BytesView segment, const SegmentHeader& header, Scan& scan) {
  std::uint64_t at = round_up(scan.end, kFrameAlignment);
  while (at + kFrameHeaderBytes <= segment.size()) {
    std::optional<Frame> frame;
    if (plausible_behind(segment, at, scan.next)) frame = read_frame(segment, at, header);
    if (!frame) {
      at += kFrameAlignment;
      continue;
    }
    ++scan.behind_hole;
    prove(scan, frame->floor,
          "record " + std::to_string(frame->number.value) + " at offset " + std::to_string(at));
    at += frame->bytes;
  }
}

Scan scan_segment(BytesView segment, const SegmentHeader& header, const Replay& replay) {
  Scan scan;
  scan.next = header.first;
  scan.proven = header.first;
  scan_records(segment, header, replay, scan);
  scan_marks(segment, header, scan);
  scan.damaged = !all_zeros(segment.substr(std::min<std::uint64_t>(scan.end, segment.size())));
  if (scan.damaged) scan_behind(segment, header, scan);
  return scan;
}

std::string describe(const Identity& identity) {
  return "node " + std::to_string(identity.node.value) + " of cluster " +
         std::to_string(identity.cluster);
}

// The first numbers of the segments in a directory. Errors: kCorrupt for a file that looks like one
// and cannot be.
Result<std::vector<RecordNumber>> list_segments(Yield& yield, Disk& disk,
                                                const std::string& directory) {
  const Result<std::vector<std::string>> names = disk.list(yield, directory);
  if (!names && names.error().code == Errc::kNotFound) return std::vector<RecordNumber>{};
  if (!names) return names.error();
  std::vector<RecordNumber> segments;
  for (const std::string& name : *names) {
    if (!name.ends_with(kSegmentSuffix)) continue;
    const std::optional<RecordNumber> first = parse_segment_name(name);
    if (!first)
      return Error{Errc::kCorrupt, directory + "/" + name + ": not the name of a log segment"};
    segments.push_back(*first);
  }
  return segments;
}

// The first `bytes_max` bytes of a file, or fewer when it is shorter.
Result<Bytes> read_upto(Yield& yield, File& file, std::uint64_t bytes_max) {
  const Result<std::uint64_t> size = file.size(yield);
  if (!size) return size.error();
  Bytes bytes(std::min(*size, bytes_max), '\0');
  const Result<std::size_t> got = file.read(yield, 0, bytes);
  if (!got) return got.error();
  bytes.resize(*got);
  return bytes;
}

// Whether this is the segment that belongs here.
Status check_header(const SegmentHeader& header, const std::string& path, RecordNumber named,
                    const Options& options) {
  if (header.identity != options.identity) {
    return Error{Errc::kInvalid, path + ": this log belongs to " + describe(header.identity) +
                                     ", and this is " + describe(options.identity)};
  }
  if (header.first != named) {
    return Error{Errc::kCorrupt,
                 path + ": segment header at offset 0 says that it begins with record " +
                     std::to_string(header.first.value)};
  }
  return {};
}

struct Segment {
  SegmentHeader header;
  Bytes bytes;
};

// The header says how long the rest is, so it is checked before anything of that size is allocated.
Result<Segment> read_whole(Yield& yield, Disk& disk, const std::string& path, RecordNumber named,
                           const Options& options) {
  Result<std::unique_ptr<File>> file = disk.open(yield, path, OpenMode::kRead);
  if (!file) return file.error();
  const Result<Bytes> sector = read_upto(yield, **file, kHeaderBytes);
  if (!sector) return sector.error();
  const Result<SegmentHeader> header = decode_header(*sector, path);
  if (!header) return header.error();
  if (Status status = check_header(*header, path, named, options); !status) return status.error();
  Result<Bytes> bytes = read_upto(yield, **file, header->segment_bytes);
  if (!bytes) return bytes.error();
  if (bytes->size() < header->segment_bytes || bytes->size() < kDataAt) {
    return Error{Errc::kCorrupt, path + ": cut short at offset " + std::to_string(bytes->size()) +
                                     " of " + std::to_string(header->segment_bytes)};
  }
  return Segment{*header, std::move(*bytes)};
}

Error lost_record(const std::string& path, const Scan& scan) {
  return Error{Errc::kCorrupt, path + ": record " + std::to_string(scan.next.value) +
                                   " at offset " + std::to_string(scan.end) +
                                   " is unreadable, though it was synced, as " + scan.witness +
                                   " proves"};
}

// Reads segment after segment, carrying what the last one said.
class Reader {
 public:
  Reader(Disk& disk, const std::string& directory, const Options& options, const Replay& replay)
      : disk_(disk), directory_(directory), options_(options), replay_(replay) {}

  Result<Found> read(Yield& yield, LastSegment& last) {
    const Result<std::vector<RecordNumber>> segments = list_segments(yield, disk_, directory_);
    if (!segments) return segments.error();
    for (std::size_t i = 0; i < segments->size(); ++i) {
      const bool is_last = i + 1 == segments->size();
      const RecordNumber following = is_last ? RecordNumber(0) : (*segments)[i + 1];
      if (Status status = read_segment(yield, (*segments)[i], following, last); !status)
        return status.error();
    }
    found_.segments = segments->size();
    return found_;
  }

 private:
  // `following` is the first record of the next segment, zero when there is none.
  Status read_segment(Yield& yield, RecordNumber first, RecordNumber following, LastSegment& last) {
    const std::string path = directory_ + "/" + segment_name(first);
    if (first != found_.next) {
      return Error{Errc::kCorrupt, path + ": at offset 0, record " +
                                       std::to_string(found_.next.value) +
                                       " was expected; the segment that holds it is missing"};
    }
    Result<Segment> segment = read_whole(yield, disk_, path, first, options_);
    if (!segment) return segment.error();
    Scan scan = scan_segment(segment->bytes, segment->header, replay_);
    // A segment is made only when all before it is synced.
    if (following) prove(scan, following, "segment " + segment_name(following));
    // What was synced and cannot be read is corruption: it is never cut off, for it may have been
    // acknowledged.
    if (scan.next < scan.proven) return lost_record(path, scan);
    // All else was never acknowledged: a torn tail, to be cut (etcd #6379).
    found_.torn = scan.damaged;
    found_.behind_hole = scan.behind_hole;
    found_.records += scan.next.value - first.value;
    found_.next = scan.next;
    found_.proven = scan.proven;
    found_.file = path;
    found_.end = scan.end;
    if (!following)
      last = {segment->header, std::move(segment->bytes), scan.checksum, scan.mark_slot};
    return {};
  }

  Disk& disk_;
  const std::string& directory_;
  const Options& options_;
  const Replay& replay_;
  Found found_;
};

}  // namespace

Result<Found> recover(Yield& yield, Disk& disk, const std::string& directory,
                      const Options& options, const Replay& replay) {
  LastSegment last;
  return recover_keeping(yield, disk, directory, options, replay, last);
}

Result<Found> recover_keeping(Yield& yield, Disk& disk, const std::string& directory,
                              const Options& options, const Replay& replay, LastSegment& last) {
  return Reader(disk, directory, options, replay).read(yield, last);
}

}  // namespace plumbline::log
