#pragma once

#include <span>

#include "checker/history/requests.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

struct ReplayOptions {
  // Whether a value is a sequence of tokens and a scalar the sequence of itself alone, as the
  // model kv-append has it; else a value is compared whole, a list too.
  bool sequences = true;
};

// Whether the answers are those of a store that made its changes in the order of the revisions
// that it published: linearizability, in time linear in the history, of whoever tells his order.
//
// Assumed: one revision counts the changes of the whole store; every answer carries one, a change
// the one it made, any other the one it saw; two changes never share one; and they agree with real
// time. Where that does not hold (check_revisions() says so), or an answer carries no revision, or
// a function is none of read, write, cas, put, get, delete, append, the verdict is unknown.
//
//  - valid is a proof of linearizability whatever the revisions are worth: it rests on an order
//    that was found and explains every answer.
//  - invalid: no order does in which the changes stand as their revisions say. Either the data is
//    wrong or the revisions are; a check without revisions tells which.
//  - unknown: not applicable, or undecided since an operation of unknown outcome can be placed in
//    several ways and the one that was tried failed. The sentence says which.
//
// A revision that no answer claims is where a change of unknown outcome can have happened, once
// each and after every revision that had been answered when it was called. That some revision is
// explained by no operation is no fault here: others may use the store.
Report check_replay(std::span<const Request> requests, const ReplayOptions& options);

}  // namespace plumbline::checker
