#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/history.h"
#include "checker/history/result.h"
#include "checker/txn/levels.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

inline constexpr std::string_view kDefaultTxnLevel = "strict-serializable";
inline constexpr std::uint64_t kDefaultTxnStepBudget = 50'000'000;

struct TxnOptions {
  // A name of txn_level_names().
  std::string level = std::string(kDefaultTxnLevel);
  // Edges looked at in search of the shortest cycle, for each shape of cycles.
  std::uint64_t step_budget = kDefaultTxnStepBudget;
};

// Judges the transactions of a history (Function::kTxn; other operations are left out). A key to
// which transactions append is a list: its longest read is the order of its versions. A key that
// they write is a register: the order is known where operations carry revisions, and where
// transactions read what they replace. Written values and appended elements must be unique per key.
//
// What is returned: one invalid report for each anomaly found that the level forbids, up to three
// of those that single steps show; or one unknown report that says what is missing; or one valid
// report, whose argument mentions anomalies that the level allows. The property is the level.
//
// An unknown transaction happened if and only if something that it wrote was read, and then all of
// it happened. A serial order of the transactions respects real time under the levels called strict
// or strong, and the calls of each process under those called strong session.
// REQUIRES: the history has no fault.
std::vector<Report> check_transactions(const History& history, const TxnOptions& options = {});

}  // namespace plumbline::checker
