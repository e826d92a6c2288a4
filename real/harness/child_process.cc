#include "real/harness/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

extern char** environ;

namespace plumbline::harness {
namespace {

// What the child needs, made before the fork: between fork and exec nothing may allocate, for other
// threads of ours may hold any lock.
struct Prepared {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  int output = -1;
  int report = -1;  // errno of a failed exec goes there
  pid_t parent = 0;
};

std::vector<char*> own_environment() {
  std::vector<char*> kept;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("PLUMBLINE_")) kept.push_back(*variable);
  }
  kept.push_back(nullptr);
  return kept;
}

void report_and_leave(const Prepared& prepared) {
  const int failed = errno;
  [[maybe_unused]] const ssize_t written = ::write(prepared.report, &failed, sizeof failed);
  ::_exit(127);
}

[[noreturn]] void become(const Prepared& prepared, const char* program) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != prepared.parent) ::_exit(127);  // it died before it could be asked for
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(prepared.output, STDOUT_FILENO);
  ::dup2(prepared.output, STDERR_FILENO);
  const int report = ::dup2(prepared.report, 3);
  ::fcntl(report, F_SETFD, FD_CLOEXEC);
  ::close_range(4, ~0U, 0);
  ::execve(program, prepared.arguments.data(), prepared.environment.data());
  Prepared failed = prepared;
  failed.report = report;
  report_and_leave(failed);
  ::_exit(127);
}

Error failure(const std::string& what, int number) {
  const Errc code = number == ENOENT ? Errc::kNotFound : Errc::kIo;
  return {code, what + ": " + std::strerror(number)};
}

// Above the numbers that the child puts its own to.
int raised(int descriptor) {
  const int high = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 16);
  ::close(descriptor);
  return high;
}

}  // namespace

std::string ProcessEnd::text() const {
  if (!by_signal) return "exit code " + std::to_string(code);
  return "signal " + std::to_string(code) + " (" + ::strsignal(code) + ")";
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const ChildOptions& options) {
  Prepared prepared;
  prepared.arguments.push_back(const_cast<char*>(options.program.c_str()));
  for (const std::string& argument : options.arguments) {
    prepared.arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  prepared.arguments.push_back(nullptr);
  prepared.environment = own_environment();
  const int output =
      ::open(options.output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (output < 0) return failure("cannot write " + options.output, errno);
  prepared.output = raised(output);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure("no pipe left", errno);
  prepared.report = raised(ends[1]);
  prepared.parent = ::getpid();
  const pid_t id = ::fork();
  if (id == 0) become(prepared, options.program.c_str());
  const int fork_failed = errno;
  ::close(prepared.output);
  ::close(prepared.report);
  int exec_failed = 0;
  const ssize_t got = id < 0 ? 0 : ::read(ends[0], &exec_failed, sizeof exec_failed);
  ::close(ends[0]);
  if (id < 0) return failure("cannot start " + options.program, fork_failed);
  std::unique_ptr<ChildProcess> child(new ChildProcess(id));
  if (got > 0) return failure("cannot start " + options.program, exec_failed);
  return child;
}

ChildProcess::~ChildProcess() {
  if (ended()) return;
  signal(SIGKILL);
  wait();
}

void ChildProcess::signal(int number) {
  if (!ended()) ::kill(id_, number);
}

void ChildProcess::note(int status) {
  if (WIFSIGNALED(status)) {
    end_ = ProcessEnd{true, WTERMSIG(status)};
  } else {
    end_ = ProcessEnd{false, WEXITSTATUS(status)};
  }
}

std::optional<ProcessEnd> ChildProcess::ended() {
  int status = 0;
  if (!end_ && ::waitpid(id_, &status, WNOHANG) == id_) note(status);
  return end_;
}

ProcessEnd ChildProcess::wait() {
  int status = 0;
  while (!end_) {
    if (::waitpid(id_, &status, 0) == id_) note(status);
  }
  return *end_;
}

}  // namespace plumbline::harness
