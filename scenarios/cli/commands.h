#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "scenarios/cli/exit_code.h"

namespace plumbline::cli {

// Each adds one subcommand with its options and says what runs it. The chosen one leaves its exit
// code in `exit`.
void add_sim(CLI::App& app, Exit& exit);
void add_replay(CLI::App& app, Exit& exit);
void add_shrink(CLI::App& app, Exit& exit);
void add_check(CLI::App& app, Exit& exit);
void add_explain(CLI::App& app, Exit& exit);
void add_real(CLI::App& app, Exit& exit);
void add_plants(CLI::App& app, Exit& exit);
void add_model_check(CLI::App& app, Exit& exit);
void add_doctor(CLI::App& app, Exit& exit);
void add_version(CLI::App& app, Exit& exit);
// Hidden: what a determinism check starts.
void add_rerun(CLI::App& app, Exit& exit);

}  // namespace plumbline::cli
