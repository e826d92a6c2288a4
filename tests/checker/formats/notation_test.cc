// EDN and JSON as values, and every way in which they can be wrong.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "checker/formats/edn.h"
#include "checker/formats/json.h"

namespace plumbline::checker {
namespace {

template <typename Reader, typename Read>
std::string read_all(std::string_view text, Read read) {
  ByteSource source(text, 1);
  Reader reader(source);
  std::string out;
  while (!source.failed() && reader.significant() != ByteSource::kEnd) {
    if (!out.empty()) out += " ";
    out += to_text(read(reader));
  }
  return source.failed() ? source.problem("e").text() : out;
}

std::string edn(std::string_view text) {
  return read_all<EdnReader>(text, [](EdnReader& reader) { return reader.form(); });
}

std::string json(std::string_view text) {
  return read_all<JsonReader>(text, [](JsonReader& reader) { return reader.value(); });
}

using Cases = std::vector<std::pair<std::string, std::string>>;

TEST(Edn, EveryKindOfForm) {
  const Cases cases = {
      {"nil true false", "nil true false"},
      {"0 -7 +7 7N -9223372036854775808", "0 -7 7 7 -9223372036854775808"},
      {"9223372036854775808 -1.5e3 2/3 1M", R"("9223372036854775808" "-1.5e3" "2/3" "1M")"},
      {R"("a\"\\\n\u00e9\ud83d\ude00")", "\"a\\\"\\\\\\x0a\xc3\xa9\xf0\x9f\x98\x80\""},
      {R"(\a \newline \space \u0041 \( \é)", R"("a" "\x0a" " " "A" "(" "é")"},
      {":a :a.b/c-d sym s/y ->", R"(":a" ":a.b/c-d" "sym" "s/y" "->")"},
      {"(1 2) [1,2] #{2 1} []", "[1, 2] [1, 2] [1, 2] []"},
      {"{:b 1, :a [2]}", R"([[":a", [2]], [":b", 1]])"},
      {"1 ; one\n#_ 2 #_(3 [4]) #_ #_ 5 6 7", "1 7"},
      {"#inst \"1\" #a.B{:c 1} #object[x 0x1f \"y\"] ##Inf #\"p+\"",
       R"("1" [[":c", 1]] ["x", "0x1f", "y"] "#Inf" "p+")"},
      {"#plumbline/hex \"4142\"", "\"AB\""},
  };
  for (const auto& [text, told] : cases) EXPECT_EQ(edn(text), told) << text;
}

TEST(Edn, WhatIsWrongAndWhere) {
  const std::string deep(1'000'000, '[');
  const Cases cases = {
      {"(1\n2", "e:2: truncated: ')' is missing"},
      {"\n[1 2)", "e:2: unexpected ')' where a value must stand"},
      {"}", "e:1: unexpected '}' where a value must stand"},
      {"{:a}", "e:1: a map has a key without a value"},
      {"{:a 1 :a 2}", "e:1: key \":a\" occurs twice"},
      {"\"abc", "e:1: truncated: the end comes within a string"},
      {std::string("\"a\0b\"", 5), "e:1: unexpected byte 0x00 within a string"},
      {std::string("a\0b", 3), "e:1: unexpected byte 0x00 within a value"},
      {"\"\xff\"", "e:1: a string is not UTF-8"},
      {":\xc3", "e:1: a name is not UTF-8"},
      {"\"\\q\"", "e:1: unexpected 'q' after a backslash"},
      {"\"\\u12x4\"", "e:1: unexpected 'x' where four hexadecimal digits must follow \\u"},
      {"\"\\ud800\"", "e:1: half a character after \\u"},
      {"12ab", "e:1: '12ab' is not a number"},
      {":", "e:1: a keyword without a name"},
      {"#", "e:1: truncated: the end comes where a tag must follow '#'"},
      {"# a", "e:1: unexpected byte 0x20 where a tag must follow '#'"},
      {"#plumbline/hex \"4\"",
       "e:1: #plumbline/hex must be followed by hexadecimal digits in quotes"},
      {"#_", "e:1: truncated: the end comes where a value must stand"},
      {deep, "e:1: nested more than 64 deep"},
  };
  for (const auto& [text, problem] : cases) EXPECT_EQ(edn(text), problem) << text.substr(0, 40);
  std::string discards;
  std::string tags;
  for (int i = 0; i < 1'000'000; ++i) discards += "#_", tags += "#a ";
  EXPECT_EQ(edn(discards), "e:1: nested more than 64 deep");
  EXPECT_EQ(edn(tags), "e:1: nested more than 64 deep");
}

TEST(JsonNotation, EveryKindOfValue) {
  const Cases cases = {
      {"null true false", "nil true false"},
      {"0 -7 9223372036854775807", "0 -7 9223372036854775807"},
      {"9223372036854775808 -0 1.50 2e-3", R"("9223372036854775808" "-0" "1.50" "2e-3")"},
      {R"("a\"\/\u00e9\ud83d\ude00")", "\"a\\\"/\xc3\xa9\xf0\x9f\x98\x80\""},
      {"[] [1, [2]]", "[] [1, [2]]"},
      {R"({"b": 1, "10": 2, "9": 3, "01": {}})", R"([[9, 3], [10, 2], ["01", []], ["b", 1]])"},
  };
  for (const auto& [text, told] : cases) EXPECT_EQ(json(text), told) << text;
}

TEST(JsonNotation, WhatIsWrongAndWhere) {
  const Cases cases = {
      {"[1,\n2", "e:2: truncated: the end comes where ',' or ']' must stand"},
      {"[1,]", "e:1: unexpected ']' where a value must stand"},
      {"[1 2]", "e:1: unexpected '2' where ',' or ']' must stand"},
      {R"({"a" 1})", "e:1: unexpected '1' where ':' must stand"},
      {"{a:1}", "e:1: unexpected 'a' where the name of a member must stand"},
      {R"({"a":1,"a":2})", "e:1: member \"a\" occurs twice"},
      {R"({"1":1,"1":2})", "e:1: member 1 occurs twice"},
      {"01", "e:1: '01' is not JSON"},
      {"1.", "e:1: '1.' is not JSON"},
      {"nul", "e:1: 'nul' is not JSON"},
      {"\"a\nb\"", "e:2: unexpected byte 0x0a within a string"},
      {"\"\xc0\x80\"", "e:1: a string is not UTF-8"},
      {"'a'", "e:1: unexpected ''' where a value must stand"},
      {std::string(1'000'000, '['), "e:1: nested more than 64 deep"},
  };
  for (const auto& [text, problem] : cases) EXPECT_EQ(json(text), problem) << text.substr(0, 40);
}

}  // namespace
}  // namespace plumbline::checker
