#pragma once

#include <string>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// For a terminal, without colours, of at most 100 columns as far as values allow: the verdict, then
// per property one line, and for each that is not valid its sentence, a table of its witness, the
// proof, all orders with what breaks each, what is ruled out, and where to read on.
// REQUIRES: `result` came from `history`; a witness that does not fit it is left out.
std::string render_text(const CheckResult& result, const History& history);
std::string render_text(const Report& report, const History& history);

}  // namespace plumbline::checker
