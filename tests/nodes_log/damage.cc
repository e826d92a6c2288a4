#include "tests/nodes_log/damage.h"

namespace plumbline::log::test {
namespace {

Records of_group(const Records& records, GroupId group) {
  Records result;
  for (const Record& record : records) {
    if (record.group == group) result.push_back(record);
  }
  return result;
}

LogIndex end_of(const Records& outcome_of_group) { return outcome_of_group.back().index; }

// What is left of a damaged group's entries is of an earlier time of its log.
bool was_once(const Victim& victim, const Records& left, GroupId group) {
  for (std::size_t n = 0; n <= victim.appended().size(); ++n) {
    Records then = of_group(outcome(victim.appended(), n, victim.appended().size()), group);
    // Of the base and what follows it, any beginning.
    if (then.empty()) continue;
    for (std::size_t size = then.size(); size > 0; --size) {
      if (std::equal(left.begin() + 1, left.end(), then.begin() + 1,
                     then.begin() + static_cast<std::ptrdiff_t>(size)))
        return true;
    }
  }
  return left.size() == 1;
}

// The hard state is right but for a commit index that reaches no further than what is left.
bool same_hard_state(Record a, Record b) {
  a.commit = b.commit = LogIndex();
  return a == b;
}

Fate judge_doubt(const Victim& victim, const Found& found, const Records& replayed) {
  const Records whole = outcome(victim.appended());
  std::map<GroupId, Damage> damages;
  for (const Damage& damage : found.damages) {
    EXPECT_NE(damage.where.find("offset"), std::string::npos);
    damages.emplace(damage.group, damage);
  }
  for (const GroupId group : {GroupId(1), GroupId(2)}) {
    const Records left = of_group(replayed, group);
    const Records right = of_group(whole, group);
    if (!damages.contains(group)) {
      if (left != right) return Fate::kWrong;
      continue;
    }
    if (left.empty() || !same_hard_state(left.front(), right.front())) return Fate::kWrong;
    if (damages[group].until < end_of(right)) return Fate::kWrong;
    if (damages[group].until == end_of(right) && damages[group].term < right.back().term)
      return Fate::kWrong;
    if (!was_once(victim, left, group)) return Fate::kWrong;
  }
  return Fate::kDoubt;
}

}  // namespace

std::map<std::string, Bytes> files_of(const MemoryDisk& disk) {
  std::map<std::string, Bytes> files;
  for (const std::string& path : disk.paths()) files[path] = disk.bytes(path);
  return files;
}

void put_files(MemoryDisk& disk, const std::map<std::string, Bytes>& files) {
  for (const auto& [path, bytes] : files) disk.set_bytes(path, bytes);
}

Victim::Victim(Options options, const std::vector<Records>& batches)
    : options_(std::move(options)) {
  MemoryDisk disk;
  Records replayed;
  const std::unique_ptr<Log> log = must_open(disk, replayed, options_);
  for (const Records& batch : batches) {
    before_last_ = written_.acknowledged;
    EXPECT_TRUE(write_batches(*log, {batch}, written_));
  }
  killed_ = files_of(disk);
  MemoryDisk image(disk);
  image.lose_power({Loss::Mode::kNothingSurvives, 0});
  unproven_ = files_of(image);
  EXPECT_NE(killed_, unproven_);
}

Fate fate_of(const Victim& victim, const std::map<std::string, Bytes>& files, std::size_t* left) {
  MemoryDisk disk;
  put_files(disk, files);
  Records replayed;
  const Result<Found> found = recover_log(disk, replayed, victim.options());
  if (!found) {
    if (found.error().code != Errc::kCorrupt) return Fate::kWrong;
    EXPECT_NE(found.error().detail.find("log/"), std::string::npos);
    EXPECT_NE(found.error().detail.find("offset"), std::string::npos);
    EXPECT_NE(found.error().detail.find("replace this node"), std::string::npos);
    return Fate::kLoud;
  }
  if (!found->damages.empty()) return judge_doubt(victim, *found, replayed);
  if (replayed == outcome(victim.appended())) return Fate::kIntact;
  for (std::size_t n = victim.appended().size() + 1; n-- > 0;) {
    if (replayed != outcome(victim.appended(), n, victim.appended().size())) continue;
    if (left != nullptr) *left = n;
    return Fate::kShorter;
  }
  return Fate::kWrong;
}

void mend(const Victim& victim, const std::map<std::string, Bytes>& files) {
  trace::NullSink sink;
  for (std::uint64_t call = 1;; ++call) {
    SCOPED_TRACE("crash at call " + std::to_string(call) + " of mending");
    MemoryDisk disk;
    put_files(disk, files);
    Records found;
    Result<Opened> opened = open_log(disk, sink, found, victim.options());
    ASSERT_TRUE(opened);
    ASSERT_FALSE(opened->damages.empty());
    Written doubts;
    Records appended = found;
    disk.reset_calls();
    disk.fail_call(call, Errc::kCrashed, true);
    Records batch;
    for (const Damage& damage : opened->damages) {
      batch.push_back(in_doubt(9, damage.until.value, damage.term.value, damage.group.value));
    }
    const Status status = write_batches(*opened->log, {batch}, doubts);
    const bool done = disk.calls() < call;
    ASSERT_EQ(done, status.ok());
    disk.heal();
    disk.lose_power({Loss::Mode::kMixed, call});
    appended.insert(appended.end(), batch.begin(), batch.end());
    Records replayed;
    const Result<Found> after = recover_log(disk, replayed, victim.options());
    ASSERT_TRUE(after) << after.error().message();
    // All or nothing.
    const bool mended = after->damages.empty();
    ASSERT_TRUE(mended || !done);
    ASSERT_EQ(replayed, mended ? outcome(appended) : found);
    if (!done) continue;
    const std::unique_ptr<Log> log = must_open(disk, replayed, victim.options());
    ASSERT_EQ(disk.paths().size(), 1U);
    log->append(hard_state(10, 1, 0));
    ASSERT_TRUE(log->flush(now()));
    disk.lose_power({Loss::Mode::kNothingSurvives});
    appended.push_back(hard_state(10, 1, 0));
    must_open(disk, replayed, victim.options());
    ASSERT_EQ(replayed, outcome(appended));
    break;
  }
}

}  // namespace plumbline::log::test
