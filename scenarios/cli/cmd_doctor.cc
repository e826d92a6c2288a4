// plumbline doctor: whether this machine can do what the other commands need.

#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <thread>

#include "scenarios/cli/commands.h"
#include "scenarios/cli/suite_files.h"
#include "scenarios/explore/rerun.h"
#include "scenarios/explore/seed_job.h"
#include "scenarios/spec/run_file.h"

namespace plumbline::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kDiskBytesWanted = 1ULL << 30;
constexpr std::uint64_t kOpenFilesWanted = 1024;

struct Doctor {
  bool healthy = true;

  void say(bool good, const std::string& what, const std::string& advice) {
    std::printf("%s %s%s%s\n", good ? "ok  " : "BAD ", what.c_str(),
                good || advice.empty() ? "" : ": ", good ? "" : advice.c_str());
    healthy = healthy && good;
  }
};

// The shortest possible proof that a run is the same in another process of this machine.
bool repeats_itself() {
  scenarios::Scenario scenario;
  scenario.name = "doctor";
  scenario.duration_ms = 3'000;
  scenario.quiet_ms = 1'000;
  scenario.workloads = {{.kind = "register", .clients = 2, .operations = 10}};
  scenarios::RunRequest request = scenarios::draw_request(scenario, 1);
  scenarios::SimRun run(request);
  run.run();
  const fs::path path =
      fs::temp_directory_path() / ("plumbline-doctor-" + std::to_string(::getpid()) + ".json");
  if (!scenarios::save_run(scenarios::run_file(request, ""), path.string())) return false;
  const scenarios::Rerun again = scenarios::rerun_in_new_process(path.string(), "");
  std::error_code ignored;
  fs::remove(path, ignored);
  return again.ran && again.trace_hash == run.simulation().trace().hash();
}

Exit run_doctor() {
  Doctor doctor;
  const unsigned cores = std::thread::hardware_concurrency();
  doctor.say(cores > 0, std::to_string(cores) + " processors",
             "their number is unknown, use --jobs");
  struct statvfs disk {};
  const bool known = ::statvfs(".", &disk) == 0;
  const std::uint64_t free_bytes = known ? std::uint64_t{disk.f_bavail} * disk.f_frsize : 0;
  doctor.say(free_bytes >= kDiskBytesWanted, std::to_string(free_bytes >> 20) + " MiB free here",
             "campaigns write failing runs; have 1 GiB");
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  doctor.say(files.rlim_cur >= kOpenFilesWanted,
             std::to_string(files.rlim_cur) + " files may be open", "raise it with ulimit -n 4096");
  const std::string suite = find_in_tree("scenarios/suites/default");
  doctor.say(!suite.empty(), "the default suite" + (suite.empty() ? "" : " is " + suite),
             "not found from here: name scenario files");
  doctor.say(repeats_itself(), "a run repeats itself in another process",
             "this machine or build is nondeterministic; see --check-determinism");
  return doctor.healthy ? Exit::kPassed : Exit::kInfrastructure;
}

}  // namespace

void add_doctor(CLI::App& app, Exit& exit) {
  CLI::App* command =
      app.add_subcommand("doctor", "Say whether this machine can do what is needed");
  command->callback([&exit] { exit = run_doctor(); });
}

}  // namespace plumbline::cli
