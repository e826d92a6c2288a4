#include "scenarios/cli/check_manifest.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>

#include "checker/check.h"
#include "checker/formats/load.h"
#include "checker/formats/manifest.h"
#include "scenarios/cli/terminal.h"

namespace plumbline::cli {
namespace {

// What one history may take.
constexpr double kSecondsMax = 10;
constexpr double kMegabytesMax = 1000;

// What the process that judged one row has to say. Crosses a pipe as bytes.
struct RowResult {
  bool readable = false;
  checker::Verdict verdict = checker::Verdict::kUnknown;
  std::uint64_t operations = 0;
};

struct RowCost {
  double seconds = 0;  // Of the processor.
  double megabytes = 0;
};

RowResult judge(const checker::ManifestRow& row, const std::string& path,
                std::uint64_t step_budget) {
  checker::LoadOptions load;
  load.format = row.format;
  load.model = row.model;
  load.semantics = row.semantics;
  load.params = row.params;
  const auto history = checker::load_history_file(path, load);
  checker::CheckOptions options;
  options.model = row.model;
  options.level = row.level;
  options.step_budget = step_budget;
  const auto params = checker::Params::parse(row.params);
  const auto names = checker::check_names(options);
  for (const checker::Problem* problem :
       {history ? nullptr : &history.problem(), params ? nullptr : &params.problem(),
        names ? nullptr : &names.problem()}) {
    if (problem == nullptr) continue;
    complain(problem->text());
    return {};
  }
  options.params = params.value();
  const checker::CheckResult result = checker::check_history(history.value(), options);
  if (result.verdict == checker::Verdict::kUnknown)
    complain(path + ": " + result.finding()->sentence);
  return {true, result.verdict, result.operations};
}

// False if the process died or could not be made.
bool in_a_process_of_its_own(const checker::ManifestRow& row, const std::string& path,
                             std::uint64_t step_budget, RowResult& result, RowCost& cost) {
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) return false;
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    const RowResult judged = judge(row, path, step_budget);
    const bool told = write(ends[1], &judged, sizeof(judged)) == sizeof(judged);
    _exit(told ? 0 : 1);
  }
  close(ends[1]);
  const bool told = child > 0 && read(ends[0], &result, sizeof(result)) == sizeof(result);
  close(ends[0]);
  int status = 0;
  rusage usage{};
  if (child > 0) wait4(child, &status, 0, &usage);
  for (const timeval& part : {usage.ru_utime, usage.ru_stime}) {
    cost.seconds += static_cast<double>(part.tv_sec) + 1e-6 * static_cast<double>(part.tv_usec);
  }
  cost.megabytes = static_cast<double>(usage.ru_maxrss) / 1024;
  return told;
}

const char* remark(const checker::ManifestRow& row, bool well, const RowResult& result,
                   const RowCost& cost) {
  if (!well) return "DIED";
  if (!result.readable) return "UNREADABLE";
  if (name_of(result.verdict) != row.expect) return "NOT AS EXPECTED";
  if (cost.seconds > kSecondsMax || cost.megabytes > kMegabytesMax) return "TOO COSTLY";
  return "";
}

Exit exit_of(const std::string& remark) {
  if (remark.empty()) return Exit::kPassed;
  if (remark == "DIED") return Exit::kInfrastructure;
  return remark == "UNREADABLE" ? Exit::kUsage : Exit::kViolation;
}

}  // namespace

Exit exit_of(checker::Verdict verdict) {
  switch (verdict) {
    case checker::Verdict::kValid: return Exit::kPassed;
    case checker::Verdict::kUnknown: return Exit::kIndeterminate;
    case checker::Verdict::kInvalid: return Exit::kViolation;
  }
  return Exit::kUsage;
}

Exit check_manifest(const std::string& path, std::uint64_t step_budget) {
  const auto rows = checker::read_manifest_file(path);
  if (!rows) {
    complain(rows.problem().text());
    return Exit::kUsage;
  }
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::size_t width = 4;
  for (const auto& row : rows.value()) width = std::max(width, row.file.size());
  const int file_width = static_cast<int>(width);
  std::printf("%-*s  %-12s %-19s %-8s %-8s %7s %7s %6s\n", file_width, "file", "model", "level",
              "expect", "verdict", "ops", "cpu s", "MB");
  Exit exit = rows.value().empty() ? Exit::kNothingRan : Exit::kPassed;
  std::size_t agreed = 0;
  for (const auto& row : rows.value()) {
    RowResult result;
    RowCost cost;
    const bool well =
        in_a_process_of_its_own(row, (folder / row.file).string(), step_budget, result, cost);
    const std::string said = remark(row, well, result, cost);
    const std::string verdict(result.readable ? name_of(result.verdict) : "-");
    std::printf("%-*s  %-12s %-19s %-8s %-8s %7llu %7.3f %6.1f %s\n", file_width, row.file.c_str(),
                row.model.c_str(), row.level.c_str(), row.expect.c_str(), verdict.c_str(),
                static_cast<unsigned long long>(result.operations), cost.seconds, cost.megabytes,
                said.c_str());
    if (result.readable && row.operations && *row.operations != result.operations) {
      std::printf("  has %llu operations, where the manifest counts %llu\n",
                  static_cast<unsigned long long>(result.operations),
                  static_cast<unsigned long long>(*row.operations));
    }
    agreed += said.empty() ? 1 : 0;
    exit = worst(exit, exit_of(said));
  }
  std::printf("%zu of %zu as expected\n", agreed, rows.value().size());
  return exit;
}

}  // namespace plumbline::cli
