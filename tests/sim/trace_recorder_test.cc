#include "sim/trace_recorder.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>

#include "tests/sim/script_node.h"

namespace plumbline::sim {
namespace {

constexpr trace::Kind kMove{"test.move", "moves {a:name} by {b:ms}, flags {c:x}, {d} {unknown} {a"};
constexpr trace::Kind kOther{"test.other", "says \"hi\""};
const trace::Probe kProbe{"test.sim_probe"};

TraceRecord record(const trace::Kind& kind, std::uint64_t a, std::uint64_t b = 0,
                   std::uint64_t c = 0, std::uint64_t d = 0) {
  return {12'034'567'890, 4, kind.id, 2, 1, a, b, c, d};
}

TEST(TraceRecorder, RendersTextOnlyFromTheKind) {
  TraceRecorder trace(1, {});
  trace.add_node(NodeId(2), "n2");
  const TraceRecord moved =
      record(kMove, trace.name("the log"), static_cast<std::uint64_t>(-1'500'000), 255, 42);
  trace.record(kMove, moved);
  EXPECT_EQ(trace.text(moved),
            "moves the log by -1.500 ms, flags 00000000000000ff, 42 {unknown} {a");
  EXPECT_EQ(trace.render(moved).substr(0, 28), "12.034567890 n2.1 test.move ");
  EXPECT_EQ(
      trace.text(record(kOther, 0)), "(unknown kind " + [] {
        char text[17];
        std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(kOther.id));
        return std::string(text);
      }() + ")");
}

TEST(TraceRecorder, TheHashCoversEveryFieldAndTheOrder) {
  const auto hash_of = [](std::vector<TraceRecord> records) {
    TraceRecorder trace(1, {});
    for (const TraceRecord& item : records) trace.record(kMove, item);
    return trace.hash();
  };
  const TraceRecord base = record(kMove, 1, 2, 3, 4);
  std::vector<TraceRecord> changed(9, base);
  changed[1].time_ns++;
  changed[2].event++;
  changed[3].node++;
  changed[4].incarnation++;
  changed[5].a++;
  changed[6].b++;
  changed[7].c++;
  changed[8].d++;
  for (std::size_t i = 1; i < changed.size(); ++i)
    EXPECT_NE(hash_of({changed[i]}), hash_of({base})) << i;
  EXPECT_NE(hash_of({base, changed[1]}), hash_of({changed[1], base}));
  EXPECT_NE(hash_of({base, base}), hash_of({base}));
}

TEST(TraceRecorder, KeepsTheLastRecordsInOrder) {
  TraceRecorder trace(1, {.keep = TraceMemory::Keep::kLast, .count = 3});
  for (std::uint64_t i = 0; i < 8; ++i) trace.record(kMove, record(kMove, i));
  const std::vector<TraceRecord> kept = trace.kept();
  ASSERT_EQ(kept.size(), 3U);
  EXPECT_EQ(kept[0].a, 5U);
  EXPECT_EQ(kept[2].a, 7U);
  EXPECT_EQ(trace.first_kept(), 5U);
  EXPECT_EQ(trace.total(), 8U);
}

TEST(TraceRecorder, ProbesAreCountedAndNotHashed) {
  TraceRecorder trace(1, {});
  const std::uint64_t before = trace.hash();
  trace.reached(kProbe);
  trace.reached(kProbe);
  EXPECT_EQ(trace.probe_counts().at(kProbe.index()), 2U);
  EXPECT_EQ(trace.hash(), before);
}

TEST(TraceRecorder, TheFileDescribesItself) {
  TraceRecorder trace(18'446'744'073'709'551'615U, {.keep = TraceMemory::Keep::kAll});
  trace.add_node(NodeId(2), "n2");
  const std::vector<TraceRecord> records{record(kMove, trace.name("a \"word\"\n")),
                                         record(kOther, 1)};
  trace.record(kMove, records[0]);
  trace.record(kOther, records[1]);
  const std::string path = ::testing::TempDir() + "plumbline_trace_test.bin";
  ASSERT_TRUE(trace.write(path).ok());
  std::ifstream file(path, std::ios::binary);
  std::string header;
  std::getline(file, header);
  EXPECT_EQ(header, trace.header());
  EXPECT_NE(
      header.find("\"format\":\"plumbline-trace\",\"version\":1,\"seed\":\"18446744073709551615\""),
      std::string::npos);
  EXPECT_NE(header.find("\"records\":2,\"first\":0,\"total\":2"), std::string::npos);
  EXPECT_NE(header.find("{\"id\":2,\"name\":\"n2\"}"), std::string::npos);
  EXPECT_NE(header.find("\"name\":\"test.other\",\"text\":\"says \\\"hi\\\"\""), std::string::npos);
  EXPECT_NE(header.find("a \\\"word\\\"\\u000a"), std::string::npos);
  const std::string rest((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  ASSERT_EQ(rest.size(), 2 * sizeof(TraceRecord));
  EXPECT_EQ(std::memcmp(rest.data(), records.data(), rest.size()), 0);
  std::remove(path.c_str());
}

TEST(TraceRecorder, SaysWhereItCannotWrite) {
  const Status written = TraceRecorder(1, {}).write("/no/such/directory/trace.bin");
  ASSERT_FALSE(written.ok());
  EXPECT_NE(written.error().message().find("/no/such/directory/trace.bin"), std::string::npos);
}

TEST(TraceRecorder, NodesRecordsCarryTimeNodeAndIncarnation) {
  Options options;
  options.trace.keep = TraceMemory::Keep::kAll;
  Simulation simulation(options);
  add(simulation, 6, [](World& world) {
    world.trace.emit(kMove, 1, 2, 3, 4);
    world.trace.reached(kProbe);
  });
  simulation.run_for(seconds(3));
  simulation.start(NodeId(6));
  const TraceRecord last = simulation.trace().kept().back();
  EXPECT_EQ(last, (TraceRecord{seconds(3).ns, 0, kMove.id, 6, 1, 1, 2, 3, 4}));
  EXPECT_EQ(simulation.trace().probe_counts().at(kProbe.index()), 1U);
}

}  // namespace
}  // namespace plumbline::sim
