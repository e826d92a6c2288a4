#pragma once

#include <string>

namespace plumbline {

// Says where an assertion failed in terms of the run (node, simulated time, seed). Set by whoever
// pumps the nodes.
using AssertContext = std::string (*)();
void set_assert_context(AssertContext context);

// Prints one block to standard error and aborts; a forked seed's parent takes its first line as the
// verdict.
[[noreturn]] void assert_failed(const char* expression, const char* file, int line,
                                const std::string& detail = {});

}  // namespace plumbline

// A programmer's error: on in every build. One condition per assertion; the optional second
// argument is a string with the values that the reader will ask for.
#define PLUMB_ASSERT(condition, ...) \
  (static_cast<bool>(condition)      \
       ? static_cast<void>(0)        \
       : ::plumbline::assert_failed(#condition, __FILE__, __LINE__ __VA_OPT__(, ) __VA_ARGS__))
