#include "scenarios/explore/fork_pool.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>
#include <new>
#include <vector>

#include "nodes/base/assert.h"

namespace plumbline::scenarios {
namespace {

constexpr int kOutOfMemoryExit = 117;
constexpr std::size_t kErrorsKept = 16 * 1024;
constexpr int kPollMilliseconds = 200;

std::uint64_t now_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec);
}

void write_all(int fd, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (n <= 0) return;
    done += static_cast<std::size_t>(n);
  }
}

// Appends what is there; false at the end of the stream.
bool drain(int fd, std::string& into, std::size_t keep) {
  char chunk[16 * 1024];
  for (;;) {
    const ssize_t n = ::read(fd, chunk, sizeof(chunk));
    if (n > 0) {
      if (into.size() < keep) into.append(chunk, static_cast<std::size_t>(n));
      continue;
    }
    return n < 0;
  }
}

[[noreturn]] void be_the_child(const ForkPool::Job& job, int answer_fd, int error_fd,
                               std::uint64_t memory_bytes_max) {
  ::dup2(error_fd, STDERR_FILENO);
  ::signal(SIGINT, SIG_IGN);  // the parent lets the running jobs end
#ifndef PLUMBLINE_SANITIZED
  const rlimit limit{memory_bytes_max, memory_bytes_max};
  ::setrlimit(RLIMIT_AS, &limit);
#else
  (void)memory_bytes_max;
#endif
  try {
    write_all(answer_fd, job());
  } catch (const std::bad_alloc&) {
    ::_exit(kOutOfMemoryExit);
  } catch (const std::exception& error) {
    const std::string text = std::string("exception: ") + error.what() + "\n";
    write_all(STDERR_FILENO, text);
    ::_exit(1);
  }
  ::_exit(0);
}

}  // namespace

std::string JobEnd::first_error_line() const { return errors.substr(0, errors.find('\n')); }

void ForkPool::launch(std::uint64_t number, const Job& job) {
  int answer[2];
  int error[2];
  PLUMB_ASSERT(::pipe2(answer, O_CLOEXEC) == 0);
  PLUMB_ASSERT(::pipe2(error, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  PLUMB_ASSERT(child >= 0, "no process could be forked");
  if (child == 0) {
    ::close(answer[0]);
    ::close(error[0]);
    be_the_child(job, answer[1], error[1], options_.memory_bytes_max);
  }
  ::close(answer[1]);
  ::close(error[1]);
  ::fcntl(answer[0], F_SETFL, O_NONBLOCK);
  ::fcntl(error[0], F_SETFL, O_NONBLOCK);
  Running running;
  running.number = number;
  running.answer_fd = answer[0];
  running.error_fd = error[0];
  running.started_s = now_seconds();
  running_.emplace(child, std::move(running));
}

void ForkPool::read_output() {
  std::vector<pollfd> waited;
  for (const auto& [pid, job] : running_) {
    if (job.answer_fd >= 0) waited.push_back({job.answer_fd, POLLIN, 0});
    if (job.error_fd >= 0) waited.push_back({job.error_fd, POLLIN, 0});
  }
  ::poll(waited.data(), waited.size(), kPollMilliseconds);
  for (auto& [pid, job] : running_) {
    if (job.answer_fd >= 0 && !drain(job.answer_fd, job.end.answer, SIZE_MAX)) {
      ::close(job.answer_fd);
      job.answer_fd = -1;
    }
    if (job.error_fd >= 0 && !drain(job.error_fd, job.end.errors, kErrorsKept)) {
      ::close(job.error_fd);
      job.error_fd = -1;
    }
  }
}

void ForkPool::reap(const Sink& sink) {
  for (auto it = running_.begin(); it != running_.end();) {
    Running& job = it->second;
    if (job.answer_fd >= 0 || job.error_fd >= 0) {
      ++it;
      continue;
    }
    int status = 0;
    rusage used{};
    ::wait4(it->first, &status, 0, &used);
    JobEnd& end = job.end;
    end.cpu_us =
        static_cast<std::uint64_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1'000'000 +
        static_cast<std::uint64_t>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    if (job.timed_out) {
      end.how = JobEnd::How::kTimedOut;
    } else if (WIFSIGNALED(status)) {
      end.how = JobEnd::How::kCrashed;
      end.signal = WTERMSIG(status);
    } else if (WEXITSTATUS(status) == kOutOfMemoryExit) {
      end.how = JobEnd::How::kOutOfMemory;
    } else if (WEXITSTATUS(status) != 0) {
      end.how = JobEnd::How::kCrashed;
    }
    const std::uint64_t number = job.number;
    const JobEnd finished = std::move(end);
    it = running_.erase(it);
    sink(number, finished);
  }
}

void ForkPool::enforce_time_limit() {
  const std::uint64_t now = now_seconds();
  for (auto& [pid, job] : running_) {
    if (job.timed_out || now - job.started_s < options_.wall_seconds_max) continue;
    job.timed_out = true;
    ::kill(pid, SIGKILL);
  }
}

void ForkPool::run(const Source& source, const Sink& sink, const std::function<bool()>& stop,
                   const std::function<void()>& tick) {
  bool dry = false;
  while (!dry || !running_.empty()) {
    while (!dry && running_.size() < options_.jobs) {
      auto next = stop() ? std::nullopt : source();
      if (!next) {
        dry = true;
      } else {
        launch(next->first, next->second);
      }
    }
    if (!running_.empty()) read_output();
    reap(sink);
    enforce_time_limit();
    tick();
  }
}

}  // namespace plumbline::scenarios
