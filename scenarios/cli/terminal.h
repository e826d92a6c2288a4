#pragma once

#include <string>
#include <vector>

#include "reports/terminal.h"

namespace plumbline::cli {

// How a person or a pipe is spoken to. Results go to standard output, progress and logs to standard
// error.
struct TerminalOptions {
  std::string progress = "auto";  // auto, bar, plain, none
  std::string color = "auto";     // auto, always, never; NO_COLOR counts for auto
};

bool use_color(const TerminalOptions& options);
reports::ProgressStyle progress_style(const TerminalOptions& options);

// "plumbline: <line>" on standard error.
void complain(const std::string& line);

// The name that a mistyped one was probably meant to be, "" when none is near.
std::string nearest_of(const std::string& word, const std::vector<std::string>& names);

// True once the user has asked to stop; a second time ends the program at once.
bool interrupted();
void catch_interrupts();

std::int64_t milliseconds_since_start();

}  // namespace plumbline::cli
