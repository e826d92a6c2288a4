#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "checker/guarantees/guarantees.h"
#include "checker/history/history.h"
#include "tests/checker/support/builder.h"
#include "tests/checker/support/random_history.h"
#include "tests/checker/support/simulated.h"

namespace plumbline::checker {

using Indices = std::vector<std::uint64_t>;

// The reports of a guarantee by its name in the registry. What every report must hold to is
// expected on the way: its property, a sentence, a witness that is in order and within the history.
std::vector<Report> reports_of(std::string_view guarantee, const History& history,
                               const GuaranteeOptions& options = {});
Verdict verdict_of(std::string_view guarantee, const History& history,
                   const GuaranteeOptions& options = {});

// The first report is a violation with this topic, sentence and witness.
void expect_violation(const std::vector<Report>& reports, std::string_view topic,
                      std::string_view sentence, const Indices& witness);

// For a failed comparison with a twin: every operation in a line.
std::string all_of(const History& history);

// Some answered operation with results; nullptr if chance finds none.
Operation* some_answered(History& history, Function function, Dice& dice);

}  // namespace plumbline::checker
