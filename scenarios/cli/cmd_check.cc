// plumbline check: judges histories, ours or anybody's.

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "checker/check.h"
#include "checker/history/reader.h"
#include "checker/verdict/render.h"
#include "checker/verdict/verdict_json.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/terminal.h"

namespace plumbline::cli {
namespace {

struct CheckArguments {
  std::vector<std::string> histories;
  std::string model;
  std::uint64_t budget = 0;
  std::string format = "text";
};

Exit check_one(const CheckArguments& arguments, const std::string& path) {
  const auto history = path == "-" ? checker::read_history(std::cin, "standard input")
                                   : checker::read_history_file(path);
  if (!history) {
    complain(history.problem().text());
    return Exit::kUsage;
  }
  checker::CheckOptions options;
  options.model = arguments.model;
  if (arguments.budget != 0) options.step_budget = arguments.budget;
  const checker::CheckResult result = checker::check_history(history.value(), options);
  if (arguments.format == "json") {
    std::printf("%s\n", checker::to_json(result).c_str());
  } else {
    std::printf("%s: %s", path.c_str(), checker::render_text(result, history.value()).c_str());
  }
  switch (result.verdict) {
    case checker::Verdict::kValid: return Exit::kPassed;
    case checker::Verdict::kUnknown: return Exit::kIndeterminate;
    case checker::Verdict::kInvalid: return Exit::kViolation;
  }
  return Exit::kUsage;
}

}  // namespace

void add_check(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command = app.add_subcommand("check", "Judge histories (checker/history/FORMAT.md)");
  command->add_option("HISTORY", arguments->histories, "history.jsonl files; - for standard input")
      ->required();
  command->add_option("--model", arguments->model, "instead of what the history's functions say");
  command->add_option("--budget", arguments->budget,
                      "steps of search before the verdict is unknown");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([arguments, &exit] {
    exit = Exit::kPassed;
    for (const std::string& path : arguments->histories)
      exit = worst(exit, check_one(*arguments, path));
  });
}

}  // namespace plumbline::cli
