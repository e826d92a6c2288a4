#pragma once

#include <span>

#include "checker/history/history.h"
#include "checker/sessions/token_table.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// What a client with a session is promised, one function per guarantee. Each says in words what
// linearizability would say less plainly, or not at all. They are exact about what they report and
// leave to linearizability what they cannot tell. `keys` comes from tokens_by_key().

// "at-most-once": a token is in no value more often than requests were made to write it, however
// often each was tried.
Report check_at_most_once(std::span<const KeyTokens> keys);

// "failed-leaves-no-trace": what only definitely failed requests wrote is never seen.
Report check_failed_leaves_no_trace(std::span<const KeyTokens> keys);

// "acknowledged-stays": an append that was answered is in every value of its key that was asked
// for afterwards. Judged only on keys where nothing but appends changes the value.
Report check_acknowledged_stays(std::span<const KeyTokens> keys);

// "retries-answer-alike": all answers to one change of one session and sequence are equal.
// REQUIRES: the history has no fault.
Report check_retries_answer_alike(const History& history);

}  // namespace plumbline::checker
