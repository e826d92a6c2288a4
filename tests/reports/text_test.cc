#include "reports/text.h"

#include <gtest/gtest.h>

#include "reports/sha256.h"

namespace plumbline::reports {
namespace {

TEST(Text, WritesControlCharactersAndTextReorderersOut) {
  EXPECT_EQ(plain("a\x1b[31m\nb\x7f"), "a\\x1b[31m\\x0ab\\x7f");
  EXPECT_EQ(plain("x\xE2\x80\xAEy"), "x\\u202ey");
  EXPECT_EQ(plain("\xC2\x9B"
                  "31m"),
            "\\x9b31m")
      << "the one-byte escape of 8-bit terminals";
}

TEST(Text, ReplacesBytesThatAreNoUtf8AndKeepsThoseThatAre) {
  EXPECT_EQ(plain("ä€😀"), "ä€😀");
  EXPECT_EQ(plain("a\xFFz"), "a\xEF\xBF\xBDz");
  EXPECT_EQ(plain("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD") << "overlong /";
  EXPECT_EQ(plain("\xED\xA0\x80").find('\xED'), std::string::npos) << "a surrogate";
  EXPECT_EQ(plain("a\xE2\x82"), "a\xEF\xBF\xBD\xEF\xBF\xBD") << "cut off";
  EXPECT_EQ(plain("\xEF\xBF\xBE"), "\xEF\xBF\xBD") << "U+FFFE is not allowed in XML";
}

TEST(Text, EscapesMarkup) {
  EXPECT_EQ(markup("<a href='x' b=\"y\">&\n"),
            "&lt;a href=&#39;x&#39; b=&quot;y&quot;&gt;&amp;\\x0a");
  EXPECT_EQ(markup_lines("<\n>"), "&lt;\n&gt;");
  EXPECT_EQ(markdown("a|b`c_<d>"), "a\\|b\\`c\\_&lt;d&gt;");
}

TEST(Text, ShortensByCharactersNotBytes) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("ääääääääää", 6), "ääää…ä");
}

TEST(Text, WritesNumbersForPeople) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1234567), "1,234,567");
  EXPECT_EQ(seconds_text(12'050'000'000), "12.050 s");
  EXPECT_EQ(percent_text(1, 8), "12.5 %");
  EXPECT_EQ(percent_text(0, 0), "-");
  EXPECT_EQ(counted(1, "seed") + ", " + counted(2000, "seed"), "1 seed, 2,000 seeds");
}

// FIPS 180-4 examples, in base64.
TEST(Sha256, KnowsThePublishedDigests) {
  EXPECT_EQ(sha256_base64(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  EXPECT_EQ(sha256_base64("abc"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  EXPECT_EQ(sha256_base64("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "JI1qYdIGOLjlwCaTDD5gOaM85Flk/yFn9uzt1BnbBsE=");
}

}  // namespace
}  // namespace plumbline::reports
