// plumbline explain: what a word of a verdict or a report means.

#include <cstdio>

#include "checker/explain/glossary.h"
#include "scenarios/cli/commands.h"
#include "scenarios/cli/terminal.h"

namespace plumbline::cli {
namespace {

Exit explain(const std::string& topic) {
  if (topic.empty()) {
    std::printf("%s", checker::list_of_topics().c_str());
    return Exit::kPassed;
  }
  const auto text = checker::explain_text(topic);
  if (!text) {
    complain(text.problem().reason + "; plumbline explain lists all");
    return Exit::kUsage;
  }
  std::printf("%s", text.value().c_str());
  return Exit::kPassed;
}

}  // namespace

void add_explain(CLI::App& app, Exit& exit) {
  auto topic = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("explain", "What a word of a verdict or report means");
  command->add_option("TOPIC", *topic, "such as stale-read; without it, all topics are listed");
  command->callback([topic, &exit] { exit = explain(*topic); });
}

}  // namespace plumbline::cli
