#pragma once

#include <istream>
#include <span>
#include <string>
#include <string_view>

#include "checker/formats/input_buffer.h"
#include "checker/formats/semantics.h"
#include "checker/history/history.h"
#include "checker/history/reader.h"
#include "checker/history/result.h"

namespace plumbline::checker {

// How to read a history of whatever origin.
struct LoadOptions {
  // Empty: found out from the content, and if that does not tell, from the name of the file.
  //   native       history.jsonl (checker/history/FORMAT.md)
  //   jepsen-edn   maps in EDN, bare or in one vector or list; also called edn and edn-lines
  //   jepsen-json  objects in JSON, bare or in one array; also called json
  //   jepsen-log   the lines that jepsen.util prints
  //   micro        the notation of micro.h
  std::string format;
  // What the history is about. Empty: what the history says, else a guess (model_guess.h) unless
  // the format is native.
  std::string model;
  std::string semantics;  // Words of Semantics.
  std::string params;     // Words of Params; only independent-keys matters for the reading.
  Progress progress;      // May be empty.
};

std::span<const std::string_view> format_names();

// Hands over each operation once its outcome is known, with its index in the history, and returns
// what the history is about. Memory is needed for open operations and one entry only. Whatever is
// wrong with the input is one Problem; operations may have been handed over before it.
// A history in `micro` is held whole.
Result<Meta> stream_any_history(std::istream& in, const std::string& file,
                                const LoadOptions& options, const TakeOperation& take);

// The whole history. It keeps the invariants of History.
Result<History> load_history(std::istream& in, const std::string& file,
                             const LoadOptions& options = {});
Result<History> load_history_file(const std::string& path, const LoadOptions& options = {});

// The format of a history that begins with `beginning`, or nothing if neither that nor the name
// of the file tells. `beginning` may be cut anywhere.
std::string_view format_of(std::string_view beginning, std::string_view file);

}  // namespace plumbline::checker
