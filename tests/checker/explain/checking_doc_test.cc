#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "checker/check.h"
#include "checker/explain/glossary.h"
#include "checker/history/reader.h"

namespace plumbline::checker {
namespace {

using ::testing::HasSubstr;

std::string document() {
  std::ifstream file("../../../docs/checking.md", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// From `begin` to the end of its block of code.
std::string block_from(const std::string& text, const std::string& begin) {
  const std::size_t at = text.find(begin);
  return at == std::string::npos ? "" : text.substr(at, text.find("```", at) - at);
}

// A stranger who copies the example gets what the document promises, word for word.
TEST(CheckingDocument, ItsHistoryIsJudgedAsItSays) {
  std::istringstream file(block_from(document(), "{\"plumbline_history\":1}"));
  const auto history = read_history(file, "history.jsonl");
  ASSERT_TRUE(history) << history.problem().text();
  const std::string text = render_text(check_history(history.value()), history.value());
  const std::string shown = block_from(document(), "invalid: 3 operations on 1 key, model cas-");
  EXPECT_THAT(text, HasSubstr(shown.substr(0, shown.find('\n'))));
  const std::string told = block_from(document(), "    key x is not linearizable because");
  const std::string proof = told.substr(0, told.find("    every order"));
  ASSERT_FALSE(proof.empty());
  EXPECT_THAT(text, HasSubstr(proof));
}

TEST(CheckingDocument, TheTopicsItNamesAreInTheGlossary) {
  const std::string text = document();
  const std::string command = "plumbline explain ";
  std::size_t named = 0;
  for (std::size_t at = text.find(command); at != std::string::npos;
       at = text.find(command, at + 1)) {
    const std::size_t begin = at + command.size();
    const std::string topic = text.substr(begin, text.find_first_of("`\n ", begin) - begin);
    if (topic == "TOPIC") continue;
    EXPECT_NE(glossary_entry(topic), nullptr) << topic;
    ++named;
  }
  EXPECT_GE(named, 1U);
}

// Whoever reads the document knows every name that --model and --level take.
TEST(CheckingDocument, NamesEveryModelAndLevel) {
  const std::string text = document();
  for (const auto names : {known_models(), known_levels()}) {
    ASSERT_FALSE(names.empty());
    for (const std::string_view name : names) {
      EXPECT_THAT(text, HasSubstr("`" + std::string(name) + "`"));
    }
  }
}

}  // namespace
}  // namespace plumbline::checker
