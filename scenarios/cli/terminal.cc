#include "scenarios/cli/terminal.h"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <utility>

namespace plumbline::cli {
namespace {

volatile sig_atomic_t interrupts = 0;

void on_interrupt(int) {
  if (interrupts != 0) ::_exit(130);
  interrupts = 1;
}

std::int64_t monotonic_milliseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replace});
    }
  }
  return row[b.size()];
}

}  // namespace

bool use_color(const TerminalOptions& options) {
  if (options.color != "auto") return options.color == "always";
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

reports::ProgressStyle progress_style(const TerminalOptions& options) {
  if (options.progress == "bar") return reports::ProgressStyle::kBar;
  if (options.progress == "plain") return reports::ProgressStyle::kPlain;
  if (options.progress == "none") return reports::ProgressStyle::kNone;
  return ::isatty(STDERR_FILENO) == 1 ? reports::ProgressStyle::kBar
                                      : reports::ProgressStyle::kPlain;
}

void complain(const std::string& line) { std::fprintf(stderr, "plumbline: %s\n", line.c_str()); }

std::string nearest_of(const std::string& word, const std::vector<std::string>& names) {
  std::string nearest;
  std::size_t best = word.size() / 2 + 1;
  for (const std::string& name : names) {
    const std::size_t distance = edit_distance(word, name);
    if (distance >= best) continue;
    best = distance;
    nearest = name;
  }
  return nearest;
}

bool interrupted() { return interrupts != 0; }

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

std::int64_t milliseconds_since_start() {
  static const std::int64_t started = monotonic_milliseconds();
  return monotonic_milliseconds() - started;
}

}  // namespace plumbline::cli
