#include "scenarios/spec/seeds.h"

#include <gtest/gtest.h>

namespace plumbline::scenarios {
namespace {

TEST(Seeds, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(*parse_seed("0"), 0U);
  EXPECT_EQ(*parse_seed("6240410"), 6'240'410U);
  EXPECT_EQ(*parse_seed("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(*parse_seed("0x5f3c9a"), 0x5f3c9aU);
  EXPECT_EQ(*parse_seed("0XFFFFFFFFFFFFFFFF"), UINT64_MAX);
  EXPECT_EQ(*parse_seed("1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d"), 0x1a2b3c4d5e6f7081U);
  EXPECT_EQ(*parse_seed("1000000000000000000000000000000000000000"), 0x1000000000000000U)
      << "forty digits are a commit, also when none is a letter";
}

TEST(Seeds, AnythingElseIsRefused) {
  for (const char* text : {"", "0x", "-1", "+1", " 1", "1 ", "1.5", "0x1g", "abc",
                           "18446744073709551616", "0x10000000000000000", "1a2b3c4"}) {
    EXPECT_FALSE(parse_seed(text).ok()) << text;
  }
  EXPECT_EQ(
      parse_seed("abc").error().detail,
      "\"abc\" is not a seed: decimal, 0x and up to 16 hex digits, or a commit hash of 40 hex "
      "digits");
}

TEST(Seeds, ArePrintedSoThatTheyAreReadTheSame) {
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{0x5f3c9a}, UINT64_MAX}) {
    EXPECT_EQ(*parse_seed(seed_text(seed)), seed);
  }
  EXPECT_EQ(seed_text(0x5f3c9a), "0x5f3c9a");
}

TEST(SeedRanges, AreACountOrTwoEndsBothIncluded) {
  EXPECT_EQ(*parse_seed_range("1000"), (SeedRange{std::nullopt, 1'000}));
  EXPECT_EQ(*parse_seed_range("10..29"), (SeedRange{10, 20}));
  EXPECT_EQ(*parse_seed_range("0x10..0x10"), (SeedRange{16, 1}));
  EXPECT_EQ(*parse_seed_range("1..18446744073709551615"), (SeedRange{1, UINT64_MAX}));
}

TEST(SeedRanges, AnythingElseIsRefused) {
  for (const char* text :
       {"", "0", "..", "1..", "..9", "9..1", "1...9", "0x10", "-3", "0..18446744073709551615"}) {
    EXPECT_FALSE(parse_seed_range(text).ok()) << text;
  }
  EXPECT_EQ(parse_seed_range("9..1").error().detail,
            "\"9..1\" is not a range of seeds: the first is above the last");
}

}  // namespace
}  // namespace plumbline::scenarios
