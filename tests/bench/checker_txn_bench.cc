// What judging a history of transactions costs: processor seconds, without making the history, and
// the peak of memory, of the history alone and with the judging.

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>
#include <utility>

#include "checker/txn/txn.h"
#include "tests/checker/support/random_txns.h"

namespace plumbline::checker {
namespace {

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

long peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

TxnShape long_shape(int transactions) {
  TxnShape shape;
  shape.transactions = transactions;
  shape.clients = 10;
  shape.keys = 10;
  shape.steps_max = 4;
  shape.unknown_percent = 1;
  shape.fail_percent = 1;
  shape.gap_max = 1000;
  shape.retire_after = 100;
  return shape;
}

// Takes the last element from what one transaction in the middle read of a key before it appended
// to it: it replaced a version that it did not see. False if no transaction there did that.
bool plant_stale_append(History& history) {
  for (std::size_t i = history.operations.size() / 2; i < history.operations.size(); ++i) {
    Operation& op = history.operations[i];
    for (std::size_t j = 1; j < op.results.size(); ++j) {
      const Value::List& read = op.results[j - 1].list();
      const bool fits = read[0].text() == "r" && op.results[j].list()[0].text() == "append" &&
                        op.results[j].list()[1] == read[1] && read[2].list().size() > 1;
      if (!fits || (j > 1 && op.results[j - 2].list()[1] == read[1])) continue;
      Value::List seen = read[2].list();
      seen.pop_back();
      op.results[j - 1] = Value(Value::List{read[0], read[1], Value(std::move(seen))});
      return true;
    }
  }
  return false;
}

// Takes the newest element from a read of a transaction that did not change the key: a stale read.
bool plant_stale_read(History& history) {
  for (std::size_t i = history.operations.size() / 2; i < history.operations.size(); ++i) {
    Operation& op = history.operations[i];
    if (op.results.size() != 1 || op.results[0].list()[0].text() != "r") continue;
    Value::List parts = op.results[0].list();
    Value::List seen = parts[2].list();
    if (seen.size() < 60) continue;
    seen.resize(seen.size() - 20);
    parts[2] = Value(std::move(seen));
    op.results[0] = Value(std::move(parts));
    return true;
  }
  return false;
}

void judge(const char* what, const History& history, const char* level) {
  const double begin = processor_seconds();
  const auto reports = check_transactions(history, {.level = level});
  const double seconds = processor_seconds() - begin;
  std::printf("%-22s %-20s %-8s %6.2f s  peak %5ld MiB  %llu steps\n", what, level,
              std::string(name_of(reports[0].verdict)).c_str(), seconds, peak_mib(),
              static_cast<unsigned long long>(reports[0].steps));
  std::map<std::string, int> topics;
  for (const Report& report : reports) ++topics[report.topic];
  for (const auto& [topic, count] : topics) {
    if (!topic.empty()) std::printf("    %s: %d\n", topic.c_str(), count);
  }
  if (!reports[0].sentence.empty()) std::printf("    %s\n", reports[0].sentence.c_str());
}

int run(int transactions) {
  Dice dice(7);
  History history = random_txns(long_shape(transactions), dice);
  std::printf("%zu transactions, %ld MiB\n", history.operations.size(), peak_mib());
  judge("correct", history, "strict-serializable");
  judge("correct", history, "serializable");
  {
    History stale = history;
    if (plant_stale_read(stale)) judge("one stale read", stale, "strict-serializable");
  }
  if (plant_stale_append(history)) {
    judge("stale, then appends", history, "strict-serializable");
    judge("stale, then appends", history, "snapshot-isolation");
  }
  Dice again(8);
  TxnShape shape = long_shape(transactions);
  shape.registers = true;
  const History registers = random_txns(shape, again);
  judge("registers", registers, "strict-serializable");
  Dice third(9);
  shape.revisions = true;
  judge("registers, revisions", random_txns(shape, third), "strict-serializable");
  return 0;
}

}  // namespace
}  // namespace plumbline::checker

int main(int argc, char** argv) {
  return plumbline::checker::run(argc > 1 ? std::atoi(argv[1]) : 1'000'000);
}
