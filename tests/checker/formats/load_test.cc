// The one entrance: which format it is, which model it is about, how far the reading is.

#include "checker/formats/load.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iomanip>
#include <sstream>

#include "checker/formats/micro.h"
#include "checker/formats/model_guess.h"
#include "checker/history/history_format.h"
#include "tests/checker/formats/loading.h"

namespace plumbline::checker {
namespace {

std::string native_history() {
  const std::string lines =
      R"({"plumbline_history":1,"semantics":"kv-append"})"
      "\n"
      R"({"type":"call","index":0,"process":1,"time":10,"function":"cas","key":"x",)"
      R"("arguments":[1,2]})"
      "\n"
      R"({"type":"fail","index":0,"process":1,"time":20})"
      "\n";
  format::Checksum checksum;
  checksum.add(lines);
  std::ostringstream trailer;
  trailer << R"({"plumbline_history_end":1,"operations":1,"checksum":")" << std::hex
          << std::setfill('0') << std::setw(16) << checksum.value() << "\"}\n";
  return lines + trailer.str();
}

const std::string kNative = native_history();

TEST(Load, TheFormatIsToldByTheContent) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {kNative, "native"},
      {R"({"type":"invoke","f":"read"})", "jepsen-json"},
      {" [\n { \"type\" :", "jepsen-json"},
      {"{:type :invoke}", "jepsen-edn"},
      {"[{:type :invoke}]", "jepsen-edn"},
      {"; a comment\n({:type :invoke})", "jepsen-edn"},
      {"#jepsen.history.Op{:type :invoke}", "jepsen-edn"},
      {"[ ; a comment\n #jepsen.history.Op{:type :invoke}]", "jepsen-edn"},
      {"INFO  jepsen.util - 0\t:invoke\t:read\tnil\n", "jepsen-log"},
      {"c1 w(x 1); c2 r(x)->1", "micro"},
      {"  c12 ax1", "micro"},
      {"hello", ""},
      {"[1 2]", ""},
      {"", ""},
  };
  for (const auto& [text, format] : cases) EXPECT_EQ(format_of(text, "h"), format) << text;
}

TEST(Load, TheNameTellsOnlyWhereTheContentDoesNot) {
  EXPECT_EQ(format_of("[]", "a.edn"), "jepsen-edn");
  EXPECT_EQ(format_of("[]", "a.json"), "jepsen-json");
  EXPECT_EQ(format_of("", "a.jsonl"), "native");
  EXPECT_EQ(format_of("some line\n", "a.log"), "jepsen-log");
  EXPECT_EQ(format_of("# a comment\n", "a.micro"), "micro");
  EXPECT_EQ(format_of("{:type :invoke}", "a.json"), "jepsen-edn");
}

TEST(Load, UnknownFormatsAreRefused) {
  EXPECT_EQ(problem_of("hello"),
            "h:1: the format is none that is known by its looks; name it: native, jepsen-edn, "
            "jepsen-json, jepsen-log or micro");
  EXPECT_EQ(problem_of(""), "h: the file is empty");
  EXPECT_EQ(problem_of("[]", {.format = "jepson-edn"}),
            "h: unknown format 'jepson-edn'; the nearest known one is 'jepsen-edn'");
  EXPECT_EQ(problem_of("[]", {.format = "edn", .semantics = "lax"}),
            "semantics: unknown word 'lax'; the nearest known one is 'strict'");
  EXPECT_EQ(problem_of("[]", {.format = "edn", .params = "keys"}),
            "params: unknown parameter 'keys'; the nearest known one is 'init'");
}

TEST(Load, TheNativeFormatKeepsItsModelAndTakesSemanticsToo) {
  const auto history = loaded(kNative, {.semantics = "failed-cas-observed"});
  ASSERT_TRUE(history.ok()) << history.problem().text();
  EXPECT_EQ(history.value().meta.semantics, "kv-append");
  EXPECT_EQ(lines_of(history), Told{"c1 cas(x, 1, 2) [10..20] false"});
  EXPECT_EQ(loaded(kNative, {.model = "cas-register"}).value().meta.semantics, "cas-register");
}

TEST(Load, ModelsAreGuessed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"c1 acq(m); c1 rel(m)", "mutex"},
      {"c1 enq(q 1)", "queue"},
      {"c1 drain(q)->[]", "queue"},
      {"c1 r()->[[0 1]]; c1 transfer(0 1 2)", "bank"},
      {"c1 gen()->1", "unique-ids"},
      {"c1 ax1; c2 wx1", "list-append"},
      {"c1 rx[1]", "list-append"},
      {"c1 wx1 ry2", "rw-register"},
      {"c1 rx_", "rw-register"},
      {"c1 add(1); c1 r()->[1]", "set"},
      {"c1 add(1); c1 rem(1)", "set"},
      {"c1 add(1); c1 r()->1", "counter"},
      {"c1 add(1)", ""},
      {"c1 put(x 1); c1 get(x)->1", "key-value"},
      {"c1 append(x 1); c1 get(x)->[1]", "kv-append"},
      {"c1 w(x 1); c1 cas(x 1 2)->true", "cas-register"},
      {"c1 r(x)->nil", "cas-register"},
      {"c1 r(x)->[1]", ""},
      {"", ""},
  };
  for (const auto& [text, model] : cases) {
    const auto history = loaded(text, {.format = "micro"});
    ASSERT_TRUE(history.ok()) << history.problem().text();
    EXPECT_EQ(history.value().meta.semantics, model) << text;
  }
  EXPECT_EQ(loaded("c1 add(1)", {.model = "counter"}).value().meta.semantics, "counter");
}

TEST(Load, ProgressCountsAllBytesOnce) {
  std::string text = "[";
  for (int i = 0; i < 20'000; ++i) {
    text += "{:process 1 :type :invoke :f :write :value 1}\n{:process 1 :type :ok :f :write}\n";
  }
  text += "]";
  std::vector<std::uint64_t> seen;
  const auto history =
      loaded(text, {.progress = [&](std::uint64_t bytes) { seen.push_back(bytes); }});
  ASSERT_TRUE(history.ok()) << history.problem().text();
  EXPECT_EQ(history.value().operations.size(), 20'000U);
  ASSERT_GT(seen.size(), 3U);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.back(), text.size());
}

TEST(Load, OperationsAreHandedOverAsSoonAsTheyAreKnown) {
  std::istringstream in(
      "[{:process 1 :type :invoke :f :read}\n{:process 2 :type :invoke :f :read}"
      "{:process 2 :type :ok :f :read :value 7}\n{:oops}");
  std::vector<std::uint64_t> taken;
  const auto meta = stream_any_history(in, "h", {}, [&](std::uint64_t index, Operation&& op) {
    taken.push_back(index);
    EXPECT_EQ(op.results[0], Value(7));
  });
  EXPECT_EQ(taken, std::vector<std::uint64_t>{1});
  ASSERT_FALSE(meta.ok());
  EXPECT_EQ(meta.problem().line, 3U);
}

TEST(Load, FilesThatCannotBeRead) {
  EXPECT_EQ(load_history_file("/nowhere/h.edn").problem().text(),
            "/nowhere/h.edn: cannot be opened");
  EXPECT_EQ(load_history_file("/tmp").problem().text(), "/tmp: cannot be read");
  for (const char* format : {"native", "edn", "json", "jepsen-log", "micro"}) {
    const auto history = load_history_file("/tmp", {.format = format});
    ASSERT_FALSE(history.ok()) << format;
    EXPECT_EQ(history.problem().kind, Problem::Kind::kIo) << history.problem().text();
  }
}

}  // namespace
}  // namespace plumbline::checker
