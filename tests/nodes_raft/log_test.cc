// The log and the bookkeeping of what of it is durable, against twins too simple to be wrong.
#include "nodes/raft/log.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "nodes/base/hash.h"
#include "nodes/raft/durability.h"

namespace plumbline::raft {
namespace {

Entry entry(std::uint64_t term, const std::string& payload = {}) {
  return Entry{Term(term), EntryKind::kCommand, Blob(payload)};
}

RC_GTEST_PROP(RaftLog, BehavesLikeAVectorOfTerms, ()) {
  Log log;
  std::vector<std::uint64_t> twin;
  const auto steps = *rc::gen::container<std::vector<std::pair<bool, std::uint64_t>>>(
      rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::inRange<std::uint64_t>(0, 4)));
  for (const auto& [appends, amount] : steps) {
    if (appends) {
      const std::uint64_t term = (twin.empty() ? 1 : twin.back()) + amount;
      twin.push_back(term);
      log.append(entry(term));
    } else {
      twin.resize(twin.size() - std::min<std::size_t>(amount, twin.size()));
      log.truncate_after(LogIndex(twin.size()));
    }
    RC_ASSERT(log.last_index() == LogIndex(twin.size()));
    RC_ASSERT(log.last_term() == Term(twin.empty() ? 0 : twin.back()));
  }
  for (std::uint64_t i = 0; i <= twin.size() + 2; ++i) {
    for (std::uint64_t term = 0; term < 6; ++term) {
      const bool held = i == 0 ? term == 0 : i <= twin.size() && twin[i - 1] == term;
      RC_ASSERT(log.matches(LogIndex(i), Term(term)) == held);
      std::uint64_t last = std::min<std::uint64_t>(i, twin.size());
      while (last > 0 && twin[last - 1] > term) --last;
      RC_ASSERT(log.last_not_after(LogIndex(i), Term(term)) == LogIndex(last));
    }
  }
}

RC_GTEST_PROP(RaftLog, SlicesAreWithinTheirBoundsAndNeverEmptyInVain, ()) {
  Log log;
  const auto sizes = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 9)));
  for (const std::size_t size : sizes) log.append(entry(1, std::string(size, 'x')));
  const auto first = *rc::gen::inRange<std::size_t>(1, sizes.size() + 1);
  const auto count_max = *rc::gen::inRange<std::uint32_t>(1, 6);
  const auto bytes_max = *rc::gen::inRange<std::uint32_t>(1, 20);
  const Entries slice = log.slice(LogIndex(first), count_max, bytes_max);
  std::size_t count = 0;
  std::size_t bytes = 0;
  while (first - 1 + count < sizes.size()) {
    bytes += sizes[first - 1 + count];
    if (count > 0 && (count == count_max || bytes > bytes_max)) break;
    ++count;
  }
  RC_ASSERT(slice.size() == count);
}

TEST(RaftLog, FindsTheLastConfiguration) {
  Log log;
  log.append(Entry{Term(1), EntryKind::kConfiguration, Blob("a")});
  log.append(entry(1));
  log.append(Entry{Term(2), EntryKind::kConfiguration, Blob("b")});
  log.append(entry(2));
  EXPECT_EQ(log.last_configuration(LogIndex(1), LogIndex(4)), LogIndex(3));
  EXPECT_EQ(log.last_configuration(LogIndex(4), LogIndex(4)), LogIndex(0));
  log.truncate_after(LogIndex(2));
  EXPECT_EQ(log.last_configuration(LogIndex(1), LogIndex(2)), LogIndex(1));
}

// A disk that is told every write: what it holds after each sync, entry by entry, with the ticket
// that wrote each as its content.
class TwinDisk {
 public:
  void write(std::uint64_t ticket, std::uint64_t first, std::uint64_t last) {
    memory_.resize(first - 1);
    memory_.resize(last, ticket);
    batches_.push_back({ticket, first, last});
  }
  void sync(std::uint64_t ticket) {
    while (!batches_.empty() && batches_.front().ticket <= ticket) {
      disk_.resize(batches_.front().first - 1);
      disk_.resize(batches_.front().last, batches_.front().ticket);
      batches_.erase(batches_.begin());
    }
  }
  std::uint64_t last() const { return memory_.size(); }
  // Known to be on the disk, whatever of the later batches has reached it: the two agree up to
  // here, and no batch that is under way writes there.
  std::uint64_t durable() const {
    std::uint64_t end = std::min(memory_.size(), disk_.size());
    for (const Batch& batch : batches_) end = std::min(end, batch.first - 1);
    return end;
  }
  // The first sync after which everything up to `index` is on the disk, as long as nothing is cut.
  std::uint64_t ticket_of(std::uint64_t index) const {
    TwinDisk copy = *this;
    while (copy.durable() < index) copy.sync(copy.batches_.front().ticket);
    return copy.batches_.size() == batches_.size()
               ? 0
               : batches_[batches_.size() - copy.batches_.size() - 1].ticket;
  }

 private:
  struct Batch {
    std::uint64_t ticket, first, last;
  };
  std::vector<std::uint64_t> memory_;
  std::vector<std::uint64_t> disk_;
  std::vector<Batch> batches_;
};

RC_GTEST_PROP(RaftDurability, AgreesWithADiskThatKnowsEveryWrite, ()) {
  Durability durability;
  TwinDisk disk;
  std::uint64_t issued = 0;
  const auto steps = *rc::gen::container<std::vector<std::tuple<bool, int, int>>>(
      rc::gen::tuple(rc::gen::arbitrary<bool>(), rc::gen::inRange(0, 4), rc::gen::inRange(1, 4)));
  for (const auto& [writes, back, count] : steps) {
    if (writes) {
      const std::uint64_t cut = std::min<std::uint64_t>(back, disk.last());
      const std::uint64_t first = disk.last() - cut + 1;
      const std::uint64_t last = first + static_cast<std::uint64_t>(count) - 1;
      const Ticket ticket = durability.issue();
      issued = ticket.value;
      durability.wrote_entries(ticket, LogIndex(first), LogIndex(last));
      disk.write(ticket.value, first, last);
    } else if (issued > durability.synced().value) {
      const std::uint64_t done =
          std::min(issued, durability.synced().value + static_cast<std::uint64_t>(count));
      durability.synced(Ticket(done));
      disk.sync(done);
    }
    RC_ASSERT(durability.index() == LogIndex(disk.durable()));
    for (std::uint64_t index = 0; index <= disk.last(); ++index) {
      RC_ASSERT(durability.of_entries(LogIndex(index)) == Ticket(disk.ticket_of(index)));
    }
  }
}

TEST(RaftDurability, HardStateWaitsForItsOwnTicketOnly) {
  Durability durability(LogIndex(1));
  durability.wrote_hard_state(durability.issue());
  durability.wrote_entries(durability.issue(), LogIndex(2), LogIndex(3));
  EXPECT_EQ(durability.of_hard_state(), Ticket(1));
  EXPECT_EQ(durability.of_entries(LogIndex(3)), Ticket(2));
  durability.synced(Ticket(1));
  EXPECT_EQ(durability.of_hard_state(), Ticket());
  EXPECT_EQ(durability.of_entries(LogIndex(3)), Ticket(2));
  EXPECT_EQ(durability.of_entries(LogIndex(1)), Ticket());
}

TEST(RaftDurability, ComparesTicketsByDistance) {
  Durability young(LogIndex(1));
  Durability old(LogIndex(1));
  old.wrote_hard_state(old.issue());
  old.synced(Ticket(1));
  EXPECT_TRUE(young == old);
  EXPECT_EQ(young.hash(7), old.hash(7));
  young.wrote_hard_state(young.issue());
  EXPECT_FALSE(young == old);
  EXPECT_NE(young.hash(7), old.hash(7));
}

}  // namespace
}  // namespace plumbline::raft
