#pragma once

#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// "bank": money is moved, never made or lost, in what any read shows.
//
// A read answers with a list of [account, balance]. An answered read violates the guarantee if, in
// this order,
//  - "wrong-account": it lists an account that is not among options.accounts (if those are given;
//    a text that spells the number of an account is that account), or one account twice;
//  - "nil-balance": an account has no balance;
//  - "wrong-total": the balances do not add up to options.total;
//  - "negative-balance": a balance is below zero although options.allow_negative is not set.
// Transfers conserve the total whether they took effect or not, so their outcomes do not matter;
// they serve to explain. Unknown: nothing was read, or an answer is no list of accounts.
//
// Findings are in the order in which the reads returned: the first says by how much which read
// first went wrong. O(length of all answers).
// REQUIRES: the history has no fault.
std::vector<Report> check_bank(const History& history, const GuaranteeOptions& options);

}  // namespace plumbline::checker
