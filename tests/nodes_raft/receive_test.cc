// Messages that no replica of the group can have sent, or not to this one: they change nothing.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "nodes/raft/invariants.h"
#include "tests/nodes_raft/cluster.h"

namespace plumbline::raft::testing {
namespace {

Message append(Term term, LogIndex index, Term log_term) {
  Message m;
  m.kind = MessageKind::kAppend;
  m.from = ReplicaId(2);
  m.to = ReplicaId(1);
  m.term = term;
  m.index = index;
  m.log_term = log_term;
  return m;
}

class RaftReceive : public ::testing::Test {
 protected:
  Narrator narrator_{true};
  Cluster cluster_{3, Options(), narrator_};

  // What the core told; empty text and an unchanged core are what `ignores` asks for.
  void ignores(const Message& m) {
    const Raft before = *cluster_.at(ReplicaId(1)).core;
    const Update update = cluster_.step(ReplicaId(1), Receive{m});
    EXPECT_TRUE(*cluster_.at(ReplicaId(1)).core == before);
    EXPECT_TRUE(update.messages.empty());
    EXPECT_FALSE(update.persist.has_value());
    const std::vector<std::string> lines = narrator_.take_lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("ignores"), std::string::npos) << lines[0];
  }
};

// Thesis 4.1: who lags behind the latest members must be able to hear the leader that they elected.
TEST_F(RaftReceive, HearsALeaderThatItDoesNotKnow) {
  Message m = append(Term(5), LogIndex(1), Term(1));
  m.from = ReplicaId(9);
  cluster_.step(ReplicaId(1), Receive{m});
  EXPECT_EQ(cluster_.at(ReplicaId(1)).core->leader(), ReplicaId(9));
}

TEST_F(RaftReceive, IgnoresMisaddressed) {
  Message m = append(Term(5), LogIndex(1), Term(1));
  m.from = ReplicaId();
  ignores(m);
  m.from = ReplicaId(1);
  ignores(m);
  m.from = ReplicaId(2);
  m.to = ReplicaId(3);
  ignores(m);
}

TEST_F(RaftReceive, IgnoresEntriesWhoseTermsGoDownOrBeyondTheirSender) {
  Message m = append(Term(5), LogIndex(1), Term(1));
  m.entries = {Entry{Term(3)}, Entry{Term(2)}};
  ignores(m);
  m.entries = {Entry{Term(6)}};
  ignores(m);
  m.entries = {Entry{Term(0)}};
  ignores(m);
}

TEST_F(RaftReceive, IgnoresPositionsThatCannotBe) {
  ignores(append(Term(5), LogIndex(1), Term(6)));
  ignores(append(Term(5), LogIndex(0), Term(1)));
  ignores(append(Term(5), LogIndex(1), Term(0)));
  ignores(append(Term(5), LogIndex(UINT64_MAX), Term(1)));
  ignores(append(Term(0), LogIndex(0), Term(0)));
}

TEST_F(RaftReceive, IgnoresKindsAndConfigurationsItCannotRead) {
  Message m = append(Term(5), LogIndex(1), Term(1));
  m.entries = {Entry{Term(5), EntryKind::kConfiguration, Blob("?")}};
  ignores(m);
  m.entries = {Entry{Term(5), static_cast<EntryKind>(77), Blob()}};
  ignores(m);
  m.entries.clear();
  m.kind = static_cast<MessageKind>(77);
  ignores(m);
}

// A leader that forgot what it promised (a lying or wiped disk) must not make this one forget too.
TEST_F(RaftReceive, NeverReplacesWhatIsCommitted) {
  Message m = append(Term(5), LogIndex(1), Term(1));
  m.entries = {Entry{Term(5)}, Entry{Term(5)}};
  m.commit = LogIndex(3);
  cluster_.step(ReplicaId(1), Receive{m});
  ASSERT_EQ(cluster_.at(ReplicaId(1)).core->commit(), LogIndex(3));
  narrator_.take_lines();
  m.entries = {Entry{Term(6)}};
  m.term = Term(6);
  m.commit = LogIndex(2);
  const Update update = cluster_.step(ReplicaId(1), Receive{m});
  EXPECT_TRUE(update.messages.empty());
  EXPECT_EQ(cluster_.at(ReplicaId(1)).core->term_at(LogIndex(2)), Term(5));
}

// A follower that lost what it acknowledged refuses for ever. It is asked again by heartbeats, not
// as fast as the network answers (found by SN-14: 800,000 messages a second).
TEST_F(RaftReceive, ARefusalOfWhatWasAcknowledgedIsNotAnsweredAtOnce) {
  const ReplicaId leader(1);
  const auto settle = [&] {
    while (!cluster_.network().empty()) {
      cluster_.deliver(0);
      for (const ReplicaId id : cluster_.ids()) cluster_.sync(id);
    }
  };
  cluster_.fire_deadline(leader);
  settle();
  const Raft& core = *cluster_.at(leader).core;
  ASSERT_EQ(core.role(), Role::kLeader);
  ASSERT_EQ(core.commit(), LogIndex(2));
  const auto peer = [&] {
    Leader state = std::get<Leader>(core.volatile_state().role);
    return *state.find(ReplicaId(2));
  };
  ASSERT_EQ(peer().match, LogIndex(2));
  narrator_.take_lines();

  Message refusal;
  refusal.kind = MessageKind::kAppendReply;
  refusal.from = ReplicaId(2);
  refusal.to = leader;
  refusal.term = core.term();
  refusal.reject = true;
  refusal.index = LogIndex(2);
  refusal.hint = LogIndex(1);
  refusal.hint_term = Term(1);
  for (int i = 0; i < 3; ++i) {
    refusal.round = peer().round;
    EXPECT_TRUE(cluster_.step(leader, Receive{refusal}).messages.empty());
    const std::vector<std::string> lines = narrator_.take_lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_NE(lines[0].find("its disk has forgotten"), std::string::npos) << lines[0];
    cluster_.fire_deadline(leader);
    narrator_.take_lines();
  }
}

// Anything at all may come: no crash, and the state stays a legal one.
RC_GTEST_PROP(RaftReceiveAnything, LeavesALegalState, ()) {
  Narrator narrator(false);
  Configuration configuration{Voters{ReplicaId(1), ReplicaId(2), ReplicaId(3)}};
  Options options;
  options.self = ReplicaId(1);
  Raft raft(options, Raft::bootstrap(configuration), Instant());
  const auto small = [] { return *rc::gen::inRange<std::uint64_t>(0, 5); };
  const auto steps = *rc::gen::inRange(1, 40);
  for (int i = 0; i < steps; ++i) {
    const Snapshot before(raft);
    Event event = DeadlineReached{};
    if (small() != 0) {
      Message m;
      m.kind = static_cast<MessageKind>(*rc::gen::inRange(0, 7));
      m.from = ReplicaId(static_cast<std::uint32_t>(small()));
      m.to = ReplicaId(1);
      m.term = Term(small());
      m.index = LogIndex(small());
      m.log_term = Term(small());
      m.commit = LogIndex(small());
      m.round = small();
      m.reject = small() == 0;
      m.hint = LogIndex(small());
      m.hint_term = Term(small());
      for (std::uint64_t n = small() / 2; n > 0; --n) m.entries.push_back(Entry{Term(small())});
      event = Receive{m};
    } else if (raft.volatile_state().durability.issued() > Ticket() && small() > 1) {
      event = Synced{raft.volatile_state().durability.issued()};
    }
    raft.step(Instant() + milliseconds(400 * i), event, narrator);
    const auto violation = check(raft);
    RC_ASSERT(!violation.has_value());
    // Several leaders of one term are among what is generated: leader append-only and committed
    // entries hold nevertheless.
    const auto step_violation = check_step(before, raft);
    RC_ASSERT(!step_violation.has_value());
  }
}

}  // namespace
}  // namespace plumbline::raft::testing
