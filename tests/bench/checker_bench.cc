// How long it takes to judge long histories, and in how much memory: `./dev bench checker`.
//
// Each row is a process of its own: it generates a history (not counted), judges it three times,
// and prints the best processor time, the bytes an operation that the history and the judging took
// together at their peak, and the verdict.

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "checker/check.h"
#include "tests/checker/support/long_history.h"

namespace plumbline::checker {
namespace {

constexpr int kRuns = 3;

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::int64_t peak_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss * 1024;
}

struct Case {
  LongShape shape;
  bool stale = false;
};

void judge(const Case& one) {
  const std::int64_t before = peak_bytes();
  History history = long_history(one.shape, 1);
  if (one.stale) plant_stale_read(history);
  double best = 1e9;
  CheckResult result;
  for (int run = 0; run < kRuns; ++run) {
    const double start = processor_seconds();
    result = check_history(history);
    best = std::min(best, processor_seconds() - start);
  }
  const bool right = result.verdict == (one.stale ? Verdict::kInvalid : Verdict::kValid);
  const std::string verdict(name_of(result.verdict));
  std::printf("%9lld %4d %3d%% %-9s %-6s %-7s %-6s %8.3f %7lld  %-7s %s\n",
              static_cast<long long>(one.shape.operations), one.shape.clients,
              one.shape.unknown_percent, one.shape.swaps ? "cas" : "register",
              one.shape.revisions ? "yes" : "no", one.shape.values == 0 ? "once" : "0..4",
              one.shape.silent ? "silent" : "", best,
              static_cast<long long>((peak_bytes() - before) / one.shape.operations),
              verdict.c_str(), right ? "" : "WRONG");
}

// True if the child judged and ended well.
bool in_a_process_of_its_own(const Case& one) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    judge(one);
    std::fflush(stdout);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
  std::printf("the judging died (status %d)\n", status);
  return false;
}

void header() {
  std::printf("%9s %4s %4s %-9s %-6s %-7s %-6s %8s %7s  %-7s\n", "ops", "clts", "unkn", "history",
              "revs", "values", "", "cpu s", "B/op", "verdict");
}

bool all_of(std::int64_t operations, bool silent) {
  bool well = true;
  for (const int clients : {5, 10, 20, 50}) {
    for (const int unknown : {0, 1, 5}) {
      for (const bool swaps : {false, true}) {
        if (silent && !swaps) continue;
        for (const bool revisions : {false, true}) {
          for (const bool stale : {false, true}) {
            const LongShape shape{.operations = operations,
                                  .clients = clients,
                                  .unknown_percent = unknown,
                                  .swaps = swaps,
                                  .revisions = revisions,
                                  .silent = silent};
            well = in_a_process_of_its_own({shape, stale}) && well;
          }
        }
      }
    }
  }
  return well;
}

bool small_domains(std::int64_t operations) {
  bool well = true;
  for (const bool swaps : {false, true}) {
    for (const int unknown : {0, 1, 5}) {
      const LongShape shape{.operations = operations,
                            .clients = 5,
                            .unknown_percent = unknown,
                            .swaps = swaps,
                            .values = 5};
      well = in_a_process_of_its_own({shape, false}) && well;
    }
  }
  return well;
}

int run(std::int64_t largest) {
  bool well = true;
  header();
  for (std::int64_t operations = 1000; operations <= largest; operations *= 10) {
    well = all_of(operations, false) && well;
  }
  std::printf("\nsmall ambiguous domains\n");
  well = small_domains(std::min<std::int64_t>(largest, 100'000)) && well;
  std::printf("\nfailed swaps that do not say what they saw\n");
  for (std::int64_t operations = 1000; operations <= largest; operations *= 10) {
    well = all_of(operations, true) && well;
  }
  return well ? 0 : 1;
}

}  // namespace
}  // namespace plumbline::checker

int main(int argc, char** argv) {
  return plumbline::checker::run(argc > 1 ? std::atoll(argv[1]) : 1'000'000);
}
