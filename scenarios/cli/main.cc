#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "scenarios/cli/commands.h"
#include "scenarios/cli/terminal.h"

namespace {

// CLI11 says which argument it does not know; we add the nearest that there is.
std::vector<std::string> known_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  for (const CLI::App* command : app.get_subcommands()) {
    for (const CLI::Option* option : command->get_options()) names.push_back(option->get_name());
  }
  return names;
}

int refuse(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (error.get_exit_code() == 0) return app.exit(error);  // --help
  std::string line = error.what();
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (line.find(word) == std::string::npos) continue;
    const std::string nearest = plumbline::cli::nearest_of(word, known_names(app));
    if (!nearest.empty() && nearest != word) line += " (did you mean " + nearest + "?)";
    break;
  }
  std::fprintf(stderr, "plumbline: %s\nSee plumbline --help.\n", line.c_str());
  return static_cast<int>(plumbline::cli::Exit::kUsage);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace plumbline::cli;
  CLI::App app{"Simulates, torments and judges the Plumbline store.", "plumbline"};
  app.require_subcommand(1);
  Exit exit = Exit::kPassed;
  add_sim(app, exit);
  add_replay(app, exit);
  add_shrink(app, exit);
  add_check(app, exit);
  add_explain(app, exit);
  add_real(app, exit);
  add_plants(app, exit);
  add_model_check(app, exit);
  add_doctor(app, exit);
  add_version(app, exit);
  add_rerun(app, exit);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return refuse(app, error, argc, argv);
  }
  return static_cast<int>(exit);
}
