#include "reports/trace_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/run_fixture.h"

namespace plumbline::reports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::trace_file;
using testing::trace_record;

// The worked example of sim/TRACE_FORMAT.md.
TEST(TraceReader, PutsTheTextOfAKindTogether) {
  const auto trace =
      parse_trace(trace_file({trace_record({.time_ns = 12'050'000'000,
                                            .kind = 1,
                                            .node = 3,
                                            .incarnation = 2,
                                            .numbers = {2, 0x1122334455667788, 3, 17}})}),
                  "trace.bin");
  ASSERT_TRUE(trace.ok()) << trace.problem().text();
  ASSERT_EQ(trace.value().records.size(), 1U);
  EXPECT_EQ(trace.value().text_of(trace.value().records[0]), "sends append to n2 (3, 17)");
  EXPECT_EQ(trace.value().name_of(trace.value().records[0]), "net.send");
  EXPECT_EQ(trace.value().who(trace.value().records[0]), "n3.2");
  EXPECT_EQ(trace.value().seed, "0x7");
  EXPECT_TRUE(trace.value().notes.empty());
}

TEST(TraceReader, KnowsAllFormsOfANumberAndLeavesOtherBracesAlone) {
  const auto minus = static_cast<std::uint64_t>(std::int64_t{-1'500'000});
  const auto trace = parse_trace(
      trace_file({trace_record({.kind = 2, .numbers = {255, 12'500'000, minus, 9}})}), "t");
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(trace.value().text_of(trace.value().records[0]),
            "255 00000000000000ff 12.500 ms -1.500 ms 0000000000000009 {e} {a:z} {}{");
  EXPECT_EQ(trace.value().who(trace.value().records[0]), "world");
}

TEST(TraceReader, ShowsAKindThatTheFileDoesNotExplain) {
  const auto trace =
      parse_trace(trace_file({trace_record({.kind = 0xabc, .numbers = {1, 2, 3, 4}})}), "t");
  EXPECT_EQ(trace.value().text_of(trace.value().records[0]), "kind 0000000000000abc 1 2 3 4");
}

TEST(TraceReader, NotesATornRecordAndAMissingEnd) {
  std::string file = trace_file({trace_record({.kind = 1}), trace_record({.kind = 1})});
  file.resize(file.size() - 10);
  const auto trace = parse_trace(file, "t");
  ASSERT_TRUE(trace.ok());
  EXPECT_EQ(trace.value().records.size(), 1U);
  EXPECT_THAT(trace.value().notes, ElementsAre(HasSubstr("last 54 bytes"),
                                               HasSubstr("announces 2 records and holds 1")));
}

TEST(TraceReader, RefusesWhatIsNoTrace) {
  for (const std::string content : {"", "{", "hello\n", "[]\n", "{\"format\":\"other\"}\n"}) {
    const auto trace = parse_trace(content, "some/trace.bin");
    ASSERT_FALSE(trace.ok()) << content;
    EXPECT_THAT(trace.problem().text(), HasSubstr("some/trace.bin:1: "));
  }
  const auto newer =
      parse_trace("{\"format\":\"plumbline-trace\",\"version\":2,\"record_bytes\":64}\n", "t");
  ASSERT_FALSE(newer.ok());
  EXPECT_THAT(newer.problem().text(), HasSubstr("version 2"));
}

TEST(TraceReader, TheStoryIsALinePerRecordOfTheWindowWithBothEnds) {
  std::vector<std::string> records;
  for (int second = 1; second <= 5; ++second) {
    records.push_back(trace_record({.time_ns = second * 1'000'000'000LL,
                                    .kind = 1,
                                    .node = 1,
                                    .numbers = {2, 0x1122334455667788, 3, 17}}));
  }
  const auto trace = parse_trace(trace_file(records), "t");
  EXPECT_THAT(story(trace.value(), {2'000'000'000, 3'000'000'000}),
              ElementsAre("    2.000000  n1.0    sends append to n2 (3, 17)",
                          "    3.000000  n1.0    sends append to n2 (3, 17)"));
}

}  // namespace
}  // namespace plumbline::reports
