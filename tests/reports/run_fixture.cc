#include "tests/reports/run_fixture.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "checker/history/writer.h"

namespace plumbline::reports::testing {
namespace {

using checker::Function;
using checker::Operation;
using checker::Outcome;
using nlohmann::json;

constexpr std::int64_t kMs = 1'000'000;

void append_number(std::string& bytes, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
}

Operation operation(std::int64_t process, Function function, const std::string& key,
                    std::int64_t from_ms, std::int64_t to_ms) {
  Operation op;
  op.process = process;
  op.function = function;
  op.key = key;
  op.invoked_at = from_ms * kMs;
  op.returned_at = to_ms * kMs;
  op.outcome = Outcome::kOk;
  op.set_server("n1");
  return op;
}

// Bytes that are no UTF-8 are written as checker/history/FORMAT.md says.
json bytes_json(const std::string& bytes) {
  if (std::all_of(bytes.begin(), bytes.end(), [](char c) { return c > 0; })) return bytes;
  std::string hex;
  for (const char c : bytes) {
    constexpr const char* kDigits = "0123456789abcdef";
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[c & 0xF];
  }
  return {{"hex", hex}};
}

json witness_report(const std::string& key, std::vector<std::uint64_t> witness, std::int64_t from,
                    std::int64_t to) {
  return {{"verdict", "invalid"},
          {"property", "linearizability"},
          {"key", bytes_json(key)},
          {"sentence", "a get returned 5 although the put of 7 had returned before"},
          {"witness", std::move(witness)},
          {"from", from},
          {"to", to},
          {"steps", 12},
          {"undecided", json::array()}};
}

}  // namespace

std::string trace_record(const TraceRecord& record) {
  std::string bytes;
  append_number(bytes, static_cast<std::uint64_t>(record.time_ns), 8);
  append_number(bytes, record.event, 8);
  append_number(bytes, record.kind, 8);
  append_number(bytes, record.node, 4);
  append_number(bytes, record.incarnation, 4);
  for (const std::uint64_t number : record.numbers) append_number(bytes, number, 8);
  return bytes;
}

std::string trace_file(const std::vector<std::string>& records) {
  const json header = {{"format", "plumbline-trace"},
                       {"version", 1},
                       {"seed", "7"},
                       {"record_bytes", 64},
                       {"records", records.size()},
                       {"first", 0},
                       {"total", records.size()},
                       {"hash", "9a1f0c22d3b4e5f6"},
                       {"nodes", {{{"id", 1}, {"name", "n1"}}}},
                       {"kinds",
                        {{{"id", "0000000000000001"},
                          {"name", "net.send"},
                          {"text", "sends {b:name} to n{a} ({c}, {d})"}},
                         {{"id", "0000000000000002"},
                          {"name", "test.forms"},
                          {"text", "{a} {a:x} {b:ms} {c:ms} {d:name} {e} {a:z} {}{"}}}},
                       {"names", {{{"id", "1122334455667788"}, {"name", "append"}}}},
                       {"probes", json::array()}};
  std::string file = header.dump() + "\n";
  for (const std::string& record : records) file += record;
  return file;
}

RunDirectory::RunDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "reports-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

RunDirectory::~RunDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void RunDirectory::write(const std::string& name, const std::string& content) const {
  std::ofstream(path_ / name, std::ios::binary) << content;
}

void RunDirectory::write_history(const checker::History& history) const {
  const auto written = checker::write_history((path_ / "history.jsonl").string(), history);
  if (!written) throw std::runtime_error(written.problem().text());
}

checker::History stale_read(const std::string& key) {
  checker::History history;
  history.meta = {.scenario = "kv5-partition", .seed = "0x5f3c9a", .semantics = "kv-append"};
  auto& ops = history.operations;
  ops.push_back(operation(4, Function::kPut, "other", 11'900, 12'060));
  ops.back().arguments = {3};
  ops.back().outcome = Outcome::kUnknown;
  ops.back().set_note("timeout");
  ops.push_back(operation(3, Function::kPut, key, 12'031, 12'044));
  ops.back().arguments = {7};
  ops.back().revision = 118;
  ops.push_back(operation(1, Function::kGet, key, 12'050, 12'052));
  ops.back().results = {5};
  ops.back().set_server("n3");
  ops.push_back(operation(2, Function::kDelete, "other", 13'000, 13'100));
  ops.back().outcome = Outcome::kFail;
  return history;
}

void write_stale_read(const RunDirectory& directory, const std::string& key) {
  const json run = {{"format", 1},
                    {"scenario", {{"name", "kv5-partition"}, {"duration_ms", 30'000}}},
                    {"seed", "0x5f3c9a"},
                    {"overrides", {{{"key", "fault.enabled/3"}, {"value", 0}}}},
                    {"plant", "RF-08"},
                    {"build", "0.1.0 test"},
                    {"trace_hash", "ab12"},
                    {"verdict", "violation"},
                    {"property", "linearizability"},
                    {"replay", "plumbline replay runs/kv5-partition-0x5f3c9a/run.json"}};
  const json verdict = {
      {"format", 1},
      {"verdict", "violation"},
      {"property", "linearizability"},
      {"sentence", "get by c1 at 12.050 s returned 5 although put 7 had finished at 12.044 s"},
      {"at_ms", 14'000},
      {"at_event", 812},
      {"reports", {witness_report(key, {1, 2}, 12'031 * kMs, 12'052 * kMs)}},
      {"faults",
       {{{"id", 1},
         {"kind", "partition"},
         {"family", "network"},
         {"nodes", {3}},
         {"start_ms", 11'900},
         {"end_ms", 14'000},
         {"amount", 0}},
        {{"id", 2},
         {"kind", "clock-drift"},
         {"family", "clock"},
         {"nodes", {1, 2}},
         {"start_ms", 1'000},
         {"end_ms", 2'000},
         {"amount", -500}}}}};
  directory.write("run.json", run.dump());
  directory.write("verdict.json", verdict.dump());
  directory.write_history(stale_read(key));
  std::vector<std::string> records;
  for (std::uint64_t i = 0; i < 40; ++i) {
    records.push_back(trace_record({.time_ns = static_cast<std::int64_t>(i) * 400 * kMs,
                                    .event = 782 + i,
                                    .kind = 1,
                                    .node = 1 + i % 3 == 1 ? 1U : 3U,
                                    .incarnation = 1,
                                    .numbers = {2, 0x1122334455667788, i, 17}}));
  }
  directory.write("trace.bin", trace_file(records));
}

RunFiles large_run(std::size_t operations, std::size_t records) {
  RunFiles run;
  run.scenario = "large";
  run.seed = "0x1";
  run.replay = "plumbline replay run.json";
  run.verdict = SeedVerdict::kViolation;
  run.property = "linearizability";
  run.sentence = "large and wrong";
  const std::int64_t end = 30'000 * kMs;
  const auto at = [&](std::size_t i, std::size_t all) {
    return end / static_cast<std::int64_t>(all + 1) * static_cast<std::int64_t>(i);
  };
  for (std::size_t i = 0; i < operations; ++i) {
    Operation op = operation(static_cast<std::int64_t>(i % 10), Function::kPut,
                             "key-" + std::to_string(i % 20), 0, 0);
    op.arguments = {static_cast<std::int64_t>(i)};
    op.invoked_at = at(i, operations);
    op.returned_at = op.invoked_at + 2 * kMs;
    op.outcome = i % 13 == 0 ? Outcome::kUnknown : i % 17 == 0 ? Outcome::kFail : Outcome::kOk;
    op.revision = static_cast<std::int64_t>(i);
    run.history.operations.push_back(std::move(op));
  }
  for (std::size_t i = 0; i < records; ++i) {
    run.trace.records.push_back({.time_ns = at(i, records),
                                 .event = i,
                                 .kind = 1,
                                 .node = static_cast<std::uint32_t>(1 + i % 5),
                                 .incarnation = 1,
                                 .numbers = {2, 5, i, 17}});
  }
  run.trace.kinds[1] = {.name = "net.send", .text = "sends append {c} of term {d} to n{a}"};
  for (int i = 0; i < 10; ++i) {
    run.faults.push_back({.id = std::to_string(i),
                          .kind = i % 2 == 0 ? "partition" : "disk-slow",
                          .family = i % 2 == 0 ? "network" : "disk",
                          .nodes = "n1",
                          .amount = "",
                          .start_ns = i * 2'800 * kMs,
                          .end_ns = i * 2'800 * kMs + 5'000 * kMs});
  }
  const std::size_t middle = operations / 2;
  checker::Report report{.verdict = checker::Verdict::kInvalid,
                         .property = "linearizability",
                         .key = "key-0",
                         .sentence = run.sentence,
                         .witness = {middle, middle + 20}};
  report.from = run.history.operations[middle].invoked_at;
  report.to = run.history.operations[middle + 20].returned_at;
  run.reports.push_back(std::move(report));
  return run;
}

}  // namespace plumbline::reports::testing
