#include <cstdio>

#include "scenarios/cli/commands.h"
#include "scenarios/explore/rerun.h"
#include "scenarios/run/run_directory.h"

namespace plumbline::cli {

void add_version(CLI::App& app, Exit& exit) {
  CLI::App* command = app.add_subcommand("version", "Say which build this is");
  command->callback([&exit] {
    std::printf("plumbline %s\n", scenarios::build_id().c_str());
    exit = Exit::kPassed;
  });
}

void add_rerun(CLI::App& app, Exit& exit) {
  CLI::App* command =
      app.add_subcommand("rerun", "One run in this process, for a determinism check");
  command->group("");
  auto files = std::make_shared<std::vector<std::string>>();
  command->add_option("FILES", *files)->required()->expected(1, 2);
  command->callback([files, &exit] {
    exit = static_cast<Exit>(
        scenarios::rerun_main(files->front(), files->size() > 1 ? files->back() : ""));
  });
}

}  // namespace plumbline::cli
