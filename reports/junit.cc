#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/suite_formats.h"
#include "reports/text.h"

namespace plumbline::reports {
namespace {

// What a block or cluster adds to the attributes of its <testsuite>.
struct Totals {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
};

std::string cpu_seconds(std::uint64_t cpu_us) {
  return fmt::format("{:.3f}", static_cast<double>(cpu_us) / 1e6);
}

std::string verdict_list(const VerdictCounts& counts) {
  std::string list;
  for (const SeedVerdict verdict : kAllSeedVerdicts) {
    const std::uint64_t count = count_of(counts, verdict);
    if (count == 0) continue;
    if (!list.empty()) list += ", ";
    list += fmt::format("{} {}", with_commas(count), look_of(verdict).name);
  }
  return list;
}

// A block says what ran; what failed in it is told once, by the cluster.
std::string block_case(const SeedLine* first, const SeedLine* last, std::size_t number) {
  VerdictCounts counts{};
  std::uint64_t cpu_us = 0;
  for (const SeedLine* line = first; line <= last; ++line) {
    ++count_of(counts, line->verdict);
    cpu_us += line->cpu_us;
  }
  return fmt::format(
      "  <testcase classname=\"scenario.{0}\" name=\"block {1}: seeds {2} to {3}\" time=\"{4}\">\n"
      "   <system-out>{5}: {6}</system-out>\n  </testcase>\n",
      markup(first->scenario), number, seed_text(first->seed), seed_text(last->seed),
      cpu_seconds(cpu_us), counted(total_of(counts), "seed"), verdict_list(counts));
}

std::string blocks(const SuiteSummary& summary, Totals& totals) {
  std::string out;
  const auto& seeds = summary.seeds;
  for (std::size_t begin = 0, number = 1; begin < seeds.size(); ++number) {
    const std::string& scenario = seeds[begin].scenario;
    std::size_t end = begin;
    while (end < seeds.size() && end - begin < kSeedsPerBlock && seeds[end].scenario == scenario) {
      ++end;
    }
    out += block_case(&seeds[begin], &seeds[end - 1], number);
    ++totals.tests;
    if (end < seeds.size() && seeds[end].scenario != scenario) number = 0;
    begin = end;
  }
  return out;
}

std::string prose(const Cluster& cluster) {
  const SeedLine& first = cluster.first();
  std::string text =
      fmt::format("{}\n{}; first seed {} of scenario {}\n", cluster.sentence,
                  counted(cluster.count, "seed"), seed_text(first.seed), first.scenario);
  if (!first.run.empty()) text += fmt::format("run: {}\n", first.run);
  if (!first.replay.empty()) text += fmt::format("replay: {}\n", first.replay);
  return text;
}

const char* element_for(SeedVerdict verdict, Totals& totals) {
  if (verdict == SeedVerdict::kInfrastructure) return ++totals.errors, "error";
  if (verdict == SeedVerdict::kIndeterminate) return ++totals.skipped, "skipped";
  return ++totals.failures, "failure";
}

std::string cluster_case(const Cluster& cluster, Totals& totals) {
  ++totals.tests;
  const char* element = element_for(cluster.verdict, totals);
  const VerdictLook& look = look_of(cluster.verdict);
  // <skipped> has no type attribute in the schema that servers share.
  const std::string type = cluster.verdict == SeedVerdict::kIndeterminate
                               ? std::string()
                               : fmt::format(" type=\"{}\"", look.name);
  return fmt::format(
      "  <testcase classname=\"cluster.{0}\" name=\"{1}\" time=\"0.000\">\n"
      "   <{2} message=\"{3}\"{4}>{5}</{2}>\n  </testcase>\n",
      look.name, markup(cluster.signature), element,
      markup(cluster.sentence.empty() ? std::string(look.meaning) : cluster.sentence), type,
      markup_lines(prose(cluster)));
}

std::string properties(const SuiteSummary& summary) {
  std::string out = "  <properties>\n";
  const auto property = [&out](std::string_view name, std::string_view value) {
    out += fmt::format("   <property name=\"{}\" value=\"{}\"/>\n", name, markup(value));
  };
  for (const std::string& build : summary.builds) property("build", build);
  property("seeds", std::to_string(summary.total()));
  property("virtual_ms", std::to_string(summary.virtual_ms));
  for (const std::string& note : summary.notes) property("note", note);
  return out + "  </properties>\n";
}

}  // namespace

std::string suite_junit(const SuiteSummary& summary) {
  Totals totals;
  std::string cases = blocks(summary, totals);
  for (const Cluster& cluster : summary.clusters) cases += cluster_case(cluster, totals);
  const std::string attributes = fmt::format(
      "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"", totals.tests,
      totals.failures, totals.errors, totals.skipped, cpu_seconds(summary.cpu_us));
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plumbline\" {0}>\n"
      " <testsuite name=\"plumbline sim\" {0}>\n{1}{2} </testsuite>\n</testsuites>\n",
      attributes, properties(summary), cases);
}

}  // namespace plumbline::reports
