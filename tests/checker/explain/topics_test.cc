// Every word that a check can put into a report, or that a user can choose, is explained.

#include "checker/explain/topics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "checker/check.h"
#include "checker/explain/glossary.h"
#include "checker/guarantees/guarantees.h"
#include "checker/guarantees/session_rules.h"
#include "checker/linear/models.h"
#include "checker/txn/levels.h"

namespace plumbline::checker {
namespace {

using Names = std::set<std::string>;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first group of every match.
std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    found.push_back((*at)[1]);
  }
  return found;
}

// The topics that one source names, whichever way it passes them to a report.
class SourceTopics {
 public:
  explicit SourceTopics(const std::string& text) : text_(text) {
    // The last of the names at the beginning of a call: fail("x", ...), finding(journal, kY, "x",
    // ...), clash(history, "property", "x", ...), and findings.invalid("x", ...).
    const std::regex passed(
        "\\b(?:invalid|unknown|finding|blame|clash|fail)\\(\\s*"
        "(?:(?:[\\w.]+|\"[\\w-]+\"),\\s*)*\"([A-Za-z0-9-]+)\"\\s*,");
    for (const std::string& topic : matches(text_, passed)) topics_.insert(topic);
    // A topic with its reason: Because{"x", ...}, and a fault that is returned as {"x", ...}.
    const std::regex with_reason("(?:\\bBecause|\\breturn )\\{\\s*(\"[A-Za-z0-9-]+\"|k\\w+),");
    for (const std::string& name : matches(text_, with_reason)) take_name(name);
    take_assigned();
  }

  const Names& topics() const { return topics_; }

 private:
  // An assignment, which may choose between several.
  void take_assigned() {
    const std::regex begin("\\btopic\\s*=(?!=)");
    const std::regex name("(\"[A-Za-z0-9-]+\"|\\bk[A-Z]\\w*)");
    for (std::sregex_iterator at(text_.begin(), text_.end(), begin), end; at != end; ++at) {
      const auto from = static_cast<std::size_t>(at->position());
      const std::string statement = text_.substr(from, text_.find(';', from) - from);
      for (const std::string& one : matches(statement, name)) take_name(one);
    }
  }

  // A literal, or a constant of the same file.
  void take_name(const std::string& name) {
    if (name.starts_with('"')) {
      topics_.insert(name.substr(1, name.size() - 2));
      return;
    }
    const std::regex constant("\\b" + name + "\\s*=\\s*\"([A-Za-z0-9-]+)\"");
    for (const std::string& value : matches(text_, constant)) topics_.insert(value);
  }

  const std::string& text_;
  Names topics_;
};

// By topic, the file that names it. Rooms that make no reports are left out.
std::map<std::string, std::string> topics_in_the_sources() {
  std::map<std::string, std::string> found;
  const std::filesystem::path house = "../../../checker";
  const Names silent = {"explain", "formats", "history", "verdict"};
  for (const auto& file : std::filesystem::recursive_directory_iterator(house)) {
    const std::filesystem::path& path = file.path();
    const bool source = path.extension() == ".cc" || path.extension() == ".h";
    if (!source || silent.contains(path.parent_path().filename().string())) continue;
    const std::string text = content_of(path);
    const SourceTopics source_topics(text);
    for (const std::string& topic : source_topics.topics()) {
      found.emplace(topic, path.filename().string());
    }
  }
  return found;
}

// Topics that are taken from a table instead of being written where a report is made.
Names topics_in_tables() {
  Names names;
  for (std::size_t i = 0; i < kAnomalies; ++i) names.emplace(name_of(static_cast<Anomaly>(i)));
  for (const RuleInfo& rule : kRules) names.emplace(rule.topic);
  return names;
}

void expect_explained(std::span<const std::string_view> names) {
  EXPECT_FALSE(names.empty());
  for (const std::string_view name : names) EXPECT_NE(glossary_entry(name), nullptr) << name;
}

TEST(Topics, AreFoundInASourceHoweverTheyArePassed) {
  const std::string source =
      "constexpr std::string_view kNone = \"none-fits\";\n"
      "findings_.invalid(\"a-1\", at, f); findings.unknown(\n  \"a-2\", 0, f);\n"
      "finding(leases.journal, kP, \"a-3\", {}, \"what is said\"); fail(\"a-4\", {}, text);\n"
      "clash(history, \"property\", \"a-5\", *x, i); blame(w, watch, \"G1\", 0, \"was told\");\n"
      "Because{kNone, text}; return {\"a-6\", text};\n"
      "report.topic = lost ? \"a-7\" : kNone; if (topic == \"no\") return unknown_name(\"no\", x);";
  EXPECT_THAT(
      SourceTopics(source).topics(),
      ::testing::ElementsAre("G1", "a-1", "a-2", "a-3", "a-4", "a-5", "a-6", "a-7", "none-fits"));
}

TEST(Topics, TheListHasThoseOfTheSourcesAndOfTheTables) {
  const Names listed(std::begin(kReportTopics), std::end(kReportTopics));
  const auto written = topics_in_the_sources();
  EXPECT_GE(written.size(), 60U) << "the sources are not where they are looked for";
  for (const auto& [topic, file] : written) {
    EXPECT_TRUE(listed.contains(topic)) << file << " names " << topic << ", topics.h does not";
  }
  for (const std::string& topic : topics_in_tables()) {
    EXPECT_TRUE(listed.contains(topic)) << topic;
  }
}

TEST(Topics, TheListHasNoneThatNoCheckWrites) {
  const auto written = topics_in_the_sources();
  const Names tables = topics_in_tables();
  for (const std::string_view view : kReportTopics) {
    const std::string topic(view);
    EXPECT_TRUE(written.contains(topic) || tables.contains(topic)) << topic;
  }
}

TEST(Topics, AreInTheGlossary) { expect_explained(kReportTopics); }

TEST(Topics, EveryModelAndLevelThatCanBeChosenIsInTheGlossary) {
  expect_explained(known_models());
  expect_explained(known_levels());
  expect_explained(model_names());
  expect_explained(guarantee_names());
  expect_explained(txn_level_names());
}

}  // namespace
}  // namespace plumbline::checker
