#include "tests/reports/check_fixture.h"

#include <utility>
#include <vector>

namespace plumbline::reports::testing {
namespace {

using checker::CheckResult;
using checker::Function;
using checker::History;
using checker::Operation;
using checker::Outcome;
using checker::Report;
using checker::Value;
using checker::Verdict;

constexpr std::int64_t kUs = 1'000;

Operation operation(std::int64_t process, const std::string& key, std::int64_t from_us,
                    std::int64_t to_us) {
  Operation op;
  op.process = process;
  op.key = key;
  op.invoked_at = from_us * kUs;
  op.returned_at = to_us * kUs;
  op.outcome = Outcome::kOk;
  return op;
}

Operation write(std::int64_t process, const std::string& key, int value, std::int64_t from_us,
                std::int64_t to_us) {
  Operation op = operation(process, key, from_us, to_us);
  op.function = Function::kWrite;
  op.arguments = {Value(value)};
  return op;
}

Operation read(std::int64_t process, const std::string& key, int value, std::int64_t from_us,
               std::int64_t to_us) {
  Operation op = operation(process, key, from_us, to_us);
  op.function = Function::kRead;
  op.results = {Value(value)};
  return op;
}

Operation unknown(Operation op) {
  op.outcome = Outcome::kUnknown;
  op.results.clear();
  op.set_note("timeout");
  return op;
}

// The stale read of operations `first`, `first` + 1 and `first` + 2: a write of 5, of 7, and a read
// of 5.
Report stale_read_report(const History& history, std::uint64_t first) {
  const std::vector<Operation>& ops = history.operations;
  Report report;
  report.verdict = Verdict::kInvalid;
  report.property = "linearizability";
  report.key = ops[first].key.str();
  report.topic = "stale-read";
  report.witness = {first, first + 1, first + 2};
  report.from = ops[first].invoked_at;
  report.to = ops[first + 2].returned_at;
  report.steps = 1'234;
  report.sentence = "key " + report.key +
                    " is not linearizable because the read of c3 returned 5, which write 7 of c1 "
                    "had replaced before the read was called";
  report.orders = {{.order = report.witness, .fails_at = 2, .why = "expected 7, got 5"}};
  report.ruled_out = {"linearizable", "strict-serializable"};
  report.still_possible = {"sequential", "causal"};
  return report;
}

CheckResult judged_as(const History& history, std::uint64_t keys, std::vector<Report> reports) {
  CheckResult result;
  result.model = "cas-register";
  result.operations = history.operations.size();
  result.keys = keys;
  result.add(std::move(reports));
  result.add(Report{.verdict = Verdict::kValid, .property = "at-most-once", .steps = 99});
  return result;
}

std::vector<std::string> proof_lines() {
  return {"Let",
          "  T1 = write(orders/42, 7)  c1  #4  12.031 s .. 12.044 s  ok",
          "  T2 = read(orders/42) = 5  c3  #6  12.050 s .. 12.052 s",
          "Then",
          "  T1 < T2 in real time: T1 returned 6 ms before T2 was called.",
          "  5 was written once, by #2, which had returned before T1 was called.",
          "  So T2 must read 7, or something written later. It read 5: a contradiction."};
}

}  // namespace

Judged judged_stale_read(const std::string& key) {
  Judged judged{.history = {}, .result = {}, .file = "history.jsonl"};
  judged.history.meta.semantics = "cas-register";
  auto& ops = judged.history.operations;
  ops.push_back(write(4, "orders/17", 90, 11'990'000, 11'999'000));
  ops.push_back(read(5, "orders/17", 90, 12'001'000, 12'004'000));
  ops.push_back(write(2, key, 5, 12'010'000, 12'021'000));
  ops.push_back(read(4, key, 5, 12'022'000, 12'026'000));
  ops.push_back(write(1, key, 7, 12'031'000, 12'044'000));
  ops.push_back(unknown(write(2, key, 8, 12'046'000, 12'090'000)));
  ops.push_back(read(3, key, 5, 12'050'000, 12'052'000));
  ops.back().set_server("n3");
  ops.push_back(read(4, key, 7, 12'060'000, 12'063'000));
  Report report = stale_read_report(judged.history, 2);
  report.witness = {2, 4, 5, 6};
  report.from = ops[2].invoked_at;
  report.to = ops[6].returned_at;
  report.sentence = "key " + key +
                    " is not linearizable because c3 read 5 from n3 at 12.050 s, although write 7 "
                    "of c1 had replaced 5 at 12.044 s";
  report.argument = proof_lines();
  report.orders = {{.order = {2, 4, 5, 6}, .fails_at = 3, .why = "expected 8, got 5"},
                   {.order = {2, 4, 6}, .fails_at = 2, .why = "expected 7, got 5"}};
  judged.result = judged_as(judged.history, 2, {std::move(report)});
  return judged;
}

Judged judged_undecided() {
  Judged judged = judged_stale_read();
  Report report;
  report.verdict = Verdict::kUnknown;
  report.property = "linearizability";
  report.key = "orders/42";
  report.topic = "budget";
  report.sentence =
      "key orders/42 is undecided because the search spent its 2000000 steps with 3 "
      "of 6 answers not placed";
  report.steps = 2'000'000;
  report.undecided = {4, 6, 7};
  report.from = judged.history.operations[4].invoked_at;
  report.to = judged.history.operations[7].returned_at;
  judged.result = judged_as(judged.history, 2, {std::move(report)});
  return judged;
}

Judged judged_valid() {
  Judged judged = judged_stale_read();
  judged.history.operations[6].results = {Value(7)};
  judged.result = judged_as(judged.history, 2, {});
  judged.result.add(Report{.property = "linearizability", .steps = 88});
  return judged;
}

Judged judged_many_findings(std::size_t findings) {
  Judged judged{.history = {}, .result = {}, .file = "many.jsonl"};
  std::vector<Report> reports;
  for (std::size_t i = 0; i < findings; ++i) {
    const std::string key = "k" + std::to_string(i);
    const auto at = static_cast<std::int64_t>(i) * 1'000;
    judged.history.operations.push_back(write(2, key, 5, at, at + 100));
    judged.history.operations.push_back(write(1, key, 7, at + 200, at + 300));
    judged.history.operations.push_back(read(3, key, 5, at + 400, at + 500));
  }
  for (std::size_t i = 0; i < findings; ++i) {
    reports.push_back(stale_read_report(judged.history, 3 * i));
  }
  judged.result = judged_as(judged.history, findings, std::move(reports));
  return judged;
}

Judged judged_large(std::size_t operations) {
  constexpr std::int64_t kClients = 20;
  constexpr std::size_t kKeys = 10;
  Judged judged{.history = {}, .result = {}, .file = "large.jsonl"};
  std::vector<Operation>& ops = judged.history.operations;
  ops.reserve(operations);
  std::vector<int> values(kKeys);
  std::uint64_t stale = 0;
  for (std::size_t i = 0; i < operations; ++i) {
    const auto at = static_cast<std::int64_t>(i) * 50;
    const std::int64_t client = static_cast<std::int64_t>(i) % kClients;
    const std::size_t k = (i / 3) % kKeys;
    const std::string key = "orders/" + std::to_string(k);
    if (stale == 0 && i >= operations / 2 && i % 3 == 0 && i + 3 <= operations) {
      // 5 and 7 are written nowhere else.
      stale = i;
      ops.push_back(write(client, key, -5, at, at + 40));
      ops.push_back(write((client + 1) % kClients, key, -7, at + 50, at + 90));
      ops.push_back(read((client + 2) % kClients, key, -5, at + 100, at + 140));
      i += 2;
      continue;
    }
    const bool writes = i % 4 == 0;
    if (writes) values[k] = static_cast<int>(i) + 1;
    ops.push_back(writes ? write(client, key, values[k], at, at + 30)
                         : read(client, key, values[k], at, at + 30));
    if (writes && i % 97 == 0) ops.back() = unknown(ops.back());
  }
  Report report = stale_read_report(judged.history, stale);
  report.sentence = "key " + report.key +
                    " is not linearizable because a read returned -5, which write -7 had replaced "
                    "before the read was called";
  report.orders[0].why = "expected -7, got -5";
  report.argument = {"Let", "  T1 = write -7", "  T2 = read = -5",
                     "Then T1 < T2 in real time, but T2 read what T1 had replaced: a "
                     "contradiction."};
  judged.result = judged_as(judged.history, kKeys, {std::move(report)});
  return judged;
}

}  // namespace plumbline::reports::testing
