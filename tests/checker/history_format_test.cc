// history.jsonl there and back, and every way in which a file can be wrong with its one line.

#include <gtest/gtest.h>

#include <unistd.h>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "checker/check.h"
#include "checker/history/history_format.h"
#include "checker/history/reader.h"
#include "checker/history/writer.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

std::string temporary_path(const std::string& name) {
  return std::filesystem::temp_directory_path() / (std::to_string(getpid()) + "-" + name);
}

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream content;
  content << in.rdbuf();
  return content.str();
}

std::string written(const History& history) {
  const std::string path = temporary_path("history.jsonl");
  const auto done = write_history(path, history);
  EXPECT_TRUE(done.ok());
  const std::string content = content_of(path);
  std::filesystem::remove(path);
  return content;
}

Result<History> parsed(const std::string& content) {
  std::istringstream in(content);
  return read_history(in, "h.jsonl");
}

std::string problem_of(const std::string& content) {
  const auto read = parsed(content);
  return read.ok() ? "no problem" : read.problem().text();
}

// With a trailer that fits, so that only the lines themselves can be wrong.
std::string sealed(const std::string& lines, int operations) {
  format::Checksum checksum;
  checksum.add(lines);
  char trailer[128];
  std::snprintf(trailer, sizeof trailer,
                "{\"plumbline_history_end\":1,\"operations\":%d,\"checksum\":\"%016llx\"}\n",
                operations, static_cast<unsigned long long>(checksum.value()));
  return lines + trailer;
}

const std::string kHeader = "{\"plumbline_history\":1}\n";
const std::string kPut =
    R"({"type":"call","index":0,"process":1,"time":10,"function":"put","key":"x","arguments":[7]})"
    "\n";
const std::string kPutOk = R"({"type":"ok","index":0,"process":1,"time":20})"
                           "\n";

History example() {
  HistoryBuilder h;
  h.put(1, 7, 1).ok(3).revision(2);
  h.append(2, std::string("\x00\xff\n", 3), 2).unknown(9).session(3, 1);
  h.get(3, 4).ok(5, {list_of({7, "a\"\\\xc3\xa9", Value(), true, list_of({})})});
  h.erase(1, 6).fail(7);
  h.cas(3, Value(), INT64_MIN, 8).ok(9, {false, INT64_MAX});
  History history = h;
  history.meta = {"smoke", "0xffffffffffffffff", "kv-append"};
  history.operations[1].key = std::string("k\xfe", 2);
  history.operations[3].set_note("not the leader");
  history.operations[4].set_server("n1");
  Operation open;
  open.process = 9;
  open.function = Function::kPut;
  open.key = "x";
  open.arguments = {8};
  open.invoked_at = 9'000'000;
  history.operations.push_back(open);
  return history;
}

TEST(HistoryFormat, TheTextIsWhatTheFileHolds) {
  const auto text = history_text(example());
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text.value(), written(example()));
  History broken = example();
  broken.operations[0].invoked_at = -1;
  const auto refused = history_text(broken);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.problem().text().find("history: not written: operation 0"), 0U);
}

TEST(HistoryFormat, RoundTripKeepsEverything) {
  const auto read = parsed(written(example()));
  ASSERT_TRUE(read.ok()) << read.problem().text();
  EXPECT_EQ(read.value(), example());
}

TEST(HistoryFormat, RandomHistoriesRoundTrip) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Dice dice(seed);
    RandomShape shape{.map = dice.percent(50), .operations = 40, .clients = 4, .keys = 2};
    shape.retry_percent = static_cast<int>(dice.below(2)) * 20;
    shape.revisions = dice.percent(50);
    const History history = linearizable_history(shape, dice);
    const auto read = parsed(written(history));
    ASSERT_TRUE(read.ok()) << read.problem().text();
    ASSERT_EQ(read.value(), history) << seed;
  }
}

TEST(HistoryFormat, AWriterThatNeverFinishedLeavesATruncatedFile) {
  const std::string path = temporary_path("unfinished.jsonl");
  {
    auto writer = HistoryWriter::create(path, {});
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE(writer.value().call(example().operations[0]).ok());
    ASSERT_TRUE(writer.value().flush().ok());
    const auto read = read_history_file(path);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.problem().kind, Problem::Kind::kTruncated);
    EXPECT_EQ(read.problem().text(),
              path + ":2: truncated: the trailer is missing (1 operations, 1 of them open)");
  }
  std::filesystem::remove(path);
}

TEST(HistoryFormat, AFaultyHistoryIsNotWritten) {
  HistoryBuilder h;
  h.get(1, 10).ok(20);
  const std::string path = temporary_path("faulty.jsonl");
  const auto done = write_history(path, h);
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.problem().text(),
            path + ": not written: operation 0: get answers with at least 1 result");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(HistoryFormat, PathsThatCannotBeOpened) {
  EXPECT_EQ(read_history_file("/nowhere/h.jsonl").problem().text(),
            "/nowhere/h.jsonl: cannot be opened");
  EXPECT_EQ(write_history("/nowhere/h.jsonl", {}).problem().text(),
            "/nowhere/h.jsonl: cannot be created");
}

TEST(HistoryFormat, AFullDiskIsReportedOnceAndForAll) {
  const auto done = write_history("/dev/full", example());
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.problem().kind, Problem::Kind::kIo);
  EXPECT_EQ(done.problem().text(), "/dev/full: cannot be written");
}

TEST(HistoryFormat, OnlyOpenOperationsAreHeld) {
  std::istringstream in(written(example()));
  std::vector<std::uint64_t> order;
  const auto meta = stream_history(
      in, "h.jsonl", [&](std::uint64_t index, Operation&&) { order.push_back(index); });
  ASSERT_TRUE(meta.ok());
  EXPECT_EQ(meta.value().seed, "0xffffffffffffffff");
  EXPECT_EQ(order, (std::vector<std::uint64_t>{0, 2, 3, 1, 4, 5}));  // By return; the open last.
}

TEST(HistoryFormat, TheExampleInTheDocumentIsRight) {
  const std::string document = content_of("../../checker/history/FORMAT.md");
  const std::size_t begin = document.find("{\"plumbline_history\":1,\"scenario\"");
  ASSERT_NE(begin, std::string::npos);
  const std::string text = document.substr(begin, document.find("```", begin) - begin);
  const auto read = parsed(text);
  ASSERT_TRUE(read.ok()) << read.problem().text();
  EXPECT_EQ(read.value().operations.size(), 3U);
  EXPECT_EQ(written(read.value()), text);
  EXPECT_EQ(check_history(read.value()).verdict, Verdict::kValid);
}

TEST(HistoryProblems, Envelope) {
  EXPECT_EQ(problem_of(""), "h.jsonl: the file is empty");
  EXPECT_EQ(problem_of("\n"), "h.jsonl:1: empty line");
  EXPECT_EQ(problem_of("{}\n"),
            "h.jsonl:1: not a history: the first line has no member 'plumbline_history'");
  EXPECT_EQ(problem_of("{\"plumbline_history\":2}\n"),
            "h.jsonl:1: version 2 of the format is not known, only 1");
  EXPECT_EQ(problem_of("{\"plumbline_history\":1,\"sead\":\"4\"}\n"),
            "h.jsonl:1: unknown member 'sead'; the nearest known one is 'seed'");
  EXPECT_EQ(problem_of("{\"plumbline_history\":\"1\"}\n"),
            "h.jsonl:1: member 'plumbline_history' must be an integer of 64 bits");
  EXPECT_EQ(problem_of("{\"plumbline_history\":1"),
            "h.jsonl:1: truncated: the line has no end (0 operations, 0 of them open)");
  EXPECT_EQ(problem_of(kHeader),
            "h.jsonl:1: truncated: the trailer is missing (0 operations, 0 of them open)");
  EXPECT_EQ(problem_of(sealed(kHeader, 0) + "\n"), "h.jsonl:3: something follows the trailer");
  EXPECT_EQ(problem_of(sealed(kHeader, 0)), "no problem");
}

TEST(HistoryProblems, TruncatedAnywhereIsSaidSo) {
  const std::string whole = written(example());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto read = parsed(whole.substr(0, length));
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.problem().kind, Problem::Kind::kTruncated) << length;
  }
}

TEST(HistoryProblems, ChecksumAndCount) {
  std::string changed = sealed(kHeader + kPut + kPutOk, 1);
  changed[changed.find("[7]") + 1] = '8';
  EXPECT_EQ(problem_of(changed), "h.jsonl:4: the checksum does not fit the lines before it");
  EXPECT_EQ(problem_of(sealed(kHeader + kPut + kPutOk, 2)),
            "h.jsonl:4: the trailer counts 2 operations, the file has 1");
  EXPECT_EQ(problem_of(kHeader + "{\"plumbline_history_end\":1,\"operations\":0,"
                                 "\"checksum\":\"12\"}\n"),
            "h.jsonl:2: member 'checksum' must be 16 lower-case hexadecimal digits");
}

void expect_line(const std::string& lines, const std::string& problem) {
  EXPECT_EQ(problem_of(sealed(kHeader + lines, 1)), "h.jsonl:" + problem);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(HistoryProblems, Calls) {
  const auto call = [](const std::string& from, const std::string& to) {
    return replaced(kPut, from, to);
  };
  expect_line("x\n", "2: not valid JSON at byte 1");
  expect_line("[1]\n", "2: not a JSON object");
  expect_line("\xff\n", "2: not valid JSON at byte 1");
  expect_line(call("\"call\"", "\"cal\""),
              "2: unknown type 'cal'; the nearest known one is 'call'");
  expect_line(call("\"type\":\"call\",", ""), "2: member 'type' is missing");
  expect_line(call("\"put\"", "\"putt\""),
              "2: unknown function 'putt'; the nearest known one is 'put'");
  expect_line(call("\"key\"", "\"kye\""),
              "2: unknown member 'kye'; the nearest known one is 'key'");
  expect_line(call("\"key\":\"x\",", ""), "2: member 'key' is missing");
  expect_line(call("\"key\":\"x\"", "\"key\":7"),
              R"(2: member 'key' must be a string or {"hex": "..."})");
  expect_line(call("\"key\":\"x\"", R"("key":{"hex":"0G"})"),
              R"(2: member 'key' must be a string or {"hex": "..."})");
  expect_line(call("\"key\"", "\"key\":\"y\",\"key\""), "2: member 'key' occurs twice");
  expect_line(call("\"time\":10", "\"time\":-1"), "2: the time of the call is negative");
  expect_line(call("\"time\":10", "\"time\":1.5"),
              "2: member 'time' must be an integer of 64 bits");
  expect_line(call("\"time\":10", "\"time\":9223372036854775808"),
              "2: member 'time' must be an integer of 64 bits");
  expect_line(call("\"time\":10", "\"time\":1e400"), "2: not valid JSON");
  expect_line(call("[7]", "[7,8]"), "2: put takes 1 argument, not 2");
  expect_line(call("[7]", "[1.5]"),
              "2: member 'arguments' must be a list of values, nested at most 32 deep");
  expect_line(call("[7]", std::string(40, '[') + std::string(40, ']')),
              "2: member 'arguments' must be a list of values, nested at most 32 deep");
  expect_line(call("[7]", std::string(100'000, '[') + std::string(100'000, ']')),
              "2: member 'arguments' must be a list of values, nested at most 32 deep");
  expect_line(replaced(call("\"put\"", "\"append\""), "[7]", "[[7]]"),
              "2: append takes one token, neither nil nor a list");
  expect_line(call("\"index\":0", "\"index\":1"), "2: index 1 where 0 must follow");
  expect_line(call("}", ",\"session\":[1]}"),
              "2: member 'session' must be two integers of 64 bits");
  expect_line(kPut + replaced(kPut, "\"index\":0", "\"index\":1"),
              "3: process 1 calls while its operation 0 is open");
  expect_line(kPut + kPutOk + replaced(kPut, "\"index\":0", "\"index\":1"),
              "4: process 1 calls before its previous operation returned");
  const std::string other = replaced(replaced(kPut, "\"index\":0", "\"index\":1"), "10", "9");
  expect_line(kPut + replaced(other, "\"process\":1", "\"process\":2"),
              "3: the call is earlier than the call before it");
}

TEST(HistoryProblems, Returns) {
  const auto answer = [](const std::string& from, const std::string& to) {
    return kPut + replaced(kPutOk, from, to);
  };
  expect_line(kPutOk, "2: operation 0 returns without a call");
  expect_line(answer("\"index\":0", "\"index\":-1"), "3: operation -1 returns without a call");
  expect_line(kPut + kPutOk + kPutOk, "4: operation 0 returns a second time");
  expect_line(answer("20", "9"), "3: the operation returns before its call");
  expect_line(answer("20", "-20"), "3: the time of the return is negative");
  expect_line(answer("\"process\":1", "\"process\":2"), "3: operation 0 was called by process 1");
  expect_line(answer("}", ",\"result\":[1]}"),
              "3: unknown member 'result'; the nearest known one is 'results'");
  expect_line(answer("}", ",\"results\":[1]}"), "3: put answers with at most 0 results");
  expect_line(replaced(answer("\"ok\"", "\"fail\""), "20}", "20,\"results\":[1]}"),
              "3: an operation whose outcome is fail has no results");
  expect_line(answer("}", ",\"revision\":\"1\"}"),
              "3: member 'revision' must be an integer of 64 bits");
  const std::string cas = replaced(replaced(kPut, "\"put\"", "\"cas\""), "[7]", "[7,8]");
  expect_line(cas + kPutOk, "3: cas answers with at least 1 result");
  expect_line(cas + replaced(kPutOk, "}", ",\"results\":[1]}"),
              "3: the first result of cas must be true or false");
  expect_line(cas + replaced(kPutOk, "}", ",\"results\":[true,1]}"),
              "3: a cas that succeeded has no second result");
}

TEST(HistoryProblems, AnAbsurdlyLongLineIsRefusedBeforeItFillsTheMemory) {
  const std::string endless(format::kLineBytesMax + 10, ' ');
  EXPECT_EQ(problem_of(kHeader + endless), "h.jsonl:2: the line is longer than 16777216 bytes");
  const std::string longest(format::kLineBytesMax - kPut.size(), ' ');
  EXPECT_EQ(problem_of(sealed(kHeader + longest + kPut + kPutOk, 1)), "no problem");
}

TEST(HistoryProblems, SessionsThatAskForSomethingElseAreRefused) {
  const std::string first = replaced(kPut, "}", ",\"session\":[1,1]}");
  const std::string second =
      replaced(replaced(replaced(first, "\"index\":0", "\"index\":1"), "10", "30"), "[7]", "[8]");
  EXPECT_EQ(problem_of(sealed(kHeader + first + kPutOk + second, 2)),
            "h.jsonl: operation 1 asks under session 1, sequence 1 for something else than before");
}

// Whatever happens to a file, reading it ends in a history or in one line.
TEST(HistoryProblems, RandomDamageNeverEscapes) {
  const std::string whole = written(example());
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
    Dice dice(seed);
    std::string text = whole;
    const std::int64_t wounds = 1 + dice.below(4);
    for (std::int64_t i = 0; i < wounds; ++i) {
      const auto at = static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(text.size())));
      switch (dice.below(3)) {
        case 0: text[at] = static_cast<char>(dice.below(256)); break;
        case 1: text.erase(at, 1 + static_cast<std::size_t>(dice.below(8))); break;
        default: text.insert(at, text.substr(static_cast<std::size_t>(dice.below(100)), 9)); break;
      }
    }
    const auto read = parsed(text);
    if (text == whole) continue;
    ASSERT_FALSE(read.ok()) << "seed " << seed;
    ASSERT_FALSE(read.problem().reason.empty());
    ASSERT_EQ(read.problem().text().find('\n'), std::string::npos) << seed;
    ++refused;
  }
  EXPECT_GT(refused, 19'000);
}

}  // namespace
}  // namespace plumbline::checker
