#pragma once

#include <ostream>
#include <string>

#include "checker/history/history.h"
#include "checker/history/result.h"

namespace plumbline::checker {

// Writes a history as Jepsen does, a map in EDN per line, for Knossos and Elle to judge.
//
// Lines are in order of time. Within one instant calls come first, so that what counts as
// concurrent here does so there; a process that returns and calls at one instant returns first.
// (Of two processes that do so at the same instant, one then seems to precede the other.)
//
// Keys: a history of one key has it in the member :key, where Jepsen overlooks it; a history of
// several has values [key value], as jepsen.independent has them. A transaction has no key.
// What Jepsen has no word for goes into members that it overlooks, so that load.h reads the same
// history again: :revision, :session, :server, and :answer of a comparison that did not hold,
// which Jepsen calls a failure. A process that saw :info never invokes again in Jepsen; what its
// client did after goes to new processes, with the member :client. Bytes that are not UTF-8 are
// #plumbline/hex "00ff".
//
// REQUIRES: fault_of(history) finds nothing.
void write_edn(std::ostream& out, const History& history);

// Replaces what is at `path`. A faulty history is refused.
Status write_edn_file(const std::string& path, const History& history);

}  // namespace plumbline::checker
