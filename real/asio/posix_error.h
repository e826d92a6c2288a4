#pragma once

#include <string>
#include <string_view>

#include "nodes/base/result.h"

namespace plumbline::real {

// What `number` (an errno) means to a node, with `what` (a call and its file or address) and the
// system's text in the detail.
Error disk_error(std::string_view what, int number);
Error stream_error(std::string_view what, int number);

// Makes the directory and those above it, where they are missing. Errors: those of disk_error(),
// kInvalid when something else has its name.
Status make_directories(const std::string& directory);

}  // namespace plumbline::real
