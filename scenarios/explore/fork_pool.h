#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include <sys/types.h>

namespace plumbline::scenarios {

// How a job's process ended, with what it said.
struct JobEnd {
  enum class How {
    kFinished,     // it returned its answer
    kCrashed,      // a signal, or an exit without an answer
    kOutOfMemory,  // it met the memory limit
    kTimedOut,     // killed by the wall clock: the machine's fault until proven otherwise
  };
  How how = How::kFinished;
  std::string answer;
  std::string errors;  // standard error, its beginning
  int signal = 0;
  std::uint64_t cpu_us = 0;

  std::string first_error_line() const;
};

// Runs each job in a process forked from this one, which runs none itself: no state leaks from one
// job to the next, and a crash, a failed assertion, a hang or an exhausted memory limit ends that
// job and nothing else.
class ForkPool {
 public:
  struct Options {
    unsigned jobs = 1;
    std::uint64_t wall_seconds_max = 120;
    std::uint64_t memory_bytes_max = 4ULL
                                     << 30;  // of address space; not enforced under the sanitizers
  };
  using Job = std::function<std::string()>;
  // The next job under a number of the caller's choice, or nothing when there is none.
  using Source = std::function<std::optional<std::pair<std::uint64_t, Job>>()>;
  using Sink = std::function<void(std::uint64_t number, const JobEnd& end)>;

  explicit ForkPool(Options options) : options_(options) {}

  // Returns when the source is dry and all jobs have ended, or as soon as `stop` says so and the
  // running jobs have ended. `tick` is called a few times a second, for progress.
  void run(const Source& source, const Sink& sink, const std::function<bool()>& stop,
           const std::function<void()>& tick);

 private:
  struct Running {
    std::uint64_t number = 0;
    int answer_fd = -1;
    int error_fd = -1;
    std::uint64_t started_s = 0;
    bool timed_out = false;
    JobEnd end;
  };

  void launch(std::uint64_t number, const Job& job);
  void read_output();
  void reap(const Sink& sink);
  void enforce_time_limit();

  Options options_;
  std::map<pid_t, Running> running_;
};

}  // namespace plumbline::scenarios
