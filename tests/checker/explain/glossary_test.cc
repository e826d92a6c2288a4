#include "checker/explain/glossary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <sstream>

namespace plumbline::checker {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
  return longest;
}

TEST(Glossary, NoTwoEntriesShareAName) {
  std::map<std::string, std::string_view> owners;
  for (const GlossaryEntry& entry : glossary()) {
    std::vector<std::string_view> names = names_in(entry.aliases);
    names.push_back(entry.name);
    for (const std::string_view name : names) {
      std::string folded(name);
      std::transform(folded.begin(), folded.end(), folded.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const auto [owner, fresh] = owners.emplace(folded, entry.name);
      EXPECT_TRUE(fresh) << name << " belongs to " << owner->second << " and to " << entry.name;
      EXPECT_EQ(glossary_entry(name), &entry) << name;
    }
  }
}

TEST(Glossary, LinksLeadToOtherEntriesByTheirOwnNames) {
  for (const GlossaryEntry& entry : glossary()) {
    EXPECT_FALSE(entry.see_also.empty()) << entry.name;
    for (const std::string_view link : names_in(entry.see_also)) {
      const GlossaryEntry* other = glossary_entry(link);
      ASSERT_NE(other, nullptr) << entry.name << " leads to " << link;
      EXPECT_EQ(other->name, link) << entry.name;
      EXPECT_NE(other, &entry) << entry.name << " leads to itself";
    }
  }
}

TEST(Glossary, EntriesAreShortEnoughToBeReadAndLongEnoughToHelp) {
  for (const GlossaryEntry& entry : glossary()) {
    SCOPED_TRACE(entry.name);
    EXPECT_GE(entry.line.size(), 12U);
    EXPECT_LE(entry.line.size(), 100U);
    EXPECT_FALSE(entry.line.ends_with('.'));
    EXPECT_GE(entry.text.size(), 60U);
    EXPECT_LE(entry.text.size(), 500U);
    EXPECT_TRUE(entry.text.ends_with('.'));
    EXPECT_LE(longest_line(std::string(entry.example)), 80U);
    EXPECT_LE(std::count(entry.example.begin(), entry.example.end(), '\n'), 3);
    EXPECT_LE(longest_line(explain_text(entry.name).value()), 100U);
    for (const std::string_view part : {entry.line, entry.text, entry.example, entry.rules_out}) {
      EXPECT_EQ(part.find("  ."), std::string_view::npos);
      EXPECT_TRUE(std::all_of(part.begin(), part.end(), [](unsigned char c) {
        return c == '\n' || (c >= 0x20 && c < 0x7F);
      })) << part;
    }
  }
}

// An anomaly says what it rules out, and has an example unless it is the general case.
TEST(Glossary, AnomaliesSayWhatTheyRuleOut) {
  for (const GlossaryEntry& entry : glossary()) {
    if (entry.subject != Subject::kAnomaly) continue;
    EXPECT_FALSE(entry.rules_out.empty()) << entry.name;
    EXPECT_EQ(entry.example.empty(), entry.name == "not-linearizable") << entry.name;
  }
}

TEST(Glossary, NamesAreFoundHoweverTheyAreWritten) {
  const GlossaryEntry* stale = glossary_entry("stale-read");
  ASSERT_NE(stale, nullptr);
  for (const char* name : {"Stale Read", "STALE_READ", "stale read", "stale"}) {
    EXPECT_EQ(glossary_entry(name), stale) << name;
  }
  EXPECT_EQ(glossary_entry("g1A"), glossary_entry("dirty-read"));
  EXPECT_EQ(glossary_entry(""), nullptr);
}

TEST(Explain, SaysEverythingOfAnEntry) {
  const auto text = explain_text("stale");
  ASSERT_TRUE(text);
  EXPECT_EQ(text.value().find(
                "stale-read (also: stale, old-read, change-missed, stale-for-too-long)\n"
                "  a read answered with a value that another had replaced before the read was "
                "called\n\n  A write was acknowledged;"),
            0U)
      << text.value();
  EXPECT_THAT(text.value(), HasSubstr("\n      c2: get(x) = 5  20 ms to 30 ms    7 had replaced"));
  EXPECT_THAT(text.value(), HasSubstr("\n\n  rules out: linearizable, strict-serializable\n"));
  EXPECT_THAT(text.value(), HasSubstr("\n\n  see also: linearizable, "));
  EXPECT_THAT(explain_text("serializable").value(), HasSubstr("\n  forbids: G0, "));
}

TEST(Explain, SaysWhatTheEndingOfAVariantMeans) {
  EXPECT_THAT(explain_text("G2-item-realtime").value(), HasSubstr("The ending -realtime says"));
  EXPECT_THAT(explain_text("G0-process").value(), HasSubstr("The ending -process says"));
  for (const char* plain : {"G2-item", "process-edge", "strict-serializable"}) {
    const std::string text = explain_text(plain).value();
    EXPECT_EQ(text.find("The ending"), text.rfind("The ending")) << plain << "\n" << text;
  }
}

TEST(Explain, AMisspeltTopicNamesTheNearest) {
  const auto text = explain_text("Stael-Read");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.problem().text(),
            "explain: unknown topic 'stael-read'; the nearest known one is 'stale-read'");
}

TEST(Explain, TheListHasEveryTopicUnderItsHeading) {
  const std::string list = list_of_topics();
  EXPECT_LE(longest_line(list), 100U);
  EXPECT_THAT(list, StartsWith("What can be wrong\n  stale-read          a read answered"));
  EXPECT_THAT(list, HasSubstr("\n\nWhat a store may promise\n  linearizable "));
  EXPECT_THAT(list, HasSubstr("\n\nWhat a history is held against\n"));
  EXPECT_THAT(list, HasSubstr("\n\nWords of verdicts and reports\n"));
  for (const GlossaryEntry& entry : glossary()) {
    EXPECT_THAT(list, HasSubstr("\n  " + std::string(entry.name) + " "));
  }
}

}  // namespace
}  // namespace plumbline::checker
