#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "nodes/base/nearest.h"
#include "real/process/replica_process.h"

namespace {

using plumbline::process::Exit;

std::vector<std::string> known_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  for (const CLI::App* command : app.get_subcommands()) {
    for (const CLI::Option* option : command->get_options()) names.push_back(option->get_name());
  }
  return names;
}

// The first option that nobody knows; told before all else, for it is often why another one is
// missing.
std::string unknown_option(const std::vector<std::string>& names, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::string word = argument.substr(0, argument.find('='));
    const bool known = std::find(names.begin(), names.end(), word) != names.end();
    if (word.starts_with("--") && word != "--help" && !known) return word;
  }
  return {};
}

int refuse(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help
  const std::vector<std::string> names = known_names(app);
  std::string line = error.what();
  std::string word = unknown_option(names, argc, argv);
  if (!word.empty()) {
    line = "there is no option " + word;
  } else if (app.get_subcommands().empty() && argc > 1) {
    word = argv[1];
    line = "there is no command " + word;
  }
  const std::string nearest = plumbline::nearest_name(word, names);
  if (!nearest.empty()) line += ", did you mean " + nearest + "?";
  std::fprintf(stderr, "plumbd: %s\n", line.c_str());
  return static_cast<int>(Exit::kUsage);
}

int run(const plumbline::process::ReplicaFlags& flags) {
  const auto settings = plumbline::process::understand(flags);
  if (!settings) {
    std::fprintf(stderr, "plumbd: %s\n", settings.error().detail.c_str());
    return static_cast<int>(Exit::kUsage);
  }
  return static_cast<int>(plumbline::process::run_replica(*settings));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"One node of a Plumbline store.", "plumbd"};
  app.require_subcommand(1);
  plumbline::process::ReplicaFlags flags;
  CLI::App* replica = app.add_subcommand("replica", "A member of a replicated key-value store");
  plumbline::process::add_flags(*replica, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return refuse(app, error, argc, argv);
  }
  return run(flags);
}
