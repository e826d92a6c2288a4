#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/result.h"
#include "reports/first_writes.h"
#include "reports/seed_verdict.h"

namespace plumbline::reports {

using VerdictCounts = std::array<std::uint64_t, kSeedVerdicts>;

inline std::uint64_t& count_of(VerdictCounts& counts, SeedVerdict verdict) {
  return counts[static_cast<std::size_t>(verdict)];
}
inline std::uint64_t count_of(const VerdictCounts& counts, SeedVerdict verdict) {
  return counts[static_cast<std::size_t>(verdict)];
}
std::uint64_t total_of(const VerdictCounts& counts);

struct OutcomeCounts {
  std::uint64_t ok = 0;
  std::uint64_t fail = 0;
  std::uint64_t unknown = 0;

  std::uint64_t total() const { return ok + fail + unknown; }
};

struct FaultCounts {
  std::uint64_t struck = 0;
  std::uint64_t drawn = 0;
  std::uint64_t seeds_struck = 0;
};

struct ProbeCounts {
  std::uint64_t hits = 0;
  std::uint64_t seeds = 0;
  bool required = false;
};

// One seed, as far as its place in a ranking or a block needs it.
struct SeedLine {
  std::string scenario;
  std::uint64_t seed = 0;
  SeedVerdict verdict = SeedVerdict::kPass;
  std::uint64_t cpu_us = 0;
  std::uint64_t virtual_ms = 0;
  std::uint64_t events = 0;
  std::string run;
  std::string replay;
};

// Seeds that failed in the same way: equal verdict and signature. It is told by its member with
// the lowest seed, so that the order of the workers and of merged shards makes no difference.
struct Cluster {
  SeedVerdict verdict = SeedVerdict::kViolation;
  std::string signature;
  std::string property;
  std::string sentence;
  std::uint64_t count = 0;
  std::vector<SeedLine> examples;  // The lowest seeds, at most kExamplesPerCluster; never empty.

  const SeedLine& first() const { return examples.front(); }
  // The signature without the verdict that it begins with.
  std::string shape() const;
};
inline constexpr std::size_t kExamplesPerCluster = 4;

struct MatrixCell {
  std::uint64_t seeds = 0;
  std::uint64_t failures = 0;
  std::uint64_t indeterminate = 0;
};

// Everything that a suite's reports tell, added up from results.jsonl and nothing else.
struct SuiteSummary {
  VerdictCounts verdicts{};
  std::map<std::string, VerdictCounts> scenarios;
  std::vector<Cluster> clusters;  // The worst verdict first, then the most frequent.
  std::map<std::string, OutcomeCounts> functions;
  std::map<std::string, FaultCounts> faults;
  std::set<std::string> faults_impossible;
  FirstWritesByKind first_writes;
  std::map<std::string, ProbeCounts> probes;
  // By scenario and fault kind that struck; kNoFault for seeds in which none did.
  std::map<std::string, std::map<std::string, MatrixCell>> matrix;
  std::vector<SeedLine> seeds;  // All, ordered by scenario and seed.
  std::set<std::string> builds;
  OutcomeCounts operations;
  std::uint64_t events = 0;
  std::uint64_t virtual_ms = 0;
  std::uint64_t cpu_us = 0;
  std::vector<std::string> notes;  // What a reader must know about the input: torn, odd, repeated.

  std::uint64_t total() const { return total_of(verdicts); }
  double virtual_hours() const { return static_cast<double>(virtual_ms) / 3'600'000.0; }
  double seeds_per_cpu_second() const;  // 0 when no processor time is known.
  std::vector<std::string> probes_never_reached() const;
  // Enough seeds ran to reach every required probe, and one was not.
  bool lacks_probes() const;
  std::vector<const SeedLine*> slowest(std::size_t how_many) const;
};
inline constexpr std::uint64_t kProbesRequiredFrom = 1'000;  // seeds
inline constexpr std::string_view kNoFault = "(none struck)";

struct KnownProbe {
  std::string name;
  bool required = false;
};

struct SuiteOptions {
  // Probes that the program could reach, so that those never reached are told. A probe that a line
  // names with a count of 0 is known as well.
  std::vector<KnownProbe> probes;
};

// A torn last line (the program was killed while writing it) is left out and noted; so is any line
// that is no record of a seed. A seed that appears twice counts once, and two different trace
// hashes of it are a cluster of nondeterminism.
SuiteSummary summarize(std::string_view results, const SuiteOptions& options = {});
checker::Result<SuiteSummary> read_suite(const std::string& results_path,
                                         const SuiteOptions& options = {});

}  // namespace plumbline::reports
