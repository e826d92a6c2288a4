#include "network/model/link.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace plumbline::network {
namespace {

MessageIdentity message(std::uint64_t attempt) {
  return {NodeId(1), Incarnation(1), NodeId(2), "append", 3, 17, attempt};
}

TEST(LinkModel, KeysSayWhatIsDecided) {
  EXPECT_EQ(message(4).key("net.delay").text(), "net.delay(append)/1/1/2/3/17/4");
}

TEST(LinkModel, DelaysGoFromTheSmallestToTheTailAndNeverFall) {
  LinkSettings settings;
  settings.tail_ppm = 10'000;
  EXPECT_EQ(delay_at(settings, {}, 0), settings.delay_min);
  EXPECT_EQ(delay_at(settings, {}, kRanks / 100 * 99), settings.delay_max);
  EXPECT_GT(delay_at(settings, {}, kRanks - 1), settings.tail_max - microseconds(10));
  EXPECT_LT(delay_at(settings, {}, kRanks - 1), settings.tail_max);
}

RC_GTEST_PROP(LinkModel, ALargerRankIsNoFaster, ()) {
  LinkSettings settings;
  settings.tail_ppm = static_cast<std::uint32_t>(*rc::gen::inRange(0, 1'000'001));
  LinkState state;
  state.extra_delay_max = milliseconds(*rc::gen::inRange(0, 100));
  const auto a = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1'000'000'000));
  const auto b = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1'000'000'000));
  RC_ASSERT(delay_at(settings, state, std::min(a, b)) <= delay_at(settings, state, std::max(a, b)));
}

TEST(LinkModel, ChancesAreAsOftenAsTheySay) {
  LinkSettings settings;
  settings.loss_ppm = 50'000;
  settings.tail_ppm = 20'000;
  LinkState state;
  state.loss_ppm = 50'000;
  state.duplicate_ppm = 30'000;
  KeyedRandom random(9);
  constexpr std::uint64_t kMessages = 100'000;
  int lost = 0;
  int twice = 0;
  int tails = 0;
  for (std::uint64_t i = 0; i < kMessages; ++i) {
    const Fate fate = decide(settings, state, message(i), random);
    if (fate.lost()) ++lost;
    if (fate.deliveries.size() == 2) ++twice;
    if (!fate.lost() && fate.deliveries[0] > settings.delay_max) ++tails;
  }
  // Five standard deviations of a binomial distribution around the mean.
  EXPECT_NEAR(lost, 10'000, 475);
  EXPECT_NEAR(twice, 2'700, 257);
  EXPECT_NEAR(tails, 1'800, 210);
}

TEST(LinkModel, AFeatureThatIsOffDrawsNothing) {
  KeyedRandom random(9);
  static_cast<void>(decide({}, {}, message(0), random));
  EXPECT_EQ(random.draws(), 1U);
}

TEST(LinkModel, OverridesReplaceOneDecision) {
  KeyedRandom random(9);
  ASSERT_TRUE(random
                  .set_overrides({{"net.loss(append)/1/1/2/3/17/1", 1},
                                  {"net.delay(append)/1/1/2/3/17/2", 0},
                                  {"net.duplicate(append)/1/1/2/3/17/2", 1}})
                  .ok());
  EXPECT_FALSE(decide({}, {}, message(0), random).lost());
  EXPECT_TRUE(decide({}, {}, message(1), random).lost());
  const Fate fate = decide({}, {}, message(2), random);
  ASSERT_EQ(fate.deliveries.size(), 2U);
  EXPECT_EQ(fate.deliveries[0], LinkSettings{}.delay_min);
  EXPECT_TRUE(random.unused_overrides().empty());
}

}  // namespace
}  // namespace plumbline::network
