// Random walks over a few cores: deliver, lose, double, reorder, time out, sync, crash, restart,
// propose, read, in any order that a seed draws; the invariants are checked after every step.
// PLUMBLINE_EXPLORE_SEEDS=n runs more seeds, PLUMBLINE_EXPLORE_SEED=n runs one and tells its story.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "nodes/base/hash.h"
#include "nodes/raft/membership.h"
#include "tests/nodes_raft/cluster.h"

namespace plumbline::raft::testing {
namespace {

// Enough for every required probe to be reached several times.
#ifdef PLUMBLINE_SANITIZED
constexpr int kSeeds = 500;
#else
constexpr int kSeeds = 2000;
#endif
constexpr int kStepsPerSeed = 900;

// A seed draws its own mixture: which faults there are and how often things move.
class Walk {
 public:
  explicit Walk(std::uint64_t seed, bool tell)
      : state_(mix(seed + 1)),
        narrator_(tell),
        cluster_(static_cast<std::uint32_t>(3 + below(3)), draw_options(), narrator_) {
    deliver_ = 30 + below(60);
    drop_ = chance(70) ? below(12) : 0;
    duplicate_ = chance(70) ? below(10) : 0;
    in_order_ = chance(40);
    sync_ = 5 + below(30);
    crash_ = chance(60) ? below(4) : 0;
    deadline_ = 2 + below(10);
    patience_ = 10 + below(90);
    partition_ = chance(60) ? 1 + below(3) : 0;
    change_ = chance(50) ? 1 + below(4) : 0;
    snapshot_ = chance(50) ? 1 + below(6) : 0;
    transfer_ = chance(40) ? 1 + below(2) : 0;
    may_damage_ = chance(40);
  }

  void run(int steps) {
    for (int i = 0; i < steps && !cluster_.safety().violation(); ++i) {
      act();
      collect_reads();
    }
  }

  // Faults end, and everything must come to rest: one leader, everyone with everything.
  bool settles() {
    cut_off_.clear();
    for (const ReplicaId id : cluster_.ids()) {
      if (!up(id)) cluster_.restart(id);
    }
    for (int round = 0; round < 400 && !cluster_.safety().violation(); ++round) {
      exchange();
      collect_reads();
      if (has_settled()) return true;
      fire_earliest();
    }
    return false;
  }

  // Who stands where, for the reader of a failure.
  std::string standing() {
    std::string text;
    for (const ReplicaId id : cluster_.ids()) {
      if (!up(id)) continue;
      const Raft& core = *cluster_.at(id).core;
      text += describe(id) + ": " + describe(core) + "; waits " + waits_for(core) + "; " +
              describe(core.configuration()) + "\n";
      if (core.leading() == nullptr) continue;
      for (const Progress& peer : core.leading()->peers) text += "    " + describe(peer) + "\n";
    }
    return text;
  }

  Cluster& cluster() { return cluster_; }
  Narrator& narrator() { return narrator_; }
  std::uint64_t reads_answered() const { return reads_answered_; }

 private:
  std::uint64_t below(std::uint64_t bound) {
    state_ += 0x9e3779b97f4a7c15ULL;
    return mix(state_) % bound;
  }
  bool chance(std::uint64_t percent) { return below(100) < percent; }

  Options draw_options() {
    Options options;
    options.pre_vote = chance(60);
    options.check_quorum = chance(60);
    options.noop_on_election = chance(80);
    options.inflight_appends_max = static_cast<std::uint32_t>(1 + below(6));
    options.entries_per_append_max = static_cast<std::uint32_t>(1 + below(4));
    options.trailing_entries = below(6);
    options.inflight_bytes_max = chance(30) ? 4 : 1 << 20;
    return options;
  }

  bool up(ReplicaId id) { return cluster_.at(id).core.has_value(); }
  ReplicaId any_node() { return ReplicaId(static_cast<std::uint32_t>(1 + below(cluster_.size()))); }
  bool separated(const Message& m) { return cut_off_.count(m.from) != cut_off_.count(m.to); }

  void act() {
    const ReplicaId id = any_node();
    std::uint64_t draw = below(deliver_ + drop_ + duplicate_ + sync_ + crash_ + deadline_ +
                               partition_ + change_ + snapshot_ + transfer_ + 14);
    const auto is = [&](std::uint64_t weight) {
      const bool hit = draw < weight;
      draw -= hit ? 0 : weight;
      return hit;
    };
    if (is(deliver_)) return deliver();
    if (is(drop_)) return drop();
    if (is(duplicate_)) return duplicate();
    if (is(crash_)) return crash_or_restart(id);
    if (is(partition_)) return partition();
    if (!up(id)) {
      if (chance(5)) cluster_.restart(id);
      return;
    }
    if (is(sync_)) {
      cluster_.sync(id, chance(50) ? 1 : SIZE_MAX);
    } else if (is(deadline_)) {
      // Most of the time those who lead are heard before those who wait lose their patience.
      const bool leads = cluster_.at(id).core->role() == Role::kLeader;
      if (leads || chance(patience_)) cluster_.fire_deadline(id);
    } else if (is(change_)) {
      change_members(id);
    } else if (is(snapshot_)) {
      cluster_.take_snapshot(id);
    } else if (is(transfer_)) {
      cluster_.step(id, TransferLeadership{chance(50) ? ReplicaId() : any_node()});
    } else if (is(8)) {
      propose(id);
    } else {
      read(id);
    }
  }

  std::size_t any_message() {
    return in_order_ && chance(90) ? 0 : static_cast<std::size_t>(below(cluster_.network().size()));
  }
  void deliver() {
    if (cluster_.network().empty()) return;
    const std::size_t place = any_message();
    const Message& message = cluster_.network()[place];
    // Time passes on the way, but less than it takes to believe that a leader is dead.
    Cluster::Node& receiver = cluster_.at(message.to);
    receiver.now = receiver.now + milliseconds(static_cast<std::int64_t>(below(5)));
    separated(message) ? remove(place) : cluster_.deliver(place);
  }
  void remove(std::size_t place) { cluster_.lose(place); }
  void drop() {
    if (!cluster_.network().empty()) remove(any_message());
    while (cluster_.network().size() > 150) remove(any_message());
  }
  void duplicate() {
    if (cluster_.network().empty()) return;
    const Message copy = cluster_.network()[any_message()];
    cluster_.network().push_back(copy);
  }
  void partition() {
    cut_off_.clear();
    if (chance(50)) return;
    for (const ReplicaId id : cluster_.ids()) {
      if (chance(35)) cut_off_[id] = true;
    }
  }
  void crash_or_restart(ReplicaId id) {
    if (!up(id)) return cluster_.restart(id);
    const std::size_t survive = chance(50) ? 0 : below(cluster_.at(id).unsynced.size() + 1);
    floors_[id].clear();
    cluster_.crash(id, survive);
    if (may_damage_ && chance(20)) damage(id);
  }
  // One replica a walk: a minority of any group there is.
  void damage(ReplicaId id) {
    const Raft::Recovered& disk = cluster_.at(id).disk;
    if (disk.entries.empty() || disk.hard_state.doubt) return;
    may_damage_ = false;
    damaged_ = id;
    cluster_.damage(id, disk.base.index.plus(below(disk.entries.size())));
  }

  void change_members(ReplicaId id) {
    const Raft& core = *cluster_.at(id).core;
    if (core.role() != Role::kLeader) return;
    const Configuration& now = core.configuration();
    MemberChanges changes;
    const ReplicaId one = any_node();
    switch (below(4)) {
      case 0:
        if (cluster_.size() >= 7 || now.joint()) return;
        changes.push_back({.kind = chance(70) ? ChangeKind::kAddVoter : ChangeKind::kAddLearner,
                           .id = cluster_.join(),
                           .replaces = chance(40) && one != damaged_ ? one : ReplicaId(),
                           .at_once = chance(30)});
        break;
      case 1:
        // A damaged replica must not come to be needed for every majority.
        if (now.voters.size() <= 3) return;
        changes.push_back({.kind = ChangeKind::kRemove, .id = one});
        break;
      case 2:
        for (const Learner& learner : now.learners) {
          changes.push_back({.kind = ChangeKind::kPromote, .id = learner.id});
        }
        break;
      default: changes.push_back({.kind = ChangeKind::kPromote, .id = one});
    }
    cluster_.step(id, ChangeMembers{changes});
  }

  void propose(ReplicaId id) {
    Propose proposal;
    const std::uint64_t count = 1 + below(3);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::string name = "c" + std::to_string(++commands_);
      proposal.entries.push_back(Entry{Term(), EntryKind::kCommand, Blob(name)});
    }
    cluster_.step(id, proposal);
  }
  void read(ReplicaId id) {
    const std::uint64_t cookie = ++cookies_;
    floors_[id][cookie] = cluster_.safety().committed();
    cluster_.step(id, ReadRequest{cookie});
  }
  // A read sees all that was committed anywhere when it was asked for (thesis 6.4).
  void collect_reads() {
    for (const ReplicaId id : cluster_.ids()) {
      for (const ReadResult& read : cluster_.at(id).reads) {
        const auto asked = floors_[id].find(read.cookie);
        if (asked == floors_[id].end()) {
          cluster_.safety().report("reads answered once", id, std::to_string(read.cookie));
          continue;
        }
        if (read.ok && read.index < asked->second) {
          cluster_.safety().report("linearizable reads", id, std::to_string(read.index.value));
        }
        reads_answered_ += read.ok ? 1 : 0;
        floors_[id].erase(asked);
      }
      cluster_.at(id).reads.clear();
    }
  }

  // Everything on its way arrives, every disk syncs.
  void exchange() {
    for (int i = 0; i < 2000; ++i) {
      bool moved = false;
      for (const ReplicaId id : cluster_.ids()) moved = cluster_.sync(id) || moved;
      if (!cluster_.network().empty()) {
        cluster_.deliver(0);
        moved = true;
      }
      if (!moved || cluster_.safety().violation()) return;
    }
  }
  // One clock for all, so that a leader's heartbeats are in time.
  void fire_earliest() {
    ReplicaId first;
    Duration least{INT64_MAX};
    for (const ReplicaId id : cluster_.ids()) {
      const Cluster::Node& node = cluster_.at(id);
      const Duration wait = std::max(node.core->next_deadline() - node.now, Duration());
      if (wait < least) {
        least = wait;
        first = id;
      }
    }
    for (const ReplicaId id : cluster_.ids()) cluster_.at(id).now = cluster_.at(id).now + least;
    cluster_.step(first, DeadlineReached{});
  }
  bool has_settled() {
    const Raft* leader = nullptr;
    for (const ReplicaId id : cluster_.ids()) {
      const Raft& core = *cluster_.at(id).core;
      if (core.role() == Role::kLeader && (leader == nullptr || core.term() > leader->term())) {
        leader = &core;
      }
    }
    if (leader == nullptr) return false;
    if (leader->term_at(leader->last_index()) != leader->term()) {
      propose(leader->self());
      return false;
    }
    if (leader->configuration().joint()) return false;
    for (const ReplicaId id : members_of(leader->configuration())) {
      const Raft& core = *cluster_.at(id).core;
      if (core.leader() != leader->self() || core.commit() != leader->last_index()) return false;
      if (core.in_doubt()) return false;
    }
    return true;
  }

  std::uint64_t state_;
  Narrator narrator_;
  Cluster cluster_;
  std::uint64_t deliver_, drop_, duplicate_, sync_, crash_, deadline_, partition_, patience_;
  std::uint64_t change_, snapshot_, transfer_;
  bool in_order_;
  bool may_damage_;
  ReplicaId damaged_;
  std::map<ReplicaId, bool> cut_off_;
  std::map<ReplicaId, std::map<std::uint64_t, LogIndex>> floors_;
  std::uint64_t commands_ = 0;
  std::uint64_t cookies_ = 0;
  std::uint64_t reads_answered_ = 0;
};

// Leases need clocks that go together, which a walk does not have; a walk's commands are too small
// for the bound on what is not committed.
bool needs_time(const std::string& probe) {
  return probe == "raft.read_by_lease" || probe == "raft.proposal_refused_backpressure";
}

void tell_story(Walk& walk) {
  for (const std::string& line : walk.narrator().take_lines()) std::puts(line.c_str());
}

// R-raft: I1 to I8, I10 and linearizable reads under all faults; progress once they end; every
// probe of the core reached by some seed.
TEST(RaftExplorer, InvariantsI1ToI8HoldAndFaultFreeGroupsSettle) {
  std::map<std::string, std::uint64_t> probes;
  std::uint64_t reads = 0;
  std::uint64_t committed = 0;
  const char* more = std::getenv("PLUMBLINE_EXPLORE_SEEDS");
  const int seeds = more == nullptr ? kSeeds : std::atoi(more);
  for (int seed = 0; seed < seeds; ++seed) {
    Walk walk(static_cast<std::uint64_t>(seed), false);
    walk.run(kStepsPerSeed);
    const bool settled = walk.settles();
    ASSERT_EQ(walk.cluster().safety().violation().value_or(""), "") << "seed " << seed;
    ASSERT_TRUE(settled) << "seed " << seed << "\n" << walk.standing();
    for (const auto& [name, count] : walk.narrator().probes()) probes[name] += count;
    reads += walk.reads_answered();
    committed += walk.cluster().safety().committed().value;
  }
  EXPECT_GT(reads, 100u);
  EXPECT_GT(committed, 1000u);
  for (const trace::Probe* probe : trace::Probe::all()) {
    const std::string name = probe->name();
    if (name.rfind("raft.", 0) != 0 || needs_time(name)) continue;
    EXPECT_GT(probes[name], 0u) << name << " was never reached";
  }
}

TEST(RaftExplorer, TellsOneSeed) {
  const char* seed = std::getenv("PLUMBLINE_EXPLORE_SEED");
  if (seed == nullptr) GTEST_SKIP() << "PLUMBLINE_EXPLORE_SEED names a seed to be told";
  Walk walk(std::strtoull(seed, nullptr, 10), true);
  walk.run(kStepsPerSeed);
  const bool settled = walk.settles();
  tell_story(walk);
  EXPECT_EQ(walk.cluster().safety().violation().value_or(""), "");
  EXPECT_TRUE(settled);
}

}  // namespace
}  // namespace plumbline::raft::testing
