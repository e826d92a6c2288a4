#include "reports/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "reports/json_fields.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

constexpr std::size_t kOddLinesNamed = 5;

bool comes_before(const SeedLine& a, const SeedLine& b) {
  return std::tie(a.seed, a.scenario) < std::tie(b.seed, b.scenario);
}

OutcomeCounts outcomes_in(const Json& object) {
  return {.ok = count_in(object, "ok"),
          .fail = count_in(object, "fail"),
          .unknown = count_in(object, "unknown")};
}

void add(OutcomeCounts& to, const OutcomeCounts& more) {
  to.ok += more.ok;
  to.fail += more.fail;
  to.unknown += more.unknown;
}

// Adds line after line; finish() brings what depends on all of them into order.
class Collector {
 public:
  explicit Collector(const SuiteOptions& options) {
    for (const KnownProbe& probe : options.probes) {
      summary_.probes[probe.name].required |= probe.required;
    }
  }

  void line(std::string_view text, std::size_t number, bool ended) {
    const Json json = parsed(std::string(text));
    if (json.is_discarded()) {
      return ended ? odd(number, "is no JSON") : torn(number);
    }
    if (text_in(json, "type") != "seed") return;
    const auto verdict = seed_verdict_named(text_in(json, "verdict"));
    const auto seed = seed_in(json, "seed");
    if (!verdict) return odd(number, "has no known verdict");
    if (!seed) return odd(number, "has no seed");
    if (is_new(json, *seed)) record(json, seed_line(json, *seed, *verdict));
  }

  SuiteSummary finish() && {
    if (odd_lines_ > kOddLinesNamed) {
      note(fmt::format("{} more lines are no records of seeds", odd_lines_ - kOddLinesNamed));
    }
    if (repeated_ > 0) note(counted(repeated_, "repeated record") + " counted once");
    std::sort(summary_.seeds.begin(), summary_.seeds.end(), [](const auto& a, const auto& b) {
      return std::tie(a.scenario, a.seed) < std::tie(b.scenario, b.seed);
    });
    for (auto& [key, cluster] : clusters_) summary_.clusters.push_back(std::move(cluster));
    std::stable_sort(summary_.clusters.begin(), summary_.clusters.end(),
                     [](const Cluster& a, const Cluster& b) {
                       return std::tie(a.verdict, b.count, a.signature) <
                              std::tie(b.verdict, a.count, b.signature);
                     });
    return std::move(summary_);
  }

 private:
  void note(std::string text) { summary_.notes.push_back(std::move(text)); }

  void odd(std::size_t number, std::string_view what) {
    if (++odd_lines_ <= kOddLinesNamed) {
      note(fmt::format("line {} of the results {} and is left out", number, what));
    }
  }

  void torn(std::size_t number) {
    note(fmt::format("the last line of the results (line {}) is torn and is left out", number));
  }

  static SeedLine seed_line(const Json& json, std::uint64_t seed, SeedVerdict verdict) {
    return {.scenario = text_in(json, "scenario"),
            .seed = seed,
            .verdict = verdict,
            .cpu_us = count_in(json, "cpu_us"),
            .virtual_ms = count_in(json, "virtual_ms"),
            .events = count_in(json, "events"),
            .run = text_in(json, "run"),
            .replay = text_in(json, "replay")};
  }

  bool is_new(const Json& json, std::uint64_t seed) {
    const std::string hash = text_in(json, "trace_hash");
    const auto [known, inserted] =
        hashes_.try_emplace({text_in(json, "scenario_hash") + "/" + text_in(json, "scenario"), seed,
                             text_in(json, "build")},
                            hash);
    if (inserted) return true;
    ++repeated_;
    if (known->second != hash && !hash.empty() && !known->second.empty()) {
      conflict(json, seed, known->second, hash);
    }
    return false;
  }

  void conflict(const Json& json, std::uint64_t seed, const std::string& one,
                const std::string& other) {
    const auto [low, high] = std::minmax(one, other);
    Json told = json;
    told["property"] = "determinism";
    told["signature"] = "nondeterminism/conflicting-records";
    told["sentence"] = fmt::format(
        "two records of seed {} of one build have the trace hashes {} "
        "and {}",
        seed_text(seed), low, high);
    cluster(told, seed_line(told, seed, SeedVerdict::kNondeterminism));
    note(text_in(told, "sentence"));
  }

  void record(const Json& json, SeedLine line) {
    ++count_of(summary_.verdicts, line.verdict);
    ++count_of(summary_.scenarios[line.scenario], line.verdict);
    summary_.events += line.events;
    summary_.virtual_ms += line.virtual_ms;
    summary_.cpu_us += line.cpu_us;
    add(summary_.operations, outcomes_in(json));
    if (const std::string build = text_in(json, "build"); !build.empty()) {
      summary_.builds.insert(build);
    }
    functions(json);
    faults(json, line);
    add_first_writes(json, summary_.first_writes);
    probes(json);
    if (line.verdict != SeedVerdict::kPass) cluster(json, line);
    summary_.seeds.push_back(std::move(line));
  }

  void functions(const Json& json) {
    for (const auto& [name, counts] : member(json, "functions").items()) {
      add(summary_.functions[name], outcomes_in(counts));
    }
  }

  void faults(const Json& json, const SeedLine& line) {
    bool struck_any = false;
    for (const auto& [kind, counts] : member(json, "faults").items()) {
      FaultCounts& total = summary_.faults[kind];
      const std::uint64_t struck = count_in(counts, "struck");
      total.struck += struck;
      total.drawn += count_in(counts, "drawn");
      if (struck == 0) continue;
      struck_any = true;
      ++total.seeds_struck;
      matrix(line, kind);
    }
    if (!struck_any) matrix(line, std::string(kNoFault));
    for (const Json& kind : member(json, "faults_impossible")) {
      if (kind.is_string()) summary_.faults_impossible.insert(kind.get<std::string>());
    }
  }

  void matrix(const SeedLine& line, const std::string& kind) {
    MatrixCell& cell = summary_.matrix[line.scenario][kind];
    ++cell.seeds;
    if (is_failure(line.verdict)) ++cell.failures;
    if (line.verdict == SeedVerdict::kIndeterminate) ++cell.indeterminate;
  }

  void probes(const Json& json) {
    const Json& reached = member(json, "probes");
    for (const auto& [name, field] : reached.items()) {
      const std::uint64_t hits = count_in(reached, name.c_str());
      ProbeCounts& counts = summary_.probes[name];
      counts.hits += hits;
      if (hits > 0) ++counts.seeds;
    }
  }

  void cluster(const Json& json, const SeedLine& line) {
    std::string signature = text_in(json, "signature");
    if (signature.empty()) signature = text_in(json, "property");
    if (signature.empty()) signature = look_of(line.verdict).name;
    Cluster& cluster = clusters_[{line.verdict, signature}];
    cluster.verdict = line.verdict;
    cluster.signature = signature;
    ++cluster.count;
    auto& examples = cluster.examples;
    if (examples.empty() || comes_before(line, examples.front())) {
      cluster.property = text_in(json, "property");
      cluster.sentence = text_in(json, "sentence");
    }
    examples.insert(std::upper_bound(examples.begin(), examples.end(), line, comes_before), line);
    if (examples.size() > kExamplesPerCluster) examples.pop_back();
  }

  SuiteSummary summary_;
  std::map<std::pair<SeedVerdict, std::string>, Cluster> clusters_;
  std::map<std::tuple<std::string, std::uint64_t, std::string>, std::string> hashes_;
  std::size_t odd_lines_ = 0;
  std::uint64_t repeated_ = 0;
};

}  // namespace

std::uint64_t total_of(const VerdictCounts& counts) {
  std::uint64_t total = 0;
  for (const std::uint64_t count : counts) total += count;
  return total;
}

std::string Cluster::shape() const {
  const std::string prefix = std::string(look_of(verdict).name) + "/";
  return signature.starts_with(prefix) ? signature.substr(prefix.size()) : signature;
}

double SuiteSummary::seeds_per_cpu_second() const {
  return cpu_us == 0 ? 0.0 : static_cast<double>(total()) * 1e6 / static_cast<double>(cpu_us);
}

std::vector<std::string> SuiteSummary::probes_never_reached() const {
  std::vector<std::string> names;
  for (const auto& [name, counts] : probes) {
    if (counts.hits == 0) names.push_back(name);
  }
  return names;
}

bool SuiteSummary::lacks_probes() const {
  return total() >= kProbesRequiredFrom &&
         std::any_of(probes.begin(), probes.end(), [](const auto& probe) {
           return probe.second.required && probe.second.hits == 0;
         });
}

std::vector<const SeedLine*> SuiteSummary::slowest(std::size_t how_many) const {
  std::vector<const SeedLine*> ranked;
  for (const SeedLine& line : seeds) ranked.push_back(&line);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto* a, const auto* b) { return a->cpu_us > b->cpu_us; });
  ranked.resize(std::min(how_many, ranked.size()));
  return ranked;
}

SuiteSummary summarize(std::string_view results, const SuiteOptions& options) {
  Collector collector(options);
  for (std::size_t number = 1; !results.empty(); ++number) {
    const std::size_t end = results.find('\n');
    const bool ended = end != std::string_view::npos;
    const std::string_view line = results.substr(0, end);
    if (!line.empty()) collector.line(line, number, ended);
    results.remove_prefix(ended ? end + 1 : results.size());
  }
  return std::move(collector).finish();
}

checker::Result<SuiteSummary> read_suite(const std::string& results_path,
                                         const SuiteOptions& options) {
  const auto content = file_content(results_path);
  if (!content) {
    return checker::Problem{.kind = checker::Problem::Kind::kIo,
                            .file = results_path,
                            .reason = "the results cannot be read"};
  }
  return summarize(*content, options);
}

}  // namespace plumbline::reports
