// The notation for tests: every function, and where exactly it is wrong.

#include "checker/formats/micro.h"

#include <gtest/gtest.h>

#include "tests/checker/formats/loading.h"

namespace plumbline::checker {
namespace {

Told micro(std::string_view text) {
  auto lines = lines_of(parse_micro(text));
  for (std::string& line : lines) {
    for (auto at = line.find("000000"); at != std::string::npos; at = line.find("000000")) {
      line.erase(at, 6);
    }
  }
  return lines;
}

TEST(Micro, ClientsCallsAnswersAndTimes) {
  EXPECT_EQ(micro("c1 w(x 1) [0..10] ok; c2 r(x)->1 [5..20]"),
            (Told{"c1 write(x, 1) [0..10] ok", "c2 read(x) [5..20] 1"}));
}

TEST(Micro, WithoutTimesOneComesAfterTheOther) {
  EXPECT_EQ(micro("c1 w(x 1)\nc2 r(x)->1 [9..12]\n\nc1 w(x 2); c1 w(x 3) [20..]"),
            (Told{"c1 write(x, 1) [1..2] ok", "c2 read(x) [9..12] 1", "c1 write(x, 2) [13..14] ok",
                  "c1 write(x, 3) [20..] unknown"}));
}

TEST(Micro, OutcomesRevisionsAndSessions) {
  const auto history = parse_micro("c1 w(x 1) fail; c1 w(x 2) unknown s3.1; c2 w(x 2) s3.1 @7");
  EXPECT_EQ(lines_of(history), (Told{"c1 write(x, 1) [1000000..2000000] fail",
                                     "c1 write(x, 2) [3000000..4000000] unknown",
                                     "c2 write(x, 2) [5000000..6000000] ok, at revision 7"}));
  EXPECT_EQ(history.value().operations[2].session(), (SessionSequence{3, 1}));
}

TEST(Micro, OperationsAreInOrderOfTheirCalls) {
  EXPECT_EQ(micro("c1 r(x)->1 [5..6]; c2 w(x 1) [0..9]"),
            (Told{"c2 write(x, 1) [0..9] ok", "c1 read(x) [5..6] 1"}));
}

TEST(Micro, EveryFunction) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"read(x)->nil", "read(x) [1..2] nil"},
      {"r()->[1 \"a b\" true]", "read() [1..2] [1, \"a b\", true]"},
      {"cas(x 1 2)->true", "cas(x, 1, 2) [1..2] true"},
      {"cas(x 1 2)->false 3", "cas(x, 1, 2) [1..2] false, 3"},
      {"cas(x, 1, 2)->false [3] [1..2]", "cas(x, 1, 2) [1..2] false, [3]"},
      {"put(x v)", "put(x, \"v\") [1..2] ok"},
      {"get(x)->v", "get(x) [1..2] \"v\""},
      {"del(x)->true", "delete(x) [1..2] true"},
      {"append(x 7)", "append(x, 7) [1..2] ok"},
      {"acq(m)", "acquire(m) [1..2] ok"},
      {"rel()", "release() [1..2] ok"},
      {"enq(q 5)", "enqueue(q, 5) [1..2] ok"},
      {"deq(q)->5", "dequeue(q) [1..2] 5"},
      {"drain(q)->[5 6]", "drain(q) [1..2] [5, 6]"},
      {"add(5)", "add(, 5) [1..2] ok"},
      {"rem(s 5)->false", "remove(s, 5) [1..2] false"},
      {"transfer(0 1 10)", "transfer(, 0, 1, 10) [1..2] ok"},
      {"gen()->-9", "generate() [1..2] -9"},
      {"txn([r x nil])->[r x 1]", "txn(, [\"r\", \"x\", nil]) [1..2] [\"r\", \"x\", 1]"},
      {"state()->[]", "state() [1..2] []"},
  };
  for (const auto& [text, line] : cases) EXPECT_EQ(micro("c8 " + text), Told{"c8 " + line}) << text;
}

TEST(Micro, StepsOfTransactions) {
  EXPECT_EQ(micro("c1 wx1 ry_ rz rv5 rw12"),
            Told{R"(c1 txn(, ["w", "x", 1], ["r", "y", nil], ["r", "z", nil], ["r", "v", nil], )"
                 R"(["r", "w", nil]) [1..2] ["w", "x", 1], ["r", "y", nil], ["r", "z", nil], )"
                 R"(["r", "v", 5], ["r", "w", 12])"});
  EXPECT_EQ(micro("c1 ax1; c2 ry12 rx[] rz[10]; c1 ax2 fail"),
            (Told{R"(c1 txn(, ["append", "x", 1]) [1..2] ["append", "x", 1])",
                  R"(c2 txn(, ["r", "y", nil], ["r", "x", nil], ["r", "z", nil]) [3..4] )"
                  R"(["r", "y", [1, 2]], ["r", "x", []], ["r", "z", [10]])",
                  R"(c1 txn(, ["append", "x", 2]) [5..6] fail)"}));
}

TEST(Micro, CommentsAndBlankLines) {
  EXPECT_EQ(micro("# what happened\n\n c1 add(1) # twice\n;;\r\n"), Told{"c1 add(, 1) [1..2] ok"});
  EXPECT_EQ(micro(""), Told{});
}

TEST(MicroProblems, LineAndColumn) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"w(x 1)", "1: column 1: an operation begins with its client: c1"},
      {"c1 w(x 1);\n  c2 q(x)", "2: column 6: unknown function 'q'; the nearest known one is 'kv'"},
      {"c1 wrte(x 1)", "1: column 4: unknown function 'wrte'; the nearest known one is 'write'"},
      {"c1 cas(x)", "1: column 4: cas takes 2 arguments, not 0"},
      {"c1 w(x 1", "1: column 9: a value must stand here"},
      {"c1 w(x [1", "1: column 8: the list is not closed"},
      {"c1 w(x \"a", "1: column 8: the quote is not closed"},
      {"c1 w(x 9223372036854775808)", "1: column 8: an integer of 64 bits must stand here"},
      {"c1 r(x) [1..2]", "1: column 1: read answers with at least 1 result"},
      {"c1 r(x)->", "1: column 10: a value must stand here"},
      {"c1 r(x)->1 [5..2]", "1: column 12: the operation returns before its call"},
      {"c1 w(x 1) maybe",
       "1: column 11: times, an outcome, @revision or the next operation must stand here"},
      {"c1 ax1 b",
       "1: column 8: times, an outcome, @revision or the next operation must stand here"},
      {"c1 ax", "1: column 6: a value must stand here"},
      {"c1", "1: column 3: a function with its arguments, or a step such as ax1, must stand here"},
      {"c1 w(x 1) [0..9]; c1 w(x 2) [5..6]",
       "1: column 1: operation 1 is called by process 1 while an operation of that process is "
       "open"},
      {"c1 w(x " + std::string(100'000, '[') + ")",
       "1: column 40: lists are nested at most 32 deep"},
  };
  for (const auto& [text, problem] : cases) {
    const auto history = parse_micro(text, "m");
    ASSERT_FALSE(history.ok()) << text;
    EXPECT_EQ(history.problem().text(), "m:" + problem) << text.substr(0, 60);
  }
}

}  // namespace
}  // namespace plumbline::checker
