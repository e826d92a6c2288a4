#include "nodes/log/scan.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <utility>

#include "nodes/world/disk.h"

namespace plumbline::log {
namespace {

std::string describe(const Identity& identity) {
  return "node " + std::to_string(identity.node.value) + " of cluster " +
         std::to_string(identity.cluster);
}

// Fills `into` from `offset`; what the file does not have stays as it is.
Status read_into(Yield& yield, File& file, std::uint64_t offset, std::span<char> into) {
  const Result<std::size_t> got = file.read(yield, offset, into);
  return got ? Status() : got.error();
}

// Whether this is the segment that belongs here.
Status check_header(const SegmentHeader& header, const std::string& path, SegmentName name,
                    const Options& options) {
  if (header.identity != options.identity) {
    return Error{Errc::kInvalid, path + ": this log belongs to " + describe(header.identity) +
                                     ", and this is " + describe(options.identity)};
  }
  const bool sound = header.claim_bytes >= kClaimHeadBytes &&
                     header.segment_bytes >= header.data_at() &&
                     header.claim_bytes % kSectorBytes == 0;
  if (header.first != name.first || header.restarts != name.restarts || !sound) {
    return Error{Errc::kCorrupt,
                 path + ": segment header at offset 0 says that it begins with record " +
                     std::to_string(header.first.value)};
  }
  return {};
}

Result<SegmentHeader> read_header(Yield& yield, File& file, std::uint64_t at,
                                  const std::string& path, SegmentName name,
                                  const Options& options) {
  Bytes sector(kHeaderBytes, '\0');
  if (Status status = read_into(yield, file, at, sector); !status) return status.error();
  Result<SegmentHeader> header = decode_header(sector, path, at);
  if (!header) return header;
  if (Status status = check_header(*header, path, name, options); !status) return status.error();
  return header;
}

// A segment gets its name only after its header is synced, so an unreadable one is never a torn
// one; but there are two.
Result<SegmentHeader> read_either_header(Yield& yield, File& file, const std::string& path,
                                         SegmentName name, const Options& options, bool& restored) {
  Result<SegmentHeader> header = read_header(yield, file, kHeaderAt[0], path, name, options);
  if (header || header.error().code != Errc::kCorrupt) return header;
  Result<SegmentHeader> copy = read_header(yield, file, kHeaderAt[1], path, name, options);
  if (!copy && copy.error().code == Errc::kCorrupt) return header;
  restored = true;
  return copy;
}

void take_claim(Segment& segment, int slot, std::uint64_t at) {
  std::optional<Claim>& there = segment.claims[static_cast<std::size_t>(slot)];
  std::optional<Claim> claim = decode_claim(segment.header, slot, segment.bytes, at);
  if (!claim || (there && there->next >= claim->next)) return;
  segment.restored = segment.restored || at != segment.header.claim_at(slot);
  there = std::move(claim);
}

// A claim that strayed may lie on the very records it speaks of, and is then all that is left of
// them.
void read_claims(Segment& segment) {
  for (const int slot : {0, 1}) {
    take_claim(segment, slot, segment.header.claim_at(slot));
    for (std::uint64_t at = kSectorBytes; at < segment.bytes.size(); at += kSectorBytes)
      take_claim(segment, slot, at);
    const std::optional<Claim>& claim = segment.claims[static_cast<std::size_t>(slot)];
    if (!claim) continue;
    const bool newer =
        !segment.newest ||
        claim->next > segment.claims[static_cast<std::size_t>(*segment.newest)]->next;
    if (newer) segment.newest = slot;
  }
}

// A place behind the claims is written once only, so what a claim copied cannot be outdated. A
// claim that strayed may lie where another one's copy belongs, so all are taken out first.
void restore_copies(Segment& segment) {
  std::vector<std::pair<std::uint64_t, Bytes>> copies;
  for (const std::optional<Claim>& claim : segment.claims) {
    if (claim && claim->copy_of >= segment.header.data_at())
      copies.emplace_back(claim->copy_of, Bytes(claim->copy));
  }
  for (const auto& [at, copy] : copies) {
    if (BytesView(segment.bytes).substr(at, copy.size()) == copy) continue;
    segment.bytes.replace(at, copy.size(), copy);
    segment.restored = true;
  }
}

std::optional<Frame> read_numbered(const Segment& segment, std::uint64_t at, RecordNumber number) {
  std::optional<Frame> frame = read_frame(segment.bytes, at, segment.header);
  if (!frame || frame->number != number) return std::nullopt;
  return frame;
}

// The record of that number: right at `at`, or as the first of a batch at the next sector. Between
// the two lies padding, and what it holds does not matter.
std::optional<Frame> find_next(const Segment& segment, std::uint64_t& at, RecordNumber number) {
  if (std::optional<Frame> frame = read_numbered(segment, at, number)) return frame;
  const std::uint64_t boundary = round_up(at, kSectorBytes);
  std::optional<Frame> first = read_numbered(segment, boundary, number);
  if (!first || first->floor != number) return std::nullopt;
  at = boundary;
  return first;
}

void scan_whole(const Segment& segment, Scan& scan) {
  std::uint64_t at = segment.header.data_at();
  while (std::optional<Frame> frame = find_next(segment, at, scan.next)) {
    scan.frames.push_back({at, *frame});
    at += frame->bytes;
    scan.end = at;
    scan.next = scan.next.next();
  }
  scan.whole = scan.frames.size();
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
void scan_behind(const Segment& segment, Scan& scan) {
  std::uint64_t at = round_up(scan.end, kFrameAlignment);
  RecordNumber last = scan.next;
  while (at + kFrameHeaderBytes <= segment.bytes.size()) {
    std::optional<Frame> frame;
    if (plausible_behind(segment.bytes, at, last))
      frame = read_frame(segment.bytes, at, segment.header);
    if (!frame) {
      at += kFrameAlignment;
      continue;
    }
    last = frame->number;
    scan.prove(frame->floor,
               "record " + std::to_string(last.value) + " at offset " + std::to_string(at));
    scan.frames.push_back({at, *frame});
    at += frame->bytes;
  }
}

void hear_witnesses(const Segment& segment, Scan& scan) {
  if (const std::optional<RecordNumber> proof = decode_proof(segment.header, segment.bytes))
    scan.prove(*proof, "the proof at offset " + std::to_string(kProofAt));
  for (int slot = 0; slot < 2; ++slot) {
    const std::optional<Claim>& claim = segment.claims[static_cast<std::size_t>(slot)];
    if (!claim) continue;
    scan.prove(claim->floor,
               "the claim at offset " + std::to_string(segment.header.claim_at(slot)));
  }
}

}  // namespace

Result<Segment> read_segment(Yield& yield, Disk& disk, const std::string& path, SegmentName name,
                             const Options& options) {
  Result<std::unique_ptr<File>> file = disk.open(yield, path, OpenMode::kRead);
  if (!file) return file.error();
  Segment segment;
  const Result<SegmentHeader> header =
      read_either_header(yield, **file, path, name, options, segment.restored);
  if (!header) return header.error();
  segment.header = *header;
  segment.bytes.resize(header->segment_bytes, '\0');
  const std::span<char> bytes(segment.bytes);
  const std::uint64_t data = header->data_at();
  Status status = read_into(yield, **file, kProofAt, bytes.first(data).subspan(kProofAt));
  if (status) status = read_into(yield, **file, data, bytes.subspan(data));
  if (!status) return status.error();
  read_claims(segment);
  restore_copies(segment);
  return segment;
}

void Scan::prove(RecordNumber upto, std::string what) {
  if (upto <= proven) return;
  proven = upto;
  witness = std::move(what);
}

Scan scan_segment(const Segment& segment) {
  const SegmentHeader& header = segment.header;
  Scan scan;
  scan.next = header.first;
  scan.end = header.data_at();
  scan.prove(header.first.plus(header.opening), "the header at offset 0");
  scan_whole(segment, scan);
  hear_witnesses(segment, scan);
  scan.damaged = !all_zeros(BytesView(segment.bytes).substr(scan.end));
  if (scan.damaged) scan_behind(segment, scan);
  return scan;
}

bool all_zeros(BytesView bytes) {
  return bytes.empty() ||
         (bytes[0] == '\0' && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace plumbline::log
