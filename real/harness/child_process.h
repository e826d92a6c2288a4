#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/result.h"

namespace plumbline::harness {

// How a process ended.
struct ProcessEnd {
  bool by_signal = false;
  int code = 0;  // of its exit, or the signal's number

  std::string text() const;  // "exit code 1", "signal 6 (Aborted)"
};

struct ChildOptions {
  std::string program;
  std::vector<std::string> arguments;
  std::string output;  // a file that what it prints is appended to
};

// A process of ours that cannot outlive us: it dies with its maker, however that dies, and with
// this object. It is alone in a process group, so that an interrupt at the terminal reaches it only
// through us, and inherits no descriptor and no setting of ours from the environment.
class ChildProcess {
 public:
  // Errors: kNotFound, kIo; the detail is one line.
  static Result<std::unique_ptr<ChildProcess>> start(const ChildOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const { return id_; }
  void signal(int number);
  // Nothing while it runs; a stopped process runs.
  std::optional<ProcessEnd> ended();
  // Waits for its end, which somebody must have caused.
  ProcessEnd wait();

 private:
  explicit ChildProcess(pid_t id) : id_(id) {}
  void note(int status);

  pid_t id_;
  std::optional<ProcessEnd> end_;
};

}  // namespace plumbline::harness
