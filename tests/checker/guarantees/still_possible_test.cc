// Which weaker models a history that is not linearizable rules out, and which it certainly does
// not.

#include "checker/guarantees/still_possible.h"

#include <algorithm>
#include <deque>
#include <map>

#include "tests/checker/guarantees/support.h"

namespace plumbline::checker {
namespace {

using Names = std::vector<std::string>;

const Names kAll = {"sequential",         "causal",          "PRAM",
                    "read-your-writes",   "monotonic-reads", "monotonic-writes",
                    "writes-follow-reads"};

TEST(StillPossible, AStaleReadOfAnotherClientRulesNothingOut) {
  HistoryBuilder h;
  h.write(1, 1, 10).ok(20);
  h.read(2, 30).ok(40, {Value()});
  EXPECT_EQ(still_possible(h).ruled_out, Names{});
  EXPECT_EQ(still_possible(h).still_possible, kAll);
}

TEST(StillPossible, AStaleReadOfTheWriterRulesOutAllThatKeepsItsOrder) {
  HistoryBuilder h;
  h.write(1, 1, 10).ok(20);
  h.read(1, 30).ok(40, {Value()});
  EXPECT_EQ(still_possible(h).ruled_out,
            (Names{"sequential", "causal", "PRAM", "read-your-writes"}));
  EXPECT_EQ(still_possible(h).still_possible,
            (Names{"monotonic-reads", "monotonic-writes", "writes-follow-reads"}));
}

TEST(StillPossible, ReadersThatDisagreeRuleOutASequence) {
  HistoryBuilder h;
  h.write(1, 1, 0).ok(5);
  h.write(2, 2, 0).ok(5);
  h.read(3, 10).ok(20, {1});
  h.read(4, 10).ok(20, {2});
  h.read(3, 30).ok(40, {2});
  h.read(4, 30).ok(40, {1});
  EXPECT_EQ(still_possible(h).ruled_out, Names{"sequential"});
}

TEST(StillPossible, AnEffectBeforeItsCauseRulesOutCausality) {
  HistoryBuilder h;
  h.write(1, 1, 0).ok(5);
  h.read(2, 10).ok(20, {1});
  h.write(2, 2, 30).ok(40);
  h.read(3, 50).ok(60, {2});
  h.read(3, 70).ok(80, {1});
  EXPECT_EQ(still_possible(h).ruled_out, (Names{"sequential", "causal"}));
}

TEST(StillPossible, WritesOfOneClientOutOfOrderRuleOutPram) {
  HistoryBuilder h;
  h.write(1, 1, 0).ok(5);
  h.write(1, 2, 10).ok(15);
  h.read(3, 50).ok(60, {2});
  h.read(3, 70).ok(80, {1});
  EXPECT_EQ(still_possible(h).ruled_out, (Names{"sequential", "causal", "PRAM"}));
}

TEST(StillPossible, RevisionsAreAnOrderForAll) {
  HistoryBuilder h;
  h.put(1, "a", 0).ok(5).revision(3);
  h.put(1, "b", 10).ok(15).revision(2);
  EXPECT_EQ(still_possible(h).ruled_out,
            (Names{"sequential", "causal", "PRAM", "monotonic-writes"}));
}

// --- Stores that keep a model are never accused of breaking it
// ---------------------------------------

constexpr int kClients = 3;

enum class Kept { kPram, kCausal, kSequential };

// Clients with a copy of one register each. A write is applied to the own copy at once and sent to
// the others, which apply the writes of one sender in order, at any time; a causal store holds a
// write back until all that its sender had applied is applied; a sequential one has one log, of
// which a client has applied a beginning.
class WeakStore {
 public:
  WeakStore(Kept kept, Dice& dice) : kept_(kept), dice_(dice) {}

  History run(int operations) {
    for (int i = 0; i < operations; ++i) {
      for (int n = 0; n < 3; ++n) deliver_something();
      act(static_cast<std::size_t>(dice_.below(kClients)), i);
    }
    return std::move(history_);
  }

 private:
  struct Write {
    Value value;
    std::array<std::size_t, kClients> needs = {};  // How many writes of each were applied before.
  };
  struct Client {
    Value copy;
    std::array<std::size_t, kClients> applied = {};
    std::size_t log_read = 0;
  };

  void deliver_something() {
    const auto to = static_cast<std::size_t>(dice_.below(kClients));
    const auto from = static_cast<std::size_t>(dice_.below(kClients));
    Client& client = clients_[to];
    if (kept_ == Kept::kSequential) {
      if (client.log_read < log_.size()) client.copy = log_[client.log_read++];
      return;
    }
    if (client.applied[from] == sent_[from].size()) return;
    const Write& write = sent_[from][client.applied[from]];
    for (std::size_t i = 0; i < kClients; ++i) {
      if (kept_ == Kept::kCausal && client.applied[i] < write.needs[i]) return;
    }
    client.copy = write.value;
    ++client.applied[from];
  }

  void write(std::size_t self, const Value& value) {
    Client& client = clients_[self];
    if (kept_ == Kept::kSequential) {
      log_.push_back(value);
      client.log_read = log_.size();
    } else {
      sent_[self].push_back({value, client.applied});
      ++client.applied[self];
    }
    client.copy = value;
  }

  void act(std::size_t self, std::int64_t time) {
    Operation op;
    op.process = static_cast<std::int64_t>(self);
    op.key = "x";
    op.invoked_at = 10 * time;
    op.returned_at = op.invoked_at + 5;
    op.outcome = Outcome::kOk;
    op.function = dice_.percent(60) ? Function::kRead : Function::kWrite;
    if (op.function == Function::kWrite) {
      op.arguments = {time + 1};
      write(self, op.arguments[0]);
      if (dice_.percent(20)) op.outcome = Outcome::kUnknown;
    } else {
      op.results = {clients_[self].copy};
    }
    history_.operations.push_back(std::move(op));
  }

  Kept kept_;
  Dice& dice_;
  std::array<Client, kClients> clients_;
  std::array<std::vector<Write>, kClients> sent_;
  std::vector<Value> log_;
  History history_;
};

TEST(StillPossible, NeverAccusesAStoreOfBreakingTheModelThatItKeeps) {
  std::map<std::string, int> ruled_out;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    for (const Kept kept : {Kept::kPram, Kept::kCausal, Kept::kSequential}) {
      Dice dice(seed);
      const History history = WeakStore(kept, dice).run(20);
      const Possibilities found = still_possible(history);
      Names may_be_ruled_out;
      if (kept != Kept::kSequential) may_be_ruled_out.emplace_back("sequential");
      if (kept == Kept::kPram) may_be_ruled_out.emplace_back("causal");
      for (const std::string& name : found.ruled_out) {
        ++ruled_out[name];
        EXPECT_TRUE(std::count(may_be_ruled_out.begin(), may_be_ruled_out.end(), name) > 0)
            << name << ", seed " << seed << all_of(history);
      }
      EXPECT_EQ(found.ruled_out.size() + found.still_possible.size(), kAll.size());
    }
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(ruled_out["sequential"], 300);
  EXPECT_GT(ruled_out["causal"], 20);
}

TEST(StillPossible, RulesNothingOutOfALinearizableHistory) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Dice dice(seed);
    RandomShape shape;
    shape.operations = 12;
    shape.map = dice.percent(50);
    shape.only_appends = dice.percent(30);
    shape.revisions = dice.percent(30);
    const History history = linearizable_history(shape, dice);
    EXPECT_EQ(still_possible(history).ruled_out, Names{}) << "seed " << seed << all_of(history);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace plumbline::checker
