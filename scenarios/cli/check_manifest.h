#pragma once

#include <cstdint>
#include <string>

#include "checker/verdict/verdict.h"
#include "scenarios/cli/exit_code.h"

namespace plumbline::cli {

Exit exit_of(checker::Verdict verdict);

// Judges every history of a manifest (checker/formats/manifest.h), each in a process of its own so
// that its time and memory are its own and none can end the others, and prints a table. Passed if
// each verdict is what the manifest expects; another number of operations is told.
Exit check_manifest(const std::string& path, std::uint64_t step_budget);

}  // namespace plumbline::cli
