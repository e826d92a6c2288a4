#include "sim/simulated_code.h"

#include <cstdio>

#include "nodes/base/assert.h"
#include "sim/engine.h"
#include "sim/machine.h"

namespace plumbline::sim {
namespace {

// The one piece of state outside of a Simulation: who runs now. It decides nothing; the tripwire
// and the text of a failed assertion need it where no object can be handed to them.
thread_local bool simulated = false;
thread_local const Engine* running_engine = nullptr;
thread_local const Machine* running_machine = nullptr;

}  // namespace

bool in_simulated_code() { return simulated; }

std::string running_context() {
  if (running_engine == nullptr) return {};
  const std::int64_t ns = running_engine->now.ns;
  char text[96];
  std::snprintf(text, sizeof text, ", incarnation %u, at %lld.%09lld s, seed ",
                running_machine->incarnation.value, static_cast<long long>(ns / 1'000'000'000),
                static_cast<long long>(ns % 1'000'000'000));
  return "[" + running_machine->name + text + std::to_string(running_engine->random.seed()) + "]";
}

SimulatedCodeScope::SimulatedCodeScope(const Engine& engine, const Machine& machine)
    : flag_before_(simulated), engine_before_(running_engine), machine_before_(running_machine) {
  simulated = true;
  running_engine = &engine;
  running_machine = &machine;
}

SimulatedCodeScope::~SimulatedCodeScope() {
  simulated = flag_before_;
  running_engine = engine_before_;
  running_machine = machine_before_;
}

OutsideScope::OutsideScope() : flag_before_(simulated) { simulated = false; }

OutsideScope::~OutsideScope() { simulated = flag_before_; }

}  // namespace plumbline::sim
