#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "checker/history/value.h"
#include "checker/txn/levels.h"
#include "checker/txn/tables.h"

namespace plumbline::checker::txn {

enum class EdgeKind : std::uint8_t {
  kWw,        // The target replaced a version that the source installed.
  kWr,        // The target read a version that the source installed.
  kRw,        // The target replaced a version that the source read.
  kSession,   // One process called the target after the source had answered.
  kOn,        // From an auxiliary node: goes on with the edge that led there.
  kRealtime,  // The source returned before the target was called. Never stored.
};

struct Hop {
  std::uint32_t from = 0;
  std::uint32_t to = 0;
  EdgeKind kind = EdgeKind::kWw;
};
using Cycle = std::vector<Hop>;

// What the steps of few transactions show by themselves, where one name has several forms.
enum class Detail : std::uint8_t {
  kPlain,
  kNotAList,     // garbage-read: a list key answered with something else.
  kRereads,      // internal: two reads of one key differ.
  kForgetsOwn,   // internal: a read does not show the transaction's own change.
  kSeesFuture,   // internal: a read shows what the transaction did only later.
  kOutOfOrder,   // internal: own appends stand in another order.
  kTornAppends,  // internal: a later own append is seen without an earlier one.
};

struct Finding {
  Anomaly anomaly = Anomaly::kG0;
  Detail detail = Detail::kPlain;
  // Of a cycle: its transactions are the sources of the hops. Otherwise the transactions that
  // matter, the one that saw it first.
  Cycle cycle;
  std::vector<std::uint32_t> transactions;
  std::uint32_t key = kNone;
  const Value* value = nullptr;  // The one that is wrong.
  const Value* other = nullptr;  // What it is compared with.
};

// All that is wrong: how often each anomaly was found, and the first few cases of it.
class Findings {
 public:
  static constexpr std::size_t kCasesMax = 3;

  void add(Finding finding) {
    const auto i = static_cast<std::size_t>(finding.anomaly);
    found_.add(finding.anomaly);
    if (counts_[i]++ < kCasesMax) cases_.push_back(std::move(finding));
  }
  AnomalySet found() const { return found_; }
  std::uint64_t count(Anomaly anomaly) const { return counts_[static_cast<std::size_t>(anomaly)]; }
  const std::vector<Finding>& cases() const { return cases_; }

 private:
  AnomalySet found_;
  std::array<std::uint64_t, kAnomalies> counts_ = {};
  std::vector<Finding> cases_;
};

}  // namespace plumbline::checker::txn
