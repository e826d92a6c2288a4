// plumbline check: judges histories, ours or anybody's.

#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>

#include "checker/check.h"
#include "checker/formats/load.h"
#include "checker/verdict/render.h"
#include "checker/verdict/verdict_json.h"
#include "reports/check_page.h"
#include "scenarios/cli/check_manifest.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/terminal.h"

namespace plumbline::cli {
namespace {

// So often somebody who waits for a large history is told that it is being read.
constexpr std::uint64_t kBytesPerLine = 64U << 20;
constexpr std::size_t kOperationsWorthALine = 500'000;

struct CheckArguments {
  std::vector<std::string> histories;
  std::string manifest;
  std::string input;
  std::string semantics;
  std::string params;
  checker::CheckOptions options;
  std::string format = "text";
  std::string html;
  TerminalOptions terminal;
};

void tell(const CheckArguments& arguments, const std::string& line) {
  if (arguments.terminal.progress != "none") std::fprintf(stderr, "%s\n", line.c_str());
}

checker::Progress progress_of(const CheckArguments& arguments, const std::string& name) {
  return [&arguments, name, next = kBytesPerLine](std::uint64_t bytes) mutable {
    if (bytes < next) return;
    tell(arguments, name + ": " + std::to_string(bytes >> 20) + " MB read");
    next = bytes + kBytesPerLine;
  };
}

checker::Result<checker::History> load(const CheckArguments& arguments, const std::string& path) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : path;
  checker::LoadOptions options;
  options.format = arguments.input;
  options.model = arguments.options.model;
  options.semantics = arguments.semantics;
  options.params = arguments.params;
  options.progress = progress_of(arguments, name);
  return standard_input ? checker::load_history(std::cin, name, options)
                        : checker::load_history_file(path, options);
}

// Of the file that holds the page; nothing if it was written.
std::optional<std::string> write_page(const CheckArguments& arguments, const std::string& path,
                                      const checker::CheckResult& result,
                                      const checker::History& history) {
  std::ofstream out(arguments.html, std::ios::binary);
  out << reports::check_page(result, history, path, {});
  out.close();
  if (out) return std::nullopt;
  return arguments.html + ": cannot be written";
}

void print(const CheckArguments& arguments, const std::string& path,
           const checker::CheckResult& result, const checker::History& history) {
  if (arguments.format == "text") {
    std::printf("%s: %s", path.c_str(), checker::render_text(result, history).c_str());
  } else if (arguments.histories.size() == 1) {
    std::printf("%s", checker::to_json(result).c_str());
  } else {
    // One line for each history, so that the output of many is JSON lines.
    nlohmann::ordered_json line;
    line["file"] = path;
    line["result"] = nlohmann::ordered_json::parse(checker::to_json(result));
    std::printf("%s\n",
                line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  }
}

Exit check_one(const CheckArguments& arguments, const std::string& path) {
  const auto history = load(arguments, path);
  if (!history) {
    complain(history.problem().text());
    return Exit::kUsage;
  }
  if (history.value().operations.size() >= kOperationsWorthALine) {
    tell(arguments,
         path + ": judging " + std::to_string(history.value().operations.size()) + " operations");
  }
  const checker::CheckResult result = checker::check_history(history.value(), arguments.options);
  print(arguments, path, result, history.value());
  if (!arguments.html.empty()) {
    if (const auto problem = write_page(arguments, path, result, history.value())) {
      complain(*problem);
      return worst(exit_of(result.verdict), Exit::kInfrastructure);
    }
  }
  return exit_of(result.verdict);
}

std::optional<std::string> fault_of(CheckArguments& arguments) {
  if (arguments.histories.empty() && arguments.manifest.empty()) {
    return "check needs a HISTORY or --manifest";
  }
  if (!arguments.html.empty() && arguments.histories.size() != 1) {
    return "--html is the page of one HISTORY";
  }
  if (const auto named = checker::check_names(arguments.options); !named) {
    return named.problem().text();
  }
  if (const auto semantics = checker::Semantics::parse(arguments.semantics); !semantics) {
    return "--semantics: " + semantics.problem().reason;
  }
  auto params = checker::Params::parse(arguments.params);
  if (!params) return "--params: " + params.problem().reason;
  arguments.options.params = params.value();
  return std::nullopt;
}

Exit run(CheckArguments& arguments) {
  if (const auto fault = fault_of(arguments)) {
    complain(*fault);
    return Exit::kUsage;
  }
  Exit exit = Exit::kPassed;
  if (!arguments.manifest.empty()) {
    exit = check_manifest(arguments.manifest, arguments.options.step_budget);
  }
  for (const std::string& path : arguments.histories) {
    exit = worst(exit, check_one(arguments, path));
  }
  return exit;
}

void add_options(CLI::App& command, CheckArguments& arguments) {
  command.add_option("HISTORY", arguments.histories, "files; - for standard input");
  command.add_option("--model", arguments.options.model,
                     "what it is about, instead of what its functions say");
  command.add_option("--level", arguments.options.level,
                     "what it is held to: linearizable, session, serializable, ...");
  command.add_option("--semantics", arguments.semantics,
                     "what answers of the source mean: failed-cas-observed, nil-read-unknown, ...");
  command.add_option("--params", arguments.params,
                     "what the history does not say: init=0, total=100, independent-keys, ...");
  command.add_option("--input", arguments.input,
                     "the format of the histories, instead of what their content says");
  command.add_option("--budget", arguments.options.step_budget,
                     "steps of search before the verdict is unknown");
  command.add_option("--format", arguments.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  command.add_option("--html", arguments.html, "write the page of one history to this file");
  command.add_option("--manifest", arguments.manifest,
                     "judge the histories of this table and compare with what it expects");
  command.add_option("--progress", arguments.terminal.progress, "auto, bar, plain or none")
      ->check(CLI::IsMember({"auto", "bar", "plain", "none"}));
}

}  // namespace

void add_check(CLI::App& app, Exit& exit) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command = app.add_subcommand("check", "Judge histories (docs/checking.md)");
  add_options(*command, *arguments);
  command->callback([arguments, &exit] { exit = run(*arguments); });
}

}  // namespace plumbline::cli
