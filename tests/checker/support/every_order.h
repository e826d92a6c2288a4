#pragma once

#include <vector>

#include "checker/history/history.h"
#include "tests/checker/support/plain_model.h"

namespace plumbline::checker {

// Tries every order of the operations and every subset of the unknown ones, without memory,
// partition or cleverness. Answered operations that are not `certain` may or may not have happened,
// but if so between their call and their return. For small histories.
bool some_order_explains(const std::vector<Operation>& operations, const PlainModel& model,
                         const std::vector<bool>& certain);
bool some_order_explains(const std::vector<Operation>& operations, const PlainModel& model);

}  // namespace plumbline::checker
