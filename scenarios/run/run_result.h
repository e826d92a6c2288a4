#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"
#include "nodes/base/time.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

enum class RunVerdict {
  kPass,
  kViolation,       // a checker or an invariant says that something happened that must not
  kCrash,           // the program died or an assertion failed
  kLiveness,        // left in peace, the cluster did not finish what it had to
  kIndeterminate,   // nothing wrong was seen, but too little happened, or the checker's budget was
                    // spent
  kNondeterminism,  // the same run twice was not the same
  kInfrastructure,  // the machine, not the run: memory limit, killed worker
};

const char* name_of(RunVerdict verdict);

struct Outcomes {
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t unknown = 0;
};

struct FaultTally {
  std::uint64_t drawn = 0;
  std::uint64_t struck = 0;
};

// A fault as it happened, in simulated time.
struct FaultPeriod {
  Fault fault;
  TrueTime started;
  TrueTime ended = TrueTime::never();
  bool struck = true;  // known when it has ended
};

// What clients waited for after faults of one kind: from a fault's start, and from its end, to the
// success of the first write called since.
struct FirstWrites {
  std::vector<Duration> after_start;
  std::vector<Duration> after_end;
  std::uint64_t never = 0;  // writes were called since, and none succeeded
};

// Everything that is known of a run when it is over. What of it goes to which file:
// reports/README.md.
struct RunResult {
  RunVerdict verdict = RunVerdict::kPass;
  std::string property;  // what was violated; empty when nothing was
  std::string sentence;
  TrueTime at;  // when it was seen
  std::uint64_t at_event = 0;

  std::uint64_t trace_hash = 0;
  std::uint64_t events = 0;
  TrueTime ended;
  std::map<std::string, Outcomes> functions;
  std::map<FaultKind, FaultTally> faults;
  std::vector<FaultKind> faults_impossible;
  std::map<std::string, std::uint64_t> probes;
  std::vector<std::string> unused_overrides;
  std::uint64_t durable_images_checked = 0;
  std::uint64_t disk_damages = 0;

  checker::History history;
  checker::CheckResult checked;
  std::vector<FaultPeriod> fault_periods;
  std::map<std::string, FirstWrites> first_writes;  // by kind of fault
};

}  // namespace plumbline::scenarios
