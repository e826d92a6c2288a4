#pragma once

#include <cstdint>
#include <functional>
#include <istream>
#include <string>

#include "checker/history/history.h"
#include "checker/history/result.h"

namespace plumbline::checker {

// Reads history.jsonl (FORMAT.md) strictly: the first thing wrong ends the reading with one
// Problem that names the line. Only open operations are held, so a file may be larger than memory.
//
// `take` gets each operation with its index once its outcome is known: at its return, or, if it
// never returned, at the trailer. A problem may turn up after operations have been handed over.
using TakeOperation = std::function<void(std::uint64_t index, Operation&& operation)>;
Result<Meta> stream_history(std::istream& in, const std::string& file, const TakeOperation& take);

// The whole file. The result keeps the invariants of History.
Result<History> read_history(std::istream& in, const std::string& file);
Result<History> read_history_file(const std::string& path);

}  // namespace plumbline::checker
