#pragma once

#include <string>

namespace plumbline::sim {

// Whether code of a node runs at this moment. While it does, a call to the machine's own clock,
// network, files, threads or environment is a leak of nondeterminism, and sim/tripwire turns it
// into an abort with a stack trace.
bool in_simulated_code();

// Who runs, for messages about what went wrong: "n2, incarnation 3, at 1.500000000 s, seed 7".
// Empty outside of a run.
std::string running_context();

struct Engine;
struct Machine;

// Marks its life time as simulated code of one node. Nests: the inner scope's node is the one that
// runs.
class SimulatedCodeScope {
 public:
  SimulatedCodeScope(const Engine& engine, const Machine& machine);
  ~SimulatedCodeScope();
  SimulatedCodeScope(const SimulatedCodeScope&) = delete;
  SimulatedCodeScope& operator=(const SimulatedCodeScope&) = delete;

 private:
  bool flag_before_;
  const Engine* engine_before_;
  const Machine* machine_before_;
};

// The world itself does something in the midst of simulated code that nodes must not: report a
// failure.
class OutsideScope {
 public:
  OutsideScope();
  ~OutsideScope();
  OutsideScope(const OutsideScope&) = delete;
  OutsideScope& operator=(const OutsideScope&) = delete;

 private:
  bool flag_before_;
};

}  // namespace plumbline::sim
