// A log that begins behind a base (thesis 5.1, R-raft-22), against a twin that never forgets where
// an entry was, and what of it is on the disk.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <vector>

#include "nodes/raft/durability.h"
#include "nodes/raft/log.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

// Entries by index, those behind the base only; the base by itself.
struct Twin {
  std::uint64_t base = 0, base_term = 0;
  std::map<std::uint64_t, Entry> entries;

  std::uint64_t last() const { return entries.empty() ? base : entries.rbegin()->first; }
  std::uint64_t term(std::uint64_t index) const {
    return index == base ? base_term : entries.at(index).term.value;
  }
  bool knows(std::uint64_t index) const { return index == base || entries.count(index) > 0; }
};

// An entry of a term, of a random kind and size.
Entry any_entry(std::uint64_t term) {
  const auto kind =
      *rc::gen::element(EntryKind::kCommand, EntryKind::kNoop, EntryKind::kConfiguration);
  const auto size = *rc::gen::inRange<std::size_t>(0, 9);
  return {Term(term), kind, Blob(std::string(size, 'x'))};
}

SnapshotMeta meta(std::uint64_t index, std::uint64_t term) {
  SnapshotMeta meta;
  meta.index = LogIndex(index);
  meta.term = Term(term);
  return meta;
}

// One step of both; `amount` is small.
void step(Log& log, Twin& twin, int what, std::uint64_t amount) {
  if (what < 5) {
    const Entry entry = any_entry(twin.term(twin.last()) + amount / 2 + (twin.last() == 0 ? 1 : 0));
    twin.entries[twin.last() + 1] = entry;
    log.append(entry);
  } else if (what < 7) {
    const std::uint64_t last = std::max(twin.base, twin.last() - std::min(amount, twin.last()));
    twin.entries.erase(twin.entries.upper_bound(last), twin.entries.end());
    log.truncate_after(LogIndex(last));
  } else if (what < 9) {
    const std::uint64_t base = std::min(twin.last(), twin.base + amount);
    twin.base_term = twin.term(base);
    twin.base = base;
    twin.entries.erase(twin.entries.begin(), twin.entries.upper_bound(base));
    log.compact(meta(base, twin.base_term));
  } else {
    twin.base_term = twin.term(twin.last()) + 1;
    twin.base += amount + 1;
    twin.entries.clear();
    log.restart(meta(twin.base, twin.base_term));
  }
}

void looks_alike(const Log& log, const Twin& twin) {
  RC_ASSERT(log.base() == meta(twin.base, twin.base_term));
  RC_ASSERT(log.last_index() == LogIndex(twin.last()));
  RC_ASSERT(log.last_term() == Term(twin.term(twin.last())));
  for (std::uint64_t i = 0; i <= twin.last() + 2; ++i) {
    if (twin.entries.count(i) > 0) RC_ASSERT(log.at(LogIndex(i)) == twin.entries.at(i));
    for (std::uint64_t term = 0; term <= twin.term(twin.last()) + 1; ++term) {
      const bool held = twin.knows(i) && twin.term(i) == term;
      RC_ASSERT(log.matches(LogIndex(i), Term(term)) == held);
      // The last that is known, not above, and of no later term; the base stands for those before.
      std::uint64_t agree = i < twin.base ? i : twin.base;
      for (const auto& [index, entry] : twin.entries) {
        if (index <= i && entry.term.value <= term) agree = index;
      }
      RC_ASSERT(log.last_not_after(LogIndex(i), Term(term)) == LogIndex(agree));
    }
  }
}

void slices_alike(const Log& log, const Twin& twin) {
  const auto count_max = *rc::gen::inRange<std::uint32_t>(1, 5);
  const auto bytes_max = *rc::gen::inRange<std::uint32_t>(1, 20);
  for (std::uint64_t first = twin.base + 1; first <= twin.last() + 1; ++first) {
    const Entries slice = log.slice(LogIndex(first), count_max, bytes_max);
    std::vector<Entry> expected;
    std::size_t bytes = 0;
    for (auto it = twin.entries.find(first); it != twin.entries.end(); ++it) {
      bytes += it->second.payload.size();
      if (!expected.empty() && (expected.size() == count_max || bytes > bytes_max)) break;
      expected.push_back(it->second);
    }
    RC_ASSERT(std::vector<Entry>(slice.begin(), slice.end()) == expected);
    for (std::uint64_t to = first - 1; to <= twin.last(); ++to) {
      std::uint64_t found = 0;
      for (std::uint64_t i = first; i <= to; ++i) {
        if (twin.entries.at(i).kind == EntryKind::kConfiguration) found = i;
      }
      RC_ASSERT(log.last_configuration(LogIndex(first), LogIndex(to)) == LogIndex(found));
    }
  }
}

RC_GTEST_PROP(RaftLogBase, BehavesLikeAMapByIndex, ()) {
  Log log;
  Twin twin;
  const auto steps = *rc::gen::container<std::vector<std::pair<int, std::uint64_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 10), rc::gen::inRange<std::uint64_t>(0, 4)));
  for (const auto& [what, amount] : steps) step(log, twin, what, amount);
  looks_alike(log, twin);
  slices_alike(log, twin);
}

// A disk on which each index has what wrote it last: a batch of entries, or one that began anew.
class TwinDisk {
 public:
  void write(std::uint64_t ticket, std::uint64_t first, std::uint64_t last) {
    memory_.resize(first - 1);
    memory_.resize(last, ticket);
    batches_.push_back({ticket, first, last});
  }
  // What is on the disk up to `committed` is a part of the new beginning; the rest comes with it.
  void restart(std::uint64_t ticket, std::uint64_t base, std::uint64_t committed) {
    write(ticket, std::min(durable(), committed) + 1, base);
  }
  void sync(std::uint64_t ticket) {
    while (!batches_.empty() && batches_.front().ticket <= ticket) {
      disk_.resize(batches_.front().first - 1);
      disk_.resize(batches_.front().last, batches_.front().ticket);
      batches_.erase(batches_.begin());
    }
  }
  std::uint64_t last() const { return memory_.size(); }
  std::uint64_t durable() const {
    std::uint64_t end = std::min(memory_.size(), disk_.size());
    for (const Batch& batch : batches_) end = std::min(end, batch.first - 1);
    return end;
  }

 private:
  struct Batch {
    std::uint64_t ticket, first, last;
  };
  std::vector<std::uint64_t> memory_;
  std::vector<std::uint64_t> disk_;
  std::vector<Batch> batches_;
};

RC_GTEST_PROP(RaftDurability, NewBeginningsPromiseNothingEarly, ()) {
  Durability durability;
  TwinDisk disk;
  std::uint64_t base = 0, issued = 0;
  const auto steps =
      *rc::gen::container<std::vector<std::tuple<int, std::uint64_t, std::uint64_t>>>(
          rc::gen::tuple(rc::gen::inRange(0, 7), rc::gen::inRange<std::uint64_t>(0, 4),
                         rc::gen::inRange<std::uint64_t>(1, 4)));
  for (const auto& [what, back, count] : steps) {
    if (what < 3) {
      const std::uint64_t first = std::max(base, disk.last() - std::min(back, disk.last())) + 1;
      const Ticket ticket = durability.issue();
      issued = ticket.value;
      durability.wrote_entries(ticket, LogIndex(first), LogIndex(first + count - 1));
      disk.write(issued, first, first + count - 1);
    } else if (what < 4) {
      // A snapshot is installed when it reaches further than what is known to be committed.
      const std::uint64_t committed = std::min(disk.last(), base + back);
      base = committed + count;
      const Ticket ticket = durability.issue();
      issued = ticket.value;
      durability.restarted(ticket, LogIndex(base), LogIndex(committed));
      disk.restart(issued, base, committed);
    } else if (issued > durability.synced().value) {
      const std::uint64_t done = std::min(issued, durability.synced().value + count);
      durability.synced(Ticket(done));
      disk.sync(done);
    }
    RC_ASSERT(durability.index() == LogIndex(disk.durable()));
    // What everything up to `index` waits for: the first sync after which it is there.
    for (std::uint64_t index = 0; index <= disk.last(); ++index) {
      std::uint64_t ticket = durability.synced().value;
      TwinDisk later = disk;
      while (later.durable() < index) later.sync(++ticket);
      const std::uint64_t waits = ticket == durability.synced().value ? 0 : ticket;
      RC_ASSERT(durability.of_entries(LogIndex(index)) == Ticket(waits));
    }
  }
}

// Thesis 5.1: what a snapshot as of any index says, against a walk along the log.
RC_GTEST_PROP(RaftMeta, NamesTheConfigurationInForce, ()) {
  const auto configuration = [](std::uint32_t voter) {
    return Configuration{Voters{ReplicaId(voter)}, {}, {}, {}, ReplicaId(voter + 1)};
  };
  Raft::Recovered disk;
  const auto behind = *rc::gen::inRange<std::uint64_t>(0, 5);
  if (behind > 0) disk.base = {LogIndex(behind), Term(1), configuration(90), LogIndex(behind)};
  disk.snapshot = disk.base;
  disk.hard_state.term = Term(99);
  const auto kinds = *rc::gen::container<std::vector<bool>>(rc::gen::arbitrary<bool>());
  std::vector<SnapshotMeta> expected{disk.base};
  for (const bool configures : kinds) {
    SnapshotMeta next = expected.back();
    next.index = next.index.next();
    next.term = Term(1 + next.index.value / 4);
    if (configures) {
      next.configuration = configuration(static_cast<std::uint32_t>(next.index.value));
      next.configuration_index = next.index;
    }
    const auto kind = configures ? EntryKind::kConfiguration : EntryKind::kCommand;
    disk.entries.push_back({next.term, kind, configures ? encode(next.configuration) : Blob()});
    expected.push_back(next);
  }
  Options options;
  options.self = ReplicaId(1);
  const Raft raft(options, disk, Instant());
  for (const SnapshotMeta& meta : expected) RC_ASSERT(raft.meta_at(meta.index) == meta);
  RC_ASSERT(raft.configuration() == expected.back().configuration);
  RC_ASSERT(raft.configuration_index() == expected.back().configuration_index);
}

}  // namespace
}  // namespace plumbline::raft
