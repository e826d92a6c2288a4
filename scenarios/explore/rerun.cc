#include "scenarios/explore/rerun.h"

#include <fcntl.h>
#include <locale.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "scenarios/explore/seed_job.h"
#include "scenarios/spec/run_file.h"
#include "sim/trace_format.h"

extern char** environ;

namespace plumbline::scenarios {
namespace {

using Json = nlohmann::json;

// Another seed's beginning, so that state which an earlier run left in the process shows.
constexpr std::uint64_t kWarmUpSeed = 0x77a4;
constexpr std::int64_t kWarmUpMilliseconds = 1'500;

// An environment that differs from this one in size, order, locale and in what the allocator fills
// memory with.
std::vector<std::string> other_environment() {
  std::vector<std::string> variables = {
      "PLUMBLINE_RERUN=" + std::string(1 + ::getpid() % 3001, 'x'),
      "MALLOC_PERTURB_=" + std::to_string(1 + ::getpid() % 254), "MALLOC_ARENA_MAX=1",
      "LC_ALL=C.UTF-8", "TZ=Asia/Kathmandu"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    const bool replaced = text.starts_with("PLUMBLINE_RERUN=") || text.starts_with("MALLOC_") ||
                          text.starts_with("LC_") || text.starts_with("TZ=");
    if (!replaced) variables.push_back(text);
  }
  return variables;
}

// Both outputs of a program until it ends, and its exit status.
struct Output {
  std::string out;
  int status = -1;
};

Output run_program(std::vector<std::string> arguments, std::vector<std::string> environment) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  std::vector<char*> envp;
  for (std::string& variable : environment) envp.push_back(variable.data());
  envp.push_back(nullptr);
  int pipe_fds[2];
  Output output;
  if (::pipe2(pipe_fds, O_CLOEXEC) != 0) return output;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDERR_FILENO);
  pid_t child = -1;
  const int failed =
      ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, argv.data(), envp.data());
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe_fds[1]);
  std::array<char, 4096> chunk;
  for (ssize_t n = 1; failed == 0 && n > 0;) {
    n = ::read(pipe_fds[0], chunk.data(), chunk.size());
    if (n > 0) output.out.append(chunk.data(), static_cast<std::size_t>(n));
  }
  ::close(pipe_fds[0]);
  if (failed == 0) ::waitpid(child, &output.status, 0);
  return output;
}

void warm_up(const RunRequest& request) {
  RunRequest other = request;
  other.seed = kWarmUpSeed;
  other.overrides.clear();
  other.scenario.faults.clear();
  other.scenario.quiet_ms = kWarmUpMilliseconds / 2;
  other.scenario.duration_ms = kWarmUpMilliseconds;
  SimRun run(other);
  run.run();
}

}  // namespace

Rerun rerun_in_new_process(const std::string& run_json, const std::string& trace) {
  Rerun rerun;
  std::vector<std::string> arguments = {"plumbline", "rerun", run_json};
  if (!trace.empty()) arguments.push_back(trace);
  const Output output = run_program(arguments, other_environment());
  const Json answer = Json::parse(output.out, nullptr, false);
  if (!answer.is_object() || !answer.contains("trace_hash")) {
    rerun.error = output.out.substr(0, output.out.find('\n'));
    return rerun;
  }
  rerun.ran = true;
  rerun.trace_hash = answer["trace_hash"].get<std::uint64_t>();
  rerun.events = answer["events"].get<std::uint64_t>();
  return rerun;
}

int rerun_main(const std::string& run_json, const std::string& trace) {
  ::setlocale(LC_ALL, "");
  const Result<RunFile> file = load_run(run_json);
  if (!file) {
    std::fprintf(stderr, "%s\n", file.error().message().c_str());
    return 2;
  }
  if (!select_plant(file->plant)) {
    std::fprintf(stderr, "this build has no plant %s\n", file->plant.c_str());
    return 2;
  }
  RunRequest request{
      .scenario = file->scenario, .seed = file->seed, .overrides = file->overrides, .trace = {}};
  warm_up(request);
  request.trace.keep =
      trace.empty() ? sim::TraceMemory::Keep::kNothing : sim::TraceMemory::Keep::kAll;
  SimRun run(request);
  run.run();
  const sim::TraceRecorder& recorder = run.simulation().trace();
  if (!trace.empty() && !recorder.write(trace)) {
    std::fprintf(stderr, "cannot write %s\n", trace.c_str());
    return 3;
  }
  const Json answer = {{"trace_hash", recorder.hash()}, {"events", run.simulation().events()}};
  std::printf("%s\n", answer.dump().c_str());
  return 0;
}

}  // namespace plumbline::scenarios
