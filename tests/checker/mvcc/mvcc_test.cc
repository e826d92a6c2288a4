// The one entrance: everything in one verdict (checker/mvcc/mvcc.h), on histories of correct stores
// and on the same with one thing wrong.

#include "checker/mvcc/mvcc.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "checker/history/text.h"
#include "tests/checker/mvcc/mvcc_builder.h"

namespace plumbline::checker::mvcc {
namespace {

using B = StoreBuilder;

std::string all_of(const History& history) {
  std::string out;
  for (const Operation& op : history.operations) {
    out += "\n" + std::to_string(op.invoked_at / 1000000) + ".." +
           std::to_string(op.returned_at / 1000000) + " " + client_text(op) + " ";
    for (const Value& result : op.results) out += to_text(result);
    if (op.revision) out += " r" + std::to_string(*op.revision);
  }
  return out;
}

Report worst(const std::vector<Report>& reports) {
  Report found;
  for (const Report& report : reports) {
    if (report.verdict > found.verdict) found = report;
  }
  return found;
}

MvccShape shape_of(Dice& dice) {
  MvccShape shape;
  shape.watches = static_cast<int>(dice.below(3));
  shape.leases = static_cast<int>(dice.below(4));
  shape.compactions = static_cast<int>(dice.below(2)) * 5;
  shape.states = 2;
  shape.unknown_percent = static_cast<int>(dice.below(30));
  return shape;
}

TEST(Mvcc, CorrectStoresRaiseNoAlarm) {
  MvccOptions options;
  options.lease_bound_ns = 1;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    Dice dice(seed);
    const History history = mvcc_history(shape_of(dice), dice);
    ASSERT_EQ(fault_of(history), std::nullopt) << seed << *fault_of(history);
    const Report report = worst(check_mvcc(history, options));
    ASSERT_NE(report.verdict, Verdict::kInvalid)
        << seed << " " << report.property << ": " << report.sentence << all_of(history);
  }
}

// --- One thing wrong ---

using Break = bool (*)(History&, Dice&);

std::vector<Operation*> those(History& history, Function function) {
  std::vector<Operation*> found;
  for (Operation& op : history.operations) {
    if (op.function == function && op.outcome == Outcome::kOk) found.push_back(&op);
  }
  return found;
}

std::vector<Operation*> changes(History& history) {
  std::vector<Operation*> found;
  for (Operation* op : those(history, Function::kKv)) {
    if (op->revision && wrote(parse_response(op->results[0]))) found.push_back(op);
  }
  return found;
}

bool reuse_a_revision(History& history, Dice& dice) {
  const auto all = changes(history);
  if (all.size() < 2) return false;
  const auto at = static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(all.size()) - 1));
  all[at + 1]->revision = all[at]->revision;
  return true;
}

// A read that shows one key fewer than it should, with a count that fits.
bool tear_a_read(History& history, Dice&) {
  for (Operation* op : those(history, Function::kKv)) {
    if (op->arguments[0].list()[0].text() != "range") continue;
    KvResponse response = parse_response(op->results[0]);
    if (response.kvs.size() < 2) continue;
    response.kvs.pop_back();
    --response.count;
    op->results[0] = to_value(response);
    return true;
  }
  return false;
}

// Positions of the responses of one watch that have events.
std::vector<std::size_t> with_events(const Operation& watch) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < watch.results.size(); ++i) {
    if (watch.results[i].list()[0].text() == "events") found.push_back(i);
  }
  return found;
}

template <typename Change>
bool change_watch(History& history, const Change& change) {
  for (Operation* watch : those(history, Function::kWatch)) {
    const auto events = with_events(*watch);
    if (events.size() < 3) continue;
    std::vector<Value> responses(watch->results.begin(), watch->results.end());
    change(responses, events);
    watch->results = Values(responses);
    return true;
  }
  return false;
}

bool leave_a_gap(History& history, Dice&) {
  return change_watch(history, [](auto& responses, const auto& events) {
    responses.erase(responses.begin() + static_cast<std::ptrdiff_t>(events[1]));
  });
}

bool tell_twice(History& history, Dice&) {
  return change_watch(history, [](auto& responses, const auto& events) {
    responses.insert(responses.begin() + static_cast<std::ptrdiff_t>(events[1]),
                     Value(responses[events[1]]));
  });
}

bool swap_two(History& history, Dice&) {
  return change_watch(history, [](auto& responses, const auto& events) {
    std::swap(responses[events[1]], responses[events[2]]);
  });
}

// The changes of one revision in two responses.
bool split(History& history, Dice&) {
  for (Operation* watch : those(history, Function::kWatch)) {
    std::vector<Value> responses(watch->results.begin(), watch->results.end());
    for (std::size_t i = 0; i < responses.size(); ++i) {
      if (responses[i].list()[0].text() != "events") continue;
      Value::List first = responses[i].list();
      if (first[3].list().size() < 2) continue;
      Value::List second = first;
      first[3] = Value(Value::List{first[3].list()[0]});
      second[3] = Value(Value::List(second[3].list().begin() + 1, second[3].list().end()));
      responses[i] = Value(first);
      responses.insert(responses.begin() + static_cast<std::ptrdiff_t>(i) + 1, Value(second));
      watch->results = Values(responses);
      return true;
    }
  }
  return false;
}

bool forget_at_one_server(History& history, Dice&) {
  const auto states = those(history, Function::kState);
  for (Operation* op : states) {
    Value::List state = op->results[0].list();
    if (state[2].list().empty()) continue;
    state[2] = Value(Value::List(state[2].list().begin() + 1, state[2].list().end()));
    op->results = {Value(state)};
    return true;
  }
  return false;
}

TEST(Mvcc, EveryMutationIsRefusedWithAWitnessAndASentence) {
  const std::map<std::string, Break> breaks = {
      {"reuse", reuse_a_revision},     {"torn", tear_a_read}, {"gap", leave_a_gap},
      {"duplicate", tell_twice},       {"reorder", swap_two}, {"split", split},
      {"forget", forget_at_one_server}};
  for (const auto& [name, mutate] : breaks) {
    int made = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
      Dice dice(seed);
      MvccShape shape{.watches = 2, .leases = 0, .states = 2, .unknown_percent = 5};
      History history = mvcc_history(shape, dice);
      if (!mutate(history, dice)) continue;
      ++made;
      const Report report = worst(check_mvcc(history, {}));
      ASSERT_EQ(report.verdict, Verdict::kInvalid) << name << " " << seed << all_of(history);
      ASSERT_FALSE(report.sentence.empty()) << name;
      ASSERT_FALSE(report.topic.empty()) << name;
      ASSERT_FALSE(report.witness.empty()) << name;
      ASSERT_LE(report.witness.size(), 4U) << name;
    }
    EXPECT_GT(made, 50) << name;
  }
}

// --- Who lies ---

TEST(Mvcc, SaysWhetherTheDataOrTheRevisionsLie) {
  B h;
  h.put_ok(1, "a", 1, 10, 2);
  h.put_ok(1, "a", 2, 20, 2);
  MvccOptions options;
  options.judge_data = [](const History&) { return Verdict::kValid; };
  Report report;
  for (const Report& one : check_mvcc(h, options)) {
    if (one.property == "mvcc-who-lies") report = one;
  }
  EXPECT_EQ(report.topic, "revisions-lie");
  EXPECT_EQ(report.sentence,
            "the data is right and the revisions lie: without them some order explains every "
            "answer; with them, revisions are not an order of the changes because put(a, 1) by c1 "
            "and put(a, 2) by c1 both made revision 2");
  options.judge_data = [](const History&) { return Verdict::kInvalid; };
  EXPECT_EQ(check_mvcc(h, options)[2].topic, "data-wrong");
}

// --- Answers and their revisions ---

void expect_replay_refuses(const History& history, const std::string& sentence) {
  ASSERT_EQ(fault_of(history), std::nullopt);
  const Report report = check_mvcc(history, {})[1];
  EXPECT_EQ(report.verdict, Verdict::kInvalid);
  EXPECT_EQ(report.sentence, sentence);
}

TEST(Mvcc, AnAnswerIsThatOfTheModelAtItsRevision) {
  B stale;
  stale.put_ok(1, "a", 1, 10, 2);
  stale.put_ok(1, "a", 2, 20, 3);
  stale.range_ok(2, "a", {kv("a", 1, 2, 2, 1)}, 30, 3);
  expect_replay_refuses(
      stale,
      "range(a) by c2 at revision 3 was answered with key \"a\" with 1 instead of "
      "2; the last change of that before was put(a, 2) by c1");
  B version;
  version.put_ok(1, "a", 1, 10, 2);
  version.put_ok(1, "a", 2, 20, 3);
  version.range_ok(2, "a", {kv("a", 2, 2, 3, 3)}, 30, 3);
  expect_replay_refuses(version,
                        "range(a) by c2 at revision 3 was answered with key \"a\" with version 3 "
                        "instead of 2; the last change of that before was put(a, 2) by c1");
}

TEST(Mvcc, ARevisionIsMadeBySomebody) {
  B good;
  good.put_ok(1, "a", 1, 10, 2);
  good.request(2, put("b", 5), 12).unknown(20);
  good.put_ok(1, "a", 2, 30, 4);
  EXPECT_EQ(worst(check_mvcc(good, {})).verdict, Verdict::kValid);

  B bad;
  bad.put_ok(1, "a", 1, 10, 2);
  bad.put_ok(1, "a", 2, 30, 4);
  bad.request(2, put("b", 5), 40).unknown(50);  // Called after revision 4 was known.
  expect_replay_refuses(bad,
                        "revision 3 was made by nobody: no answer claims it, and no operation of "
                        "unknown outcome and no lease that may have ended explains it");
}

TEST(Mvcc, CompactedReadsFailAndNoOthers) {
  const auto report_of = [](const History& history) {
    for (const Report& report : check_mvcc(history, {})) {
      if (report.property == "mvcc-compaction") return report;
    }
    return Report{};
  };
  B served;
  served.put_ok(1, "a", 1, 10, 2);
  served.put_ok(1, "a", 2, 20, 3);
  served.call(1, Function::kCompact, "", {3}, 30).ok(35).revision(3);
  served.request(2, range("a", "", {option("revision", 2)}), 40)
      .ok(45, {list_of({"range", list_of({kv("a", 1, 2, 2, 1)}), 1, false})})
      .revision(3);
  EXPECT_EQ(report_of(served).topic, "read-below-compaction");

  B refused;
  refused.put_ok(1, "a", 1, 10, 2);
  refused.request(2, range("a", "", {option("revision", 2)}), 40)
      .ok(45, {list_of({"error", "compacted"})});
  EXPECT_EQ(report_of(refused).sentence,
            "range(a at revision 2) by c2 was refused as compacted, but nobody had compacted above "
            "revision 2");
  B future;
  future.put_ok(1, "a", 1, 10, 2);
  future.request(2, range("a", "", {option("revision", 2)}), 40)
      .ok(45, {list_of({"error", "future-revision"})});
  EXPECT_EQ(report_of(future).topic, "false-future");
}

}  // namespace
}  // namespace plumbline::checker::mvcc
