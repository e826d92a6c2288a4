#include "scenarios/model/raft_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>

#include "scenarios/model/cores.h"
#include "scenarios/model/engine.h"
#include "scenarios/model/raft_story.h"
#include "scenarios/model/run.h"

namespace plumbline::model {
namespace {

RaftScope scope_of(const std::string& text) {
  const auto scope = parse_raft_scope(text);
  EXPECT_TRUE(scope.ok()) << text;
  return *scope;
}

Exploration walk(Model& model, unsigned jobs = 1) {
  ExploreOptions options;
  options.jobs = jobs;
  return explore(model, options, [](const Progress&) {});
}

// The states that any replica was in, whatever it was called; without the answers that wait for its
// disk, for nobody asks a spent message's.
std::set<std::uint64_t> replica_states(const RaftSpace& space, const RaftSpace& names,
                                       bool idle = false) {
  std::set<std::uint64_t> states;
  for (std::uint32_t id = 0; id < space.replicas(); ++id) {
    RaftReplica replica = space.replica(id);
    if (idle && !replica.unsynced.empty()) continue;
    replica.held.clear();
    std::uint64_t least = UINT64_MAX;
    for (std::size_t i = 0; i < names.renamings(); ++i) {
      least = std::min(least, renamed(replica, names.names(i)).hash());
    }
    states.insert(least);
  }
  return states;
}
std::set<std::uint64_t> replica_states(const RaftSpace& space) {
  return replica_states(space, space);
}

// I1 to I10 in every state of the scopes that are part of every test run.
TEST(RaftModel, SmallScopesAreExhaustedWithoutAViolation) {
  for (const std::string& scope : small_raft_scopes()) {
    RaftModel model(scope_of(scope));
    const Exploration e = walk(model);
    EXPECT_EQ(e.end, End::kExhausted)
        << scope << ": " << (e.finding ? e.finding->property + ", " + e.finding->sentence : "");
    EXPECT_GT(e.states, 100u) << scope;
  }
}

TEST(RaftModel, TwoThreadsMeetAsManyStatesAsOne) {
  RaftModel one(scope_of("E2 R1 C1"));
  RaftModel two(scope_of("E2 R1 C1"));
  const Exploration a = walk(one);
  const Exploration b = walk(two, 2);
  EXPECT_EQ(a.states, b.states);
  EXPECT_EQ(a.successors, b.successors);
  EXPECT_EQ(a.depth, b.depth);
}

// The states on disk name parts by numbers: another process makes the parts again.
TEST(RaftModel, AnInterruptedWalkEndsLikeOneThatIsNot) {
  for (const std::string text : {"E2 R1 C1", "E1 R1 C1 S1 window-1"}) {
    ExploreOptions options;
    options.checkpoint = std::filesystem::path(::testing::TempDir()) / "raft.walk";
    std::filesystem::remove(options.checkpoint);
    std::atomic<unsigned> asked{0};
    options.interrupted = [&] { return ++asked % 5 == 0; };
    Exploration e;
    unsigned times = 0;
    do {
      options.jobs = 1 + times++ % 2;
      RaftModel model(scope_of(text));
      e = explore(model, options, [](const Progress&) {});
    } while (e.end == End::kInterrupted && times < 100);
    EXPECT_GT(times, 3u) << text;
    RaftModel whole(scope_of(text));
    const Exploration expected = walk(whole);
    EXPECT_EQ(e.end, End::kExhausted) << text;
    EXPECT_EQ(e.states, expected.states) << text;
    EXPECT_EQ(e.successors, expected.successors) << text;
    EXPECT_EQ(e.depth, expected.depth) << text;
  }
}

TEST(RaftModel, PartsThatComeOutOtherwiseAreNotBelieved) {
  RaftModel model(scope_of("E2 R1 C0"));
  walk(model);
  const Bytes parts = model.save_parts();
  EXPECT_TRUE(RaftModel(scope_of("E2 R1 C0")).load_parts(parts));
  EXPECT_FALSE(RaftModel(scope_of("E2 R1 C0 pre-vote")).load_parts(parts));
  EXPECT_FALSE(RaftModel(scope_of("E2 R1 C0")).load_parts(BytesView(parts).substr(0, 400)));
}

// Spent messages may be dropped: no replica is kept from a state that it reaches with all of them.
TEST(RaftModel, DroppingSpentMessagesHidesNoStateOfAReplica) {
  for (const std::string text :
       {"E1 R2 C1", "E2 R0 C1 no-op", "E1 R1 C1 syncs-apart", "E1 R1 C1 S1", "E1 R1 C0 H1"}) {
    RaftModel reduced(scope_of(text));
    RaftModel exact(scope_of(text + " exact"));
    const Exploration a = walk(reduced);
    const Exploration b = walk(exact);
    ASSERT_EQ(a.end, End::kExhausted) << text;
    ASSERT_EQ(b.end, End::kExhausted) << text;
    EXPECT_LT(a.states, b.states) << text;
    EXPECT_TRUE(replica_states(reduced.space()) == replica_states(exact.space()))
        << text << ": " << replica_states(reduced.space()).size() << " states of a replica, "
        << replica_states(exact.space()).size() << " when no message is dropped";
  }
}

// Replicas may be taken for each other's likes.
TEST(RaftModel, ExchangingNamesHidesNoStateOfAReplica) {
  for (const std::string text : {"E1 R2 C1", "E2 R1 C0 pre-vote", "E1 R0 C0 D1 window-1 no-op"}) {
    RaftModel reduced(scope_of(text));
    RaftModel named(scope_of(text + " names-apart"));
    const Exploration a = walk(reduced);
    const Exploration b = walk(named);
    EXPECT_GT(b.states, a.states * 3) << text;
    // Under all names, so that those that one of the walks did not use are no difference.
    RaftSpace& names = reduced.space();
    EXPECT_TRUE(replica_states(reduced.space(), names) == replica_states(named.space(), names))
        << text;
  }
}

// A batch that all messages of its step wait for may be synced within the step. What may leave
// before, such as the answer to a heartbeat, then never tells of less than the replica holds: where
// there is such a thing, walking with syncs apart reaches more.
TEST(RaftModel, FusingSyncsHidesNoStateOfAReplicaWhoseDiskIsIdle) {
  for (const std::string text : {"E1 R2 C1", "E2 R0 C1 no-op", "E1 R1 C1", "E2 R1 C0"}) {
    RaftModel fused(scope_of(text));
    RaftModel apart(scope_of(text + " syncs-apart"));
    EXPECT_LT(walk(fused).states, walk(apart).states) << text;
    const auto a = replica_states(fused.space(), fused.space(), true);
    const auto b = replica_states(apart.space(), apart.space(), true);
    EXPECT_TRUE(std::includes(b.begin(), b.end(), a.begin(), a.end())) << text;
    EXPECT_EQ(a == b, text != "E2 R1 C0") << text;
  }
}

// Calls something broken that is not, so that the engine gives out the way to it.
class Picky : public Model {
 public:
  Picky(const RaftScope& scope, std::uint64_t salt) : model_(scope), salt_(salt) {}

  std::unique_ptr<Walker> walker() override {
    return std::make_unique<PickyWalker>(model_.walker(), salt_);
  }
  Bytes initial() override { return model_.initial(); }
  std::uint64_t fingerprint_of_initial() override { return model_.fingerprint_of_initial(); }
  std::vector<std::string> words(const std::vector<Action>& path) override {
    return model_.words(path);
  }
  Bytes save_parts() override { return model_.save_parts(); }
  bool load_parts(BytesView parts) override { return model_.load_parts(parts); }
  std::uint64_t table_bytes() const override { return model_.table_bytes(); }

 private:
  class PickySuccessors : public Successors {
   public:
    PickySuccessors(Successors& out, std::uint64_t salt) : out_(out), salt_(salt) {}
    bool is_new(std::uint64_t fingerprint) override {
      dislikes_ = (fingerprint ^ salt_) % 997 == 0;
      return out_.is_new(fingerprint);
    }
    void add(Action action, BytesView state) override {
      if (dislikes_) return out_.broken(action, Finding{"picky", ""});
      out_.add(action, state);
    }
    void broken(Action action, const Finding& finding) override { out_.broken(action, finding); }

   private:
    Successors& out_;
    std::uint64_t salt_;
    bool dislikes_ = false;
  };
  class PickyWalker : public Walker {
   public:
    PickyWalker(std::unique_ptr<Walker> walker, std::uint64_t salt)
        : walker_(std::move(walker)), salt_(salt) {}
    void expand(BytesView state, Successors& out) override {
      PickySuccessors picky(out, salt_);
      walker_->expand(state, picky);
    }

   private:
    std::unique_ptr<Walker> walker_;
    std::uint64_t salt_;
  };

  RaftModel model_;
  std::uint64_t salt_;
};

// Nothing that matters is taken out of replicas: cores from which nothing is taken out go the same
// ways. RaftStory compares both after each step.
TEST(RaftModel, CoresGoEveryWayOfTheWalk) {
  for (const std::string& text : small_raft_scopes()) {
    std::size_t longest = 0;
    for (std::uint64_t salt = 0; salt < 6; ++salt) {
      Picky model(scope_of(text), salt);
      const Exploration e = walk(model);
      if (e.end != End::kBroken) continue;
      RaftStory story(scope_of(text));
      for (const std::string& step : model.words(e.path)) {
        const auto refused = story.make(step);
        ASSERT_FALSE(refused.has_value()) << text << ": " << step << " " << *refused;
        ASSERT_FALSE(story.finding().has_value())
            << text << ": " << step << ", " << story.finding()->property;
      }
      longest = std::max(longest, e.path.size());
    }
    EXPECT_GT(longest, 5u) << text;
  }
}

// What a core asserts ends a walk with the way there, not the process.
TEST(RaftStepper, TakesAFailedAssertionOfTheCoreForAFinding) {
  const RaftStepper stepper(scope_of("E1 R0 C1"));
  RaftReplica replica = stepper.start(ReplicaId(2));
  replica.disk.entries.front().term = Term(7);  // no core wrote this: its hard state is of term 1
  trace::NullSink sink;
  const RaftStep step = stepper.step(replica, {.what = Happening::kCrash}, Instant(), sink);
  ASSERT_TRUE(step.finding.has_value());
  EXPECT_EQ(step.finding->property, "an assertion of the core");
  EXPECT_EQ(step.finding->sentence.rfind("r2: assertion failed: ", 0), 0u)
      << step.finding->sentence;
  // It holds for cores that are being stepped, and for nothing else.
  EXPECT_DEATH(PLUMB_ASSERT(replica.disk.entries.empty()), "assertion failed");
}

TEST(RaftStory, SaysWhyAStepCannotBeMade) {
  RaftStory story(scope_of("E2 R1 C0"));
  EXPECT_FALSE(story.make("r1 times out").has_value());
  EXPECT_FALSE(story.take_lines().empty());
  EXPECT_FALSE(story.make("r2 gets from r1: vote in term 2? log 1^1").has_value());
  EXPECT_TRUE(story.make("r2 gets from r1: vote in term 3? log 1^1").has_value());
  EXPECT_TRUE(story.make("r9 times out").has_value());
  EXPECT_TRUE(story.make("r1 sings").has_value());
}

TEST(RaftScope, IsReadAsItIsWritten) {
  for (const std::string& text : standard_raft_scopes()) {
    EXPECT_EQ(describe(scope_of(text)), text);
  }
  EXPECT_EQ(describe(scope_of("pre-vote C1 E2")), "E2 R0 C1 pre-vote");
  for (const std::string wrong : {"E99", "X1", "E", "N9", "batch-0", "fused", "A2 N5", "R12 D5"}) {
    EXPECT_FALSE(parse_raft_scope(wrong).ok()) << wrong;
  }
}

TEST(RaftWords, StepsAreReadAsTheyAreWritten) {
  for (const std::string words :
       {"r1 times out", "r2 gets from r3: vote in term 2", "r1 sends heartbeats",
        "r3 is given a request", "r1 syncs a batch", "r2 crashes and restarts",
        "r1 is asked to add r4", "r1 is asked to remove r2", "r2 takes a snapshot"}) {
    const auto step = parse_words(words);
    ASSERT_TRUE(step.has_value()) << words;
    EXPECT_EQ(words_of(*step), words);
  }
  for (const std::string wrong :
       {"", "r1", "r0 times out", "r1 times out twice", "r1 is asked to add"}) {
    EXPECT_FALSE(parse_words(wrong).has_value()) << wrong;
  }
}

TEST(ModelRun, IsReadAsItIsWritten) {
  const std::string path = std::filesystem::path(::testing::TempDir()) / "model-run.json";
  const ModelRun run{"raft", "E1 R0 C0", "RF-01", "I1 \"quoted\"", "why", {"r1 times out"}};
  ASSERT_TRUE(save_run(run, path).ok());
  const auto back = load_run(path);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(*back, run);
  EXPECT_FALSE(load_run(path + ".not").ok());
}

TEST(ModelCores, EachCoreReadsItsOwnScopes) {
  for (const Core& core : cores()) {
    for (const auto* list : {&core.scopes, &core.small_scopes, &core.plant_scopes}) {
      for (const std::string& scope : *list) {
        const auto parsed = core.parse(scope);
        ASSERT_TRUE(parsed.ok()) << scope;
        EXPECT_EQ(*parsed, scope);
      }
    }
  }
  EXPECT_EQ(find_core("raft")->name, "raft");
  EXPECT_EQ(find_core("paxos"), nullptr);
}

}  // namespace
}  // namespace plumbline::model
