#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "nodes/base/hash.h"
#include "nodes/base/keyed_random.h"

namespace plumbline {
namespace {

const Key kDelay = Key("net.delay", "append").with(1).with(2).with(17);
const Key kEnabled = Key("op.enabled").with(3).with(9);
const Key kKind("swarm.kind");

// An arbitrary key, with letters of which the parts of its text are made.
struct Named {
  std::string purpose;
  std::string subject;
  std::vector<std::uint64_t> parts;

  Key key() const {
    Key key(purpose, subject);
    for (const std::uint64_t part : parts) key = key.with(part);
    return key;
  }
};

std::string arbitrary_word(std::size_t least) {
  const auto letter = rc::gen::elementOf(std::string("abcz._-019 "));
  const auto size = *rc::gen::inRange<std::size_t>(least, 8);
  return *rc::gen::container<std::string>(size, letter);
}

Named arbitrary_key() {
  Named named;
  named.purpose = arbitrary_word(1);
  named.subject = arbitrary_word(0);
  const auto count = *rc::gen::inRange<std::size_t>(0, Key::kPartsMax + 1);
  named.parts =
      *rc::gen::container<std::vector<std::uint64_t>>(count, rc::gen::arbitrary<std::uint64_t>());
  return named;
}

// Run files and bug reports hold seeds and keys: what they decide must be the same for ever. Worked
// out by hand from the definition, not by this code.
TEST(Key, HashesToTheSameNumberOnEveryMachine) {
  EXPECT_EQ(kDelay.hash(), 0x4fd4beb1bc4fec0ULL);
  EXPECT_EQ(kEnabled.hash(), 0xb6d01b6d8d622c96ULL);
  EXPECT_EQ(kKind.hash(), 0x8187f9f886587ccdULL);
}

TEST(KeyedRandom, DecidesTheSameOnEveryMachine) {
  KeyedRandom one(1);
  EXPECT_EQ(one.bits(kDelay), 0x8d7dcaf27050ec04ULL);
  EXPECT_EQ(one.bits(kEnabled), 0x443dd61428bbda77ULL);
  EXPECT_EQ(one.bits(kKind), 0xd967d8f4d90d1251ULL);
  KeyedRandom other(42);
  EXPECT_EQ(other.below(kDelay, 1'000), 255U);
  EXPECT_EQ(other.below(kEnabled, 1'000), 957U);
  EXPECT_EQ(other.below(kKind, 1'000), 88U);
}

TEST(Key, IsWrittenAsOverridesNameIt) {
  EXPECT_EQ(kDelay.text(), "net.delay(append)/1/2/17");
  EXPECT_EQ(kEnabled.text(), "op.enabled/3/9");
  EXPECT_EQ(kKind.text(), "swarm.kind");
  EXPECT_EQ(kDelay.of("net.loss").text(), "net.loss(append)/1/2/17");
  EXPECT_EQ(Key("x").with(NodeId(4)).text(), "x/4");
}

RC_GTEST_PROP(Key, ItsTextNamesItsHash, ()) {
  const Named named = arbitrary_key();
  const auto parsed = Key::parse_hash(named.key().text());
  RC_ASSERT(parsed.ok());
  RC_ASSERT(*parsed == named.key().hash());
}

RC_GTEST_PROP(Key, DifferentKeysHashDifferently, ()) {
  const Named a = arbitrary_key();
  const Named b = arbitrary_key();
  const bool same = a.purpose == b.purpose && a.subject == b.subject && a.parts == b.parts;
  RC_ASSERT((a.key().hash() == b.key().hash()) == same);
}

TEST(Key, RefusesWhatIsNotAKeyInOneLine) {
  for (const char* text : {"", "/1", "(append)/1", "net.delay(append", "net.delay/", "net.delay/x",
                           "net.delay/1x", "net.delay/-1", "net.delay(append)x", "net.delay//1",
                           "net.delay/18446744073709551616", "net.delay/1/2/3/4/5/6/7/8/9"}) {
    const auto parsed = Key::parse_hash(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, Errc::kInvalid) << text;
    const std::string line = parsed.error().message();
    EXPECT_NE(line.find("'" + std::string(text) + "'"), std::string::npos) << line;
    EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  }
  EXPECT_TRUE(Key::parse_hash("net.delay/18446744073709551615"));
}

// The heart of it: what is drawn besides, and in what order, changes nothing.
RC_GTEST_PROP(KeyedRandom, IsAFunctionOfSeedAndKeyAlone, (std::uint64_t seed)) {
  const auto size = *rc::gen::inRange<std::uint64_t>(1, 60);
  std::vector<std::uint64_t> order(size);
  for (std::uint64_t i = 0; i < size; ++i) order[i] = i;
  KeyedRandom straight(seed);
  std::vector<std::uint64_t> values;
  for (const std::uint64_t i : order) values.push_back(straight.bits(kDelay.with(i)));
  KeyedRandom shuffled(seed);
  const auto salt = *rc::gen::arbitrary<std::uint64_t>();
  std::sort(order.begin(), order.end(), [salt](std::uint64_t a, std::uint64_t b) {
    return combine(salt, a) < combine(salt, b);
  });
  for (const std::uint64_t i : order) {
    shuffled.bits(Key("unrelated").with(i));
    RC_ASSERT(shuffled.bits(kDelay.with(i)) == values[i]);
  }
  RC_ASSERT(straight.draws() == size);
  RC_ASSERT(shuffled.draws() == 2 * size);
}

RC_GTEST_PROP(KeyedRandom, StaysWithinItsBounds,
              (std::uint64_t seed, std::uint64_t a, std::uint64_t b)) {
  KeyedRandom random(seed);
  const std::uint64_t low = std::min(a, b);
  const std::uint64_t high = std::max(a, b);
  if (high > 0) RC_ASSERT(random.below(Key("below"), high) < high);
  const std::uint64_t value = random.between(Key("between"), low, high);
  RC_ASSERT(low <= value && value <= high);
  RC_ASSERT(random.between(Key("one"), low, low) == low);
}

TEST(KeyedRandom, ReachesBothEndsOfARange) {
  KeyedRandom random(3);
  std::vector<int> seen(4);
  for (std::uint64_t i = 0; i < 200; ++i) {
    ++seen[random.between(Key("r").with(i), 10, 13) - 10];
    const Duration span = random.between(Key("d").with(i), milliseconds(5), milliseconds(6));
    EXPECT_GE(span, milliseconds(5));
    EXPECT_LE(span, milliseconds(6));
  }
  for (const int count : seen) EXPECT_GT(count, 25);
}

TEST(KeyedRandom, DrawsFromTheWholeOfTheWidestRange) {
  KeyedRandom random(3);
  std::uint64_t largest = 0;
  for (std::uint64_t i = 0; i < 64; ++i) {
    largest = std::max(largest, random.between(Key("wide").with(i), 0, UINT64_MAX));
  }
  EXPECT_GT(largest, UINT64_MAX / 2);
}

TEST(KeyedRandom, DrawsSpansOfEitherSign) {
  KeyedRandom random(3);
  bool negative = false;
  bool positive = false;
  for (std::uint64_t i = 0; i < 64; ++i) {
    const Duration span = random.between(Key("span").with(i), milliseconds(-5), milliseconds(5));
    ASSERT_GE(span, milliseconds(-5));
    ASSERT_LE(span, milliseconds(5));
    negative = negative || span < Duration{};
    positive = positive || span > Duration{};
  }
  EXPECT_TRUE(negative && positive);
}

TEST(KeyedRandom, AChanceIsTrueAsOftenAsItSays) {
  for (const std::uint64_t per_million : {10'000U, 250'000U, 500'000U, 990'000U}) {
    KeyedRandom random(5);
    int happened = 0;
    for (std::uint64_t i = 0; i < 20'000; ++i)
      happened += random.chance(Key("c").with(i), per_million);
    // Five standard deviations of a fair die; the draws are fixed, so this passes always or never.
    const double expected = 20'000.0 * static_cast<double>(per_million) / 1e6;
    EXPECT_NEAR(happened, expected, 360.0);
  }
}

TEST(KeyedRandom, AChanceOfNothingAndOfAMillionAreCertain) {
  KeyedRandom random(5);
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    EXPECT_FALSE(random.chance(Key("never").with(i), 0));
    EXPECT_TRUE(random.chance(Key("always").with(i), 1'000'000));
  }
}

TEST(KeyedRandom, AnOverrideReplacesTheOutcomeAndNothingElse) {
  KeyedRandom plain(9);
  KeyedRandom random(9);
  ASSERT_TRUE(random.set_overrides(
      {{"d/1", 4}, {"c/1", 1}, {"c/2", 0}, {"r/1", 1'000}, {"r/2", 0}, {"e/1", 0}}));
  EXPECT_EQ(random.below(Key("d").with(1), 10), 4U);
  EXPECT_EQ(random.below(Key("d").with(2), 10), plain.below(Key("d").with(2), 10));
  EXPECT_TRUE(random.chance(Key("c").with(1), 0)) << "also of what is switched off";
  EXPECT_FALSE(random.chance(Key("c").with(2), 1'000'000));
  EXPECT_EQ(random.between(Key("r").with(1), 5, 20), 20U) << "an outcome that is possible";
  EXPECT_EQ(random.between(Key("r").with(2), 5, 20), 5U);
  EXPECT_FALSE(random.enabled(Key("e").with(1)));
  EXPECT_TRUE(random.enabled(Key("e").with(2)));
  EXPECT_TRUE(random.unused_overrides().empty());
}

TEST(KeyedRandom, NamesTheOverridesThatNoDecisionMet) {
  KeyedRandom random(9);
  ASSERT_TRUE(random.set_overrides({{"z/1", 4}, {"b/1", 1}, {"a(x)/7", 0}}));
  random.bits(Key("b").with(1));
  EXPECT_EQ(random.unused_overrides(), (std::vector<std::string>{"a(x)/7", "z/1"}));
}

TEST(KeyedRandom, RefusesAMalformedOverrideWithALine) {
  KeyedRandom random(9);
  const Status refused = random.set_overrides({{"a/1", 1}, {"net.delay(append/1", 4}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::kInvalid);
  EXPECT_NE(refused.error().message().find("'net.delay(append/1'"), std::string::npos);
}

TEST(KeyedRandomDeathTest, DrawingOneKeyTwiceIsAnAssertionThatNamesIt) {
  KeyedRandom random(9);
  for (std::uint64_t i = 0; i < 5'000; ++i) random.bits(Key("many").with(i));
  random.bits(kDelay);
  EXPECT_DEATH(random.below(kDelay, 2), "key drawn twice: net.delay\\(append\\)/1/2/17");
  EXPECT_DEATH(random.bits(Key("many").with(1)), "key drawn twice: many/1");
  EXPECT_DEATH(random.below(Key("nothing"), 0), "bound > 0");
}

TEST(KeyDeathTest, HasRoomForEightParts) {
  Key key("full");
  for (std::uint64_t i = 0; i < Key::kPartsMax; ++i) key = key.with(i);
  EXPECT_DEATH(static_cast<void>(key.with(9)), "kPartsMax");
}

}  // namespace
}  // namespace plumbline
