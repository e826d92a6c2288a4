#include "nodes/log/recovery.h"

#include <algorithm>
#include <utility>

#include "nodes/log/history.h"
#include "nodes/log/scan.h"
#include "nodes/world/disk.h"

namespace plumbline::log {
namespace {

constexpr const char* kAdvice = "; replace this node as a new member";

// The segments in a directory, in order. Errors: kCorrupt for a file that looks like one and cannot
// be.
Result<std::vector<SegmentName>> list_segments(Yield& yield, Disk& disk,
                                               const std::string& directory) {
  const Result<std::vector<std::string>> names = disk.list(yield, directory);
  if (!names && names.error().code == Errc::kNotFound) return std::vector<SegmentName>{};
  if (!names) return names.error();
  std::vector<SegmentName> segments;
  for (const std::string& name : *names) {
    if (!name.ends_with(kSegmentSuffix)) continue;
    const std::optional<SegmentName> segment = parse_segment_name(name);
    if (!segment)
      return Error{Errc::kCorrupt, directory + "/" + name + ": not the name of a log segment"};
    segments.push_back(*segment);
  }
  return segments;
}

std::string place(const std::string& path, RecordNumber record, std::uint64_t offset) {
  return path + ": record " + std::to_string(record.value) + " at offset " + std::to_string(offset);
}

// Records that were synced and cannot be read: from `first` on, before `end`.
struct Hole {
  RecordNumber first;
  RecordNumber end;
  std::string where;
};

// Reads segment after segment, carrying what the last one said.
class Reader {
 public:
  Reader(Disk& disk, const std::string& directory, const Options& options)
      : disk_(disk), directory_(directory), options_(options) {}

  Result<Recovered> read(Yield& yield) {
    Result<std::vector<SegmentName>> segments = list_segments(yield, disk_, directory_);
    if (!segments) return segments.error();
    leave_superseded(*segments);
    for (std::size_t i = 0; i < segments->size(); ++i) {
      const bool is_last = i + 1 == segments->size();
      const RecordNumber following = is_last ? RecordNumber(0) : (*segments)[i + 1].first;
      if (Status status = read_one(yield, (*segments)[i], following); !status)
        return status.error();
    }
    recovered_.found.segments = segments->size();
    if (!segments->empty()) {
      if (Status status = conclude(); !status) return status.error();
    }
    return std::move(recovered_);
  }

 private:
  std::string path_of(SegmentName name) const { return directory_ + "/" + segment_name(name); }

  // One that restarts has taken the place of all before it; a crash may have left some of those.
  void leave_superseded(std::vector<SegmentName>& segments) {
    const auto restart = std::find_if(segments.rbegin(), segments.rend(),
                                      [](SegmentName name) { return name.restarts; });
    if (restart == segments.rend()) return;
    const auto first = std::prev(restart.base());
    for (auto old = segments.begin(); old != first; ++old)
      recovered_.superseded.push_back(path_of(*old));
    segments.erase(segments.begin(), first);
  }

  // `following` is the first record of the next segment, zero when there is none.
  Status read_one(Yield& yield, SegmentName name, RecordNumber following) {
    const std::string path = path_of(name);
    Result<Segment> segment = read_segment(yield, disk_, path, name, options_);
    if (!segment) return refuse(segment.error());
    if (Status status = check_begin(path, segment->header); !status) return status;
    Scan scan = scan_segment(*segment);
    // A segment is made only when all before it is synced.
    if (following) scan.prove(following, "segment " + segment_name(following));
    if (Status status = check_end(path, *segment, scan, following); !status) return status;
    recovered_.uses.begin(name, segment->header.segment_bytes);
    take_records(path, *segment, scan);
    if (!following) keep_last(path, std::move(*segment));
    return {};
  }

  // The first segment begins the log, or says at its beginning what it has come to.
  Status check_begin(const std::string& path, const SegmentHeader& header) {
    const bool first = recovered_.uses.all().empty();
    const bool begins = header.first == RecordNumber(1) || header.restarts || header.opening > 0;
    if (!first || begins) return {};
    return refuse({Errc::kCorrupt, path + ": at offset 0, record 1 was expected; the segment that "
                                          "holds it is missing"});
  }

  Status check_end(const std::string& path, const Segment& segment, const Scan& scan,
                   RecordNumber following) {
    if (!following) return {};
    if (scan.next > following) {
      return refuse({Errc::kCorrupt, place(path, following, scan.end) +
                                         " is also the first one of the next segment"});
    }
    // What ends without damage, and claims no more, was the end: what follows it is not here.
    const bool claims_more =
        std::any_of(segment.claims.begin(), segment.claims.end(),
                    [&scan](const auto& claim) { return claim && claim->next > scan.next; });
    if (scan.next == following || scan.damaged || claims_more) return {};
    return refuse({Errc::kCorrupt, path_of({following, false}) + ": at offset 0, record " +
                                       std::to_string(scan.next.value) +
                                       " was expected; the segment that holds it is missing"});
  }

  void take_records(const std::string& path, const Segment& segment, Scan& scan) {
    path_ = path;
    end_ = segment.header.data_at();
    checksum_ = 0;
    number_ = segment.header.first;
    for (std::size_t i = 0; i < scan.whole; ++i) take(scan.frames[i]);
    // What was synced and cannot be read is corruption: it is never cut off, for it may have been
    // acknowledged.
    const bool lost = scan.next < scan.proven;
    std::size_t i = scan.whole;
    if (lost) {
      for (; i < scan.frames.size(); ++i) {
        const RecordNumber number = scan.frames[i].frame.number;
        if (number != number_) {
          if (number > scan.proven) break;
          note_hole(number, scan);
        }
        take(scan.frames[i]);
      }
      if (number_ < scan.proven) note_hole(scan.proven, scan);
    }
    // All else was never acknowledged: a torn tail, to be cut (etcd #6379).
    recovered_.found.behind_hole = scan.frames.size() - i;
    tail_lost_ = lost && number_ < scan.proven;
    recovered_.found.proven = scan.proven;
  }

  void note_hole(RecordNumber end, const Scan& scan) {
    where_ = place(path_, number_, end_) + " is unreadable, though it was synced, as " +
             scan.witness + " proves";
    holes_.push_back({number_, end, where_});
  }

  void take(const Scan::Placed& placed) {
    const Frame& frame = placed.frame;
    const GroupId group = frame.head.group;
    History& history = histories_.try_emplace(group, group).first->second;
    recovered_.uses.note(frame.head, history.state());
    std::string where;
    if (frame.previous != history.state().last) {
      where = where_.empty() ? place(path_, frame.number, placed.offset) +
                                   " follows records that are in no segment"
                             : where_;
    }
    history.read(frame, where);
    ++recovered_.found.records;
    number_ = frame.number.next();
    end_ = placed.offset + frame.bytes;
    checksum_ = frame.checksum;
  }

  void keep_last(const std::string& path, Segment segment) {
    Found& found = recovered_.found;
    found.file = path;
    found.end = end_;
    found.next = number_;
    found.torn = !tail_lost_ && !all_zeros(BytesView(segment.bytes).substr(end_));
    found.restored = segment.restored;
    if (segment.newest) claim_ = segment.claims[static_cast<std::size_t>(*segment.newest)];
    claims_at_ = segment.header.claim_at(0);
    recovered_.last = {segment.header, std::move(segment.bytes), checksum_,
                       segment.newest.value_or(1)};
  }

  // Holds the claims against the records: what was lost, of whom, and what is known nevertheless.
  Status conclude() {
    Found& found = recovered_.found;
    // Both places are there before the segment has its name, and one is never touched while the
    // other is written.
    if (!claim_) {
      return refuse({Errc::kCorrupt, place(found.file, found.next, claims_at_) +
                                         ": neither claim can be read, so the newest votes and "
                                         "terms are not known"});
    }
    for (const Hole& hole : holes_) {
      if (hole.end > claim_->next)
        return refuse({Errc::kCorrupt, hole.where + ", and no claim says what it held"});
    }
    for (const auto& [group, row] : claim_->groups) hear_claim(group, row);
    // Something is lost, and it cannot be said whose.
    if (tail_lost_ && !tail_claimed_) {
      for (auto& [group, history] : histories_) history.miss(where_);
    }
    for (auto& [group, history] : histories_) finish(group, history);
    if (!found.damages.empty()) found.next = std::max({found.next, found.proven, claim_->next});
    return {};
  }

  void hear_claim(GroupId group, const GroupState& row) {
    History& history = histories_.try_emplace(group, group).first->second;
    const bool more = row.last > history.state().last;
    const bool news = history.believe(row, claim_->next);
    if (more) tail_claimed_ = true;
    // Others were read behind it, or it is known that something was synced there.
    const bool lost = more && (tail_lost_ || row.last < number_);
    if (lost) history.lose_tail(row, where_of(row.last));
    if (more && !lost) recovered_.found.claimed.push_back({group, row.end, row.end_term});
    if (news) believed_.push_back(group);
    // Only what is torn has spoken of this group.
    if (!news && !history.state().last) histories_.erase(group);
  }

  const std::string& where_of(RecordNumber number) const {
    const auto hole = std::find_if(holes_.begin(), holes_.end(), [number](const Hole& one) {
      return number >= one.first && number < one.end;
    });
    return hole == holes_.end() ? where_ : hole->where;
  }

  void finish(GroupId group, History& history) {
    history.finish();
    const GroupState& state = history.state();
    const Record& hard_state = state.hard_state;
    if (history.damaged()) {
      recovered_.found.damages.push_back({group, std::max(state.end, hard_state.doubt_until),
                                          std::max(state.end_term, hard_state.doubt_term),
                                          history.where()});
    }
    recovered_.groups[group] = state;
    const std::vector<Record> records = history.records();
    recovered_.records.insert(recovered_.records.end(), records.begin(), records.end());
    if (std::find(believed_.begin(), believed_.end(), group) != believed_.end())
      recovered_.believed.push_back(hard_state);
  }

  // Says what to do where this node cannot go on.
  static Error refuse(Error error) {
    if (error.code == Errc::kCorrupt) error.detail += kAdvice;
    return error;
  }

  Disk& disk_;
  const std::string& directory_;
  const Options& options_;
  Recovered recovered_;
  Histories histories_;
  std::vector<Hole> holes_;
  std::string where_;  // the last hole
  std::string path_;
  RecordNumber number_;  // expected next
  std::uint64_t end_ = 0;
  std::uint32_t checksum_ = 0;
  bool tail_lost_ = false;  // of the segment read last
  bool tail_claimed_ = false;
  std::optional<Claim> claim_;
  std::uint64_t claims_at_ = 0;
  std::vector<GroupId> believed_;
};

}  // namespace

Result<Found> recover(Yield& yield, Disk& disk, const std::string& directory,
                      const Options& options, const Replay& replay) {
  Result<Recovered> recovered = recover_all(yield, disk, directory, options);
  if (!recovered) return recovered.error();
  for (const Record& record : recovered->records) replay(record);
  return std::move(recovered->found);
}

Result<Recovered> recover_all(Yield& yield, Disk& disk, const std::string& directory,
                              const Options& options) {
  if (options.in_memory) return Recovered{};
  return Reader(disk, directory, options).read(yield);
}

}  // namespace plumbline::log
