// Jepsen's histories, in EDN, in JSON and as a log: what pairs with what, and what it means.

#include <gtest/gtest.h>

#include "tests/checker/formats/loading.h"

namespace plumbline::checker {
namespace {

TEST(Jepsen, TheSameHistoryInEveryNotation) {
  const Told told = {"c0 write(, 1) [1..3] ok", "c1 read() [2..4] 1", "c0 cas(, 1, 2) [5..6] fail",
                     "c1 cas(, 1, 2) [7..8] true"};
  EXPECT_EQ(lines_of(R"([{:process 0 :type :invoke :f :write :value 1}
                         {:process 1 :type :invoke :f :read :value nil}
                         {:process 0 :type :ok :f :write :value 1}
                         {:process 1 :type :ok :f :read :value 1}
                         {:process 0 :type :invoke :f :cas :value [1 2]}
                         {:process 0 :type :fail :f :cas :value [1 2]}
                         {:process 1 :type :invoke :f :cas :value [1 2]}
                         {:process 1 :type :ok :f :cas :value [1 2]}])"),
            told);
  EXPECT_EQ(lines_of(R"([{"process":0,"type":"invoke","f":"write","value":1},
                         {"process":1,"type":"invoke","f":"read","value":null},
                         {"process":0,"type":"ok","f":"write","value":1},
                         {"process":1,"type":"ok","f":"read","value":1},
                         {"process":0,"type":"invoke","f":"cas","value":[1,2]},
                         {"process":0,"type":"fail","f":"cas","value":[1,2]},
                         {"process":1,"type":"invoke","f":"cas","value":[1,2]},
                         {"process":1,"type":"ok","f":"cas","value":[1,2]}])"),
            told);
  EXPECT_EQ(lines_of("INFO  jepsen.util - 0\t:invoke\t:write\t1\n"
                     "INFO  jepsen.util - 1\t:invoke\t:read\tnil\n"
                     "WARN  jepsen.core - somebody else speaks\n"
                     "INFO  jepsen.util - 0\t:ok\t:write\t1\n"
                     "2020-01-01 INFO [worker 1] jepsen.util: 1 :ok :read 1\n"
                     "INFO  jepsen.util - :nemesis\t:info\t:start\t\"cut\"\n"
                     "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\n"
                     "INFO  jepsen.util - 0\t:fail\t:cas\t[1 2]\n"
                     "INFO  jepsen.util - 1\t:invoke\t:cas\t[1 2]\n"
                     "INFO  jepsen.util - 1\t:ok\t:cas\t[1 2]\n"),
            told);
}

TEST(Jepsen, ATimeoutInALogIsANote) {
  const auto history = loaded(
      "INFO jepsen.util - 3\t:invoke\t:write\t1\n"
      "INFO jepsen.util - 3\t:info\t:write\t:timed-out\n");
  EXPECT_EQ(lines_of(history), Told{"c3 write(, 1) [1..2] unknown"});
  EXPECT_EQ(history.value().operations[0].note(), ":timed-out");
}

TEST(Jepsen, AnErrorIsANoteAndALongOneIsCut) {
  const std::string error(5000, 'e');
  const auto history = loaded(
      "{:type :invoke :f :write :value 1 :process 0}"
      "{:type :info :f :write :value 1 :process 0 :error [:gone \"x\" {:deep 1.5}]}"
      "{:type :invoke :f :write :value 1 :process 1}"
      "{:type :fail :f :write :value 1 :process 1 :error \"" +
      error + "\"}");
  ASSERT_TRUE(history.ok()) << history.problem().text();
  EXPECT_EQ(history.value().operations[0].note(), R"([":gone", "x", [[":deep", "1.5"]]])");
  EXPECT_EQ(history.value().operations[1].note(), error.substr(0, 1000) + "...");
}

// The order of the lines counts: what completed on an earlier line precedes.
TEST(Jepsen, TimesDateTheEventsButTheLinesOrderThem) {
  EXPECT_EQ(
      lines_of("{:type :invoke :f :write :value 1 :process 0 :time 100}"
               "{:type :ok :f :write :value 1 :process 0 :time 200}"
               "{:type :invoke :f :read :value nil :process 1 :time 200}"
               "{:type :invoke :f :read :value nil :process 2 :time 150}"
               "{:type :ok :f :read :value 1 :process 2 :time 160}"
               "{:type :ok :f :read :value 1 :process 1 :time 900}"),
      (Told{"c0 write(, 1) [100..200] ok", "c1 read() [201..900] 1", "c2 read() [201..201] 1"}));
}

TEST(Jepsen, TheNemesisIsSkippedAndACrashIsUnknown) {
  EXPECT_EQ(lines_of("[{:process :nemesis :type :info :f :cut :value #{:n1 :n2}}"
                     " {:process 0 :type :invoke :f :write :value 1}"
                     " {:process 0 :type :info :f :write :value 1}"
                     " {:process 1 :type :invoke :f :write :value 2}]"),
            (Told{"c0 write(, 1) [1..2] unknown", "c1 write(, 2) [3..] unknown"}));
}

TEST(Jepsen, RecordsAndCommentsAndLists) {
  EXPECT_EQ(lines_of("; what Jepsen prints\n"
                     "(#jepsen.history.Op{:process 0, :type :invoke, :f :acquire, :value nil}\n"
                     " #_{:process 5} #jepsen.history.Op{:process 0, :type :ok, :f :acquire})"),
            Told{"c0 acquire() [1..2] ok"});
}

TEST(Jepsen, TransactionsWithoutFunctionAndProcess) {
  EXPECT_EQ(
      lines_of("{:type :invoke :value [[:append 1 5] [:r 2 nil]]}"
               "{:type :invoke :value [[:append 1 6] [:r 2 nil]]}"
               "{:type :ok :value [[:append 1 6] [:r 2 [7]]]}"
               "{:type :fail :value [[:append 1 5] [:r 2 nil]]}"
               "{:type :invoke :f :read :value [[:r 2 nil]]}"
               "{:type :ok :f :read :value [[:r 2 [7]]]}"),
      (Told{R"(c0 txn(, ["append", 1, 5], ["r", 2, nil]) [1..4] fail)",
            R"(c1 txn(, ["append", 1, 6], ["r", 2, nil]) [2..3] ["append", 1, 6], ["r", 2, [7]])",
            R"(c2 txn(, ["r", 2, nil]) [5..6] ["r", 2, [7]])"}));
}

TEST(Jepsen, WithoutProcessesTheOldestOfTheSameShapeCompletes) {
  EXPECT_EQ(
      lines_of("{:type :invoke :f :write :value 1}{:type :invoke :f :write :value 2}"
               "{:type :invoke :f :write :value 1}{:type :ok :f :write :value 2}"
               "{:type :ok :f :write :value 1}"),
      (Told{"c0 write(, 1) [1..5] ok", "c1 write(, 2) [2..4] ok", "c2 write(, 1) [3..] unknown"}));
  EXPECT_EQ(lines_of("{:type :invoke :f :write :value 1}{:type :invoke :f :read}"
                     "{:type :info :f :write}"),
            (Told{"c0 write(, 1) [1..3] unknown", "c1 read() [2..] unknown"}));
}

TEST(Jepsen, IndependentKeysAreSeenOnTheFirstInvocation) {
  const std::string history =
      "{:type :invoke :f :write :value [7 [1 2]] :process 0}"
      "{:type :ok :f :write :value [7 [1 2]] :process 0}"
      "{:type :invoke :f :read :value [8 nil] :process 0}"
      "{:type :ok :f :read :value [8 nil] :process 0}";
  EXPECT_EQ(lines_of(history), (Told{"c0 write(7, [1, 2]) [1..2] ok", "c0 read(8) [3..4] nil"}));
  EXPECT_EQ(lines_of("{:type :invoke :f :cas :value [1 2] :process 0}"
                     "{:type :ok :f :cas :value [1 2] :process 0}"
                     "{:type :invoke :f :write :value [1 2] :process 0}"),
            (Told{"c0 cas(, 1, 2) [1..2] true", "c0 write(, [1, 2]) [3..] unknown"}));
  EXPECT_EQ(lines_of("{:type :invoke :f :cas :value [\"k\" [1 2]] :process 0}"),
            Told{"c0 cas(k, 1, 2) [1..] unknown"});
  EXPECT_EQ(problem_of("{:type :invoke :f :read :value [1 nil] :process 0}\n"
                       "{:type :invoke :f :read :value nil :process 1}"),
            "h:2: the value must be [key, value], as those of all other operations are, not nil");
}

TEST(Jepsen, AnIndependentAnswerMayListItsElementsAfterTheKey) {
  EXPECT_EQ(lines_of("{:type :invoke :f :read :value [0 nil] :process 0}"
                     "{:type :ok :f :read :value [0 1 2 3] :process 0}",
                     {.params = "independent-keys"}),
            Told{"c0 read(0) [1..2] [1, 2, 3]"});
  EXPECT_EQ(problem_of("{:type :invoke :f :read :value [0 nil] :process 0}"
                       "{:type :ok :f :read :value [1 1 2 3] :process 0}"),
            "h:1: the call was for key 0, the answer is for 1");
}

TEST(Jepsen, KeysAsAMember) {
  EXPECT_EQ(lines_of("{:process 0 :type :invoke :f :append :key \"0\" :value \"x 0 y\"}\n"
                     "{:process 1 :type :invoke :f :get :key \"0\" :value nil}\n"
                     "{:process 1 :type :ok :f :get :key \"0\" :value \"\"}\n"),
            (Told{R"(c0 append(0, "x 0 y") [1..] unknown)", R"(c1 get(0) [2..3] "")"}));
  EXPECT_EQ(problem_of("{:process 0 :type :invoke :f :get :key \"0\"}\n"
                       "{:process 1 :type :invoke :f :get :key 0}\n"),
            "h:2: key 0 is an integer, those before it are not");
}

TEST(Jepsen, ABank) {
  const Told told = {R"(c0 transfer(, 6, 1, 3) [1..2] ok)",
                     R"(c0 read() [3..4] [[1, 8], [6, -2], [10, 0]])"};
  EXPECT_EQ(lines_of("{:type :invoke :f :transfer :value {:from 6 :to 1 :amount 3} :process 0}"
                     "{:type :ok :f :transfer :value {:from 6 :to 1 :amount 3} :process 0}"
                     "{:type :invoke :f :read :process 0}"
                     "{:type :ok :f :read :value {10 0, 6 -2, 1 8} :process 0}"),
            told);
  EXPECT_EQ(lines_of(R"([{"type":"invoke","f":"transfer","process":0,
                          "value":{"to":1,"from":6,"amount":3}},
                         {"type":"ok","f":"transfer","process":0},
                         {"type":"invoke","f":"read","process":0},
                         {"type":"ok","f":"read","process":0,
                          "value":{"10":0,"6":-2,"1":8}}])"),
            told);
}

TEST(Jepsen, EveryOtherFunction) {
  const std::vector<std::tuple<std::string, std::string, std::string, std::string>> cases = {
      {":add", "5", "5", "add(, 5) [1..2] ok"},
      {":remove", "5", "5", "remove(, 5) [1..2] ok"},
      {":read", "nil", "#{3 1 2}", "read() [1..2] [1, 2, 3]"},
      {":enqueue", "5", "5", "enqueue(, 5) [1..2] ok"},
      {":dequeue", "nil", "5", "dequeue() [1..2] 5"},
      {":drain", "nil", "[5 6]", "drain() [1..2] [5, 6]"},
      {":acquire", "nil", "nil", "acquire() [1..2] ok"},
      {":release", "nil", ":whatever", "release() [1..2] ok"},
      {":generate", "nil", "99", "generate() [1..2] 99"},
      {":put", "\"v\"", "\"v\"", "put(, \"v\") [1..2] ok"},
      {":delete", "nil", "nil", "delete() [1..2] ok"},
      {":append", "1", "1", "append(, 1) [1..2] ok"},
      {":txn", "[]", "[]", "txn() [1..2] ok"},
      {":write", "12345678901234567890", "12345678901234567890",
       "write(, \"12345678901234567890\") [1..2] ok"},
  };
  for (const auto& [function, asked, told, line] : cases) {
    const std::string head = "{:process 4 :f " + function;
    EXPECT_EQ(lines_of(head + " :type :invoke :value " + asked + "}" + head + " :type :ok :value " +
                       told + "}"),
              Told{"c4 " + line})
        << function;
  }
}

TEST(Jepsen, AnEmptyHistory) {
  EXPECT_EQ(lines_of("[]", {.format = "jepsen-edn"}), Told{});
  EXPECT_EQ(lines_of("; nothing\n", {.format = "jepsen-edn"}), Told{});
  EXPECT_EQ(lines_of("[]", {.format = "jepsen-json"}), Told{});
}

TEST(JepsenProblems, EntriesThatMakeNoSense) {
  const std::string open = "{:process 1 :type :invoke :f :write :value 1 :time 50 :index 4}\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{:f :read}", "member :type is missing"},
      {"{:type 7}", "member :type must be a keyword, not 7"},
      {"{:type :invok}", "unknown type 'invok'; the nearest known one is 'invoke'"},
      {"{:type :invoke :f :red :process 2}",
       "unknown function 'red'; the nearest known one is 'read'"},
      {"{:type :invoke :process 2}", "member :f is missing"},
      {"{:type :invoke :f 7 :process 2}", "member :f must be the name of a function"},
      {"{:type :invoke :f :read :process 1}", "process 1 invokes while its operation 0 is open"},
      {"{:type :invoke :f :read :process 2 :client 1}",
       "client 1 invokes while an operation of it is open"},
      {"{:type :ok :f :read :process 2}", "process 2 completes what it did not invoke"},
      {"{:type :ok :f :read :process 1}",
       "operation 0 was invoked as \":write\" and completes as \":read\""},
      {"{:type :ok :f :write :value 2 :process 1}",
       "the answer repeats 2, which is not what was asked"},
      {"{:type :invoke :f :read}", "member :process is missing, other operations have it"},
      {"{:type :invoke :f :read :process \"one\"}",
       "member :process must be an integer or :nemesis, not \"one\""},
      {"{:type :invoke :f :read :process 2 :time -1}", "member :time is negative"},
      {"{:type :invoke :f :read :process 2 :time 1.5}",
       "member :time must be an integer of 64 bits"},
      {"{:type :invoke :f :read :process 2 :time 9223372036854775808}",
       "member :time must be an integer of 64 bits"},
      {"{:type :invoke :f :read :process 2 :time 9223372036854775807}",
       "member :time is absurdly late"},
      {"{:type :invoke :f :read :process 2 :index 4}", "index 4 after index 4"},
      {"{:type :ok :f :write :process 1 :time 49}", "operation 0 returns before its call"},
      {"{:type :invoke :f :cas :value 3 :process 2}", "a cas must be [expected, new], not 3"},
      {"{:type :invoke :f :transfer :value {:from 1} :process 2}",
       "a transfer needs :from, :to and :amount"},
      {"{:type :invoke :f :txn :value [[:q 1 2]] :process 2}",
       "a micro-operation must be [r, key, nil], [w, key, value] or [append, key, value], not "
       "[\":q\", 1, 2]"},
      {"{:type :invoke :f :txn :value 3 :process 2}",
       "a transaction must be a list of micro-operations"},
      {"{:type :invoke :f :append :value nil :process 2}",
       "append takes one token, neither nil nor a list"},
      {"{:type :invoke :f :read :f :write}", "member :f occurs twice"},
      {"[1 2]", "unexpected '[' where the map of an operation must stand"},
  };
  for (const auto& [entry, problem] : cases) {
    EXPECT_EQ(problem_of(open + entry), "h:2: " + problem) << entry;
  }
}

TEST(JepsenProblems, AnswersToTransactionsMustFit) {
  const std::string open = "{:process 1 :type :invoke :value [[:r 1 nil]]}\n";
  EXPECT_EQ(problem_of(open + "{:process 1 :type :ok :value [[:r 2 7]]}"),
            "h:2: step 0 of txn asks [\"r\", 1, nil] and is answered [\"r\", 2, 7]");
  EXPECT_EQ(problem_of(open + "{:process 1 :type :ok :value [[:r 1 7] [:r 1 7]]}"),
            "h:2: txn answers with as many steps as it took");
}

TEST(JepsenProblems, WithoutProcessesACompletionNeedsItsCall) {
  const std::string open = "{:type :invoke :f :write :value 1}\n";
  EXPECT_EQ(problem_of(open + "{:type :ok :f :write :value 2}"),
            "h:2: a completion of write that was not invoked");
  EXPECT_EQ(problem_of(open + "{:type :invoke :f :write :value 2}{:type :info :f :write}"),
            "h:2: any of several open operations may be the write that completes");
  EXPECT_EQ(problem_of(open + "{:type :ok :f :write :value 1 :process 0}"),
            "h:2: member :process is here, other operations lack it");
}

TEST(JepsenProblems, TheFrameOfAFile) {
  const std::string entry = "{:process 0 :type :invoke :f :read}";
  EXPECT_EQ(problem_of("[" + entry), "h:1: truncated: ']' is missing");
  EXPECT_EQ(problem_of("[" + entry + "\n{:process 1"),
            "h:2: truncated: the end comes where a value must stand");
  EXPECT_EQ(problem_of("[" + entry + "]\n{}"), "h:2: something follows the end of the history");
  EXPECT_EQ(problem_of(R"([{"process":0,"type":"invoke","f":"read"} {}])"),
            "h:1: unexpected '{' where ',' or ']' must stand");
  EXPECT_EQ(problem_of(R"([{"process":0,"type":"invoke","f":"read"})"),
            "h:1: truncated: ']' is missing");
  EXPECT_EQ(problem_of("INFO hello\n", {.format = "jepsen-log"}),
            "h: no line in it names jepsen.util, which prints the operations");
  EXPECT_EQ(problem_of("INFO jepsen.util - 0 :invoke\n"),
            "h:1: an entry has a process, type, function, value and perhaps an error");
  EXPECT_EQ(problem_of("INFO jepsen.util - 0 :invoke :read"),
            "h:1: truncated: the line has no end");
  EXPECT_EQ(problem_of("INFO jepsen.util - 0 :invoke :write \"\xff\"\n"),
            "h:1: a string is not UTF-8");
}

}  // namespace
}  // namespace plumbline::checker
