#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "reports/seed_verdict.h"

namespace plumbline::reports {

// Whether to colour is the caller's decision (--color, NO_COLOR, a terminal or not). Colour only
// repeats what the words say.
std::string coloured(std::string_view text, SeedVerdict verdict, bool colour);

// What is told of one failing run. Empty texts leave out their part or their line.
struct Failure {
  SeedVerdict verdict = SeedVerdict::kViolation;
  std::string property;
  std::string key;
  std::string scenario;
  std::string seed;
  std::string sentence;
  std::string shrunk;  // "4123 ops/11 faults -> 2 ops/1 fault"
  std::string replay;
  std::string report;
};

// The last lines of a failure: what is wrong in one sentence, and the exact command that shows it
// again. Values cannot smuggle escape sequences into the terminal.
std::string failure_block(const Failure& failure, bool colour = false);

enum class ProgressStyle {
  kBar,    // One line on a terminal, drawn over and over; at most ten times a second.
  kPlain,  // A line of its own every 10 % or 30 s, for logs: no carriage return, no colour.
  kNone,
};

// How far a suite is. It has no clock: the caller passes the time since the start, so that the
// output is a function of its input. Every method returns the text to write to stderr, often none.
class Progress {
 public:
  using Elapsed = std::chrono::milliseconds;

  // `total` 0: the number of seeds is not known (a time budget decides).
  Progress(ProgressStyle style, std::uint64_t total) : style_(style), total_(total) {}

  // REQUIRES: neither `done` nor `elapsed` goes back.
  std::string update(std::uint64_t done, std::uint64_t failures, Elapsed elapsed);
  // Takes the bar away, so that another line can be written; the next update draws it again.
  std::string clear();
  // The final state: clears the bar, and says the last line if it was not said.
  std::string finish(std::uint64_t done, std::uint64_t failures, Elapsed elapsed);

 private:
  std::string plain_line(std::uint64_t done, std::uint64_t failures, Elapsed elapsed);
  std::string bar(std::uint64_t done, std::uint64_t failures, Elapsed elapsed);
  std::string facts(std::uint64_t done, std::uint64_t failures, Elapsed elapsed) const;

  ProgressStyle style_;
  std::uint64_t total_;
  std::uint64_t tenths_told_ = 0;
  std::optional<std::uint64_t> done_told_;
  Elapsed told_at_{0};
  bool bar_is_drawn_ = false;
};

}  // namespace plumbline::reports
