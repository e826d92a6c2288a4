#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/sim/one_disk.h"

// Damage of which the node is told nothing: lost and misdirected writes, stale reads.
namespace plumbline::sim {
namespace {

constexpr std::uint64_t kSeeds = 100;
const std::string kOld(512 * 8, 'o');
const std::string kNew(512 * 8, 'n');

Key which(std::uint64_t n = 0) { return Key("test.damage").with(n); }

// How many sectors of the text consist of this letter alone.
std::size_t sectors_of(char letter, const std::string& text) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); at += 512) {
    count += text.substr(at, 512) == std::string(512, letter) ? 1 : 0;
  }
  return count;
}

// A file of old sectors over which new ones are written and synced.
class Overwritten : public OneDisk {
 public:
  Overwritten(std::uint64_t seed, DamageKind kind, const Area& where = {}) : OneDisk(seed) {
    put("f", kOld);
    put("g", kOld);
    simulation.damage_next_call(kOne, kind, which(), where);
    auto file = open("f");
    EXPECT_TRUE(file->write(never(), 0, kNew).ok()) << "it says yes";
    EXPECT_TRUE(file->sync(never()).ok());
  }
};

TEST(LostWrite, LeavesSectorsInCacheAndOnThePlatterAsTheyWere) {
  std::set<std::size_t> lost;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Overwritten one(seed, DamageKind::kLostWrite);
    const std::string left = one.content("f");
    EXPECT_EQ(one.durable("f"), left);
    EXPECT_EQ(sectors_of('o', left) + sectors_of('n', left), 8U) << "sectors are lost whole";
    lost.insert(sectors_of('o', left));
    ASSERT_EQ(one.simulation.damages().size(), 1U);
    const Damage& damage = one.simulation.damages()[0];
    EXPECT_EQ(damage.kind, DamageKind::kLostWrite);
    EXPECT_EQ(damage.path, "f");
    EXPECT_EQ(damage.which, which().hash());
    EXPECT_EQ(left.substr(damage.sector * 512, 512), std::string(512, 'o'));
    EXPECT_EQ(one.content("g"), kOld);
    one.power_cycle();
    EXPECT_EQ(one.content("f"), left);
  }
  EXPECT_FALSE(lost.contains(0));
  EXPECT_TRUE(lost.contains(8)) << "whole writes are lost";
  EXPECT_GT(lost.size(), 4U) << "and parts of them";
}

TEST(LostWrite, StrikesOnceAndOnlyWhatItIsAimedAt) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Overwritten one(seed, DamageKind::kLostWrite, {.prefix = "f", .from = 1'024, .to = 2'048});
    const std::string left = one.content("f");
    EXPECT_EQ(left.substr(0, 1'024), kNew.substr(0, 1'024));
    EXPECT_EQ(left.substr(2'048), kNew.substr(2'048));
    EXPECT_GE(sectors_of('o', left), 1U);
    EXPECT_TRUE(one.open("f")->write(one.never(), 0, kNew).ok());
    EXPECT_EQ(one.content("f"), kNew) << "the next write is made";
    EXPECT_EQ(one.simulation.damages().size(), 1U);
  }
}

TEST(LostWrite, WaitsForAWriteToItsFilesUntilItIsSpared) {
  OneDisk one;
  one.simulation.damage_next_call(kOne, DamageKind::kLostWrite, which(1), {.prefix = "log/"});
  one.put("f", kOld);
  EXPECT_EQ(one.content("f"), kOld);
  EXPECT_TRUE(one.simulation.damages().empty());
  ASSERT_TRUE(one.disk().make_directory(one.never(), "log").ok());
  one.simulation.spare(kOne, which(1));
  one.put("log/a", kOld);
  EXPECT_EQ(one.content("log/a"), kOld);
  EXPECT_TRUE(one.simulation.damages().empty());
}

TEST(LostWrite, TheFileGrowsAllTheSame) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    OneDisk one(seed);
    one.simulation.damage_next_call(kOne, DamageKind::kLostWrite, which());
    one.put("f", kNew);
    const std::string left = one.content("f");
    ASSERT_EQ(left.size(), kNew.size());
    EXPECT_EQ(sectors_of('\0', left) + sectors_of('n', left), 8U);
    EXPECT_GE(sectors_of('\0', left), 1U);
  }
}

TEST(MisdirectedWrite, LandsOnOtherSectorsOfTheDisk) {
  std::set<std::string> landed_on;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Overwritten one(seed, DamageKind::kMisdirectedWrite);
    const std::string f = one.content("f");
    const std::string g = one.content("g");
    EXPECT_EQ(one.durable("f"), f);
    EXPECT_EQ(one.durable("g"), g) << "past the cache, on the platter";
    EXPECT_EQ(sectors_of('o', f) + sectors_of('n', f), 8U);
    EXPECT_EQ(sectors_of('o', g) + sectors_of('n', g), 8U);
    if (sectors_of('n', g) > 0) landed_on.insert("another file");
    if (sectors_of('n', g) == 0) landed_on.insert("the same file");
    ASSERT_EQ(one.simulation.damages().size(), 1U);
    EXPECT_EQ(one.simulation.damages()[0].kind, DamageKind::kMisdirectedWrite);
    one.power_cycle();
    EXPECT_EQ(one.content("f"), f);
    EXPECT_EQ(one.content("g"), g);
  }
  EXPECT_EQ(landed_on, (std::set<std::string>{"another file", "the same file"}));
}

// What a node has written and not synced lies over what lands on the platter beneath it.
TEST(MisdirectedWrite, DoesNotReachWhatIsDirtyInTheCache) {
  OneDisk one;
  one.put("f", "");
  one.put("g", std::string(512, 'o'));
  EXPECT_TRUE(one.open("g")->write(one.never(), 0, std::string(512, 'd')).ok());
  one.simulation.damage_next_call(kOne, DamageKind::kMisdirectedWrite, which(), {.prefix = "f"});
  EXPECT_TRUE(one.open("f")->write(one.never(), 0, std::string(512, 'n')).ok());
  EXPECT_EQ(one.content("g"), std::string(512, 'd'));
  EXPECT_EQ(one.durable("g"), std::string(512, 'n'));
}

TEST(StaleRead, ShowsOnceWhatASectorHeldBeforeItsLastWrite) {
  std::set<std::size_t> sectors;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("f", kOld);
    EXPECT_TRUE(one.open("f")->write(one.never(), 512, std::string(512 * 4, 'n')).ok());
    const std::string now = one.content("f");
    one.simulation.damage_next_call(kOne, DamageKind::kStaleRead, which());
    const std::string stale = one.content("f");
    EXPECT_EQ(one.content("f"), now) << "the next read is right";
    ASSERT_EQ(one.simulation.damages().size(), 1U);
    const std::size_t sector = one.simulation.damages()[0].sector;
    sectors.insert(sector);
    std::string expected = now;
    const bool overwritten = sector >= 1 && sector <= 4;
    expected.replace(sector * 512, 512, std::string(512, overwritten ? 'o' : '\0'));
    EXPECT_EQ(stale, expected);
  }
  EXPECT_EQ(sectors.size(), 8U);
}

TEST(StaleRead, WaitsForAReadInWhichItShows) {
  OneDisk one;
  one.put("zeros", std::string(512, '\0'));
  one.put("f", kOld);
  one.simulation.damage_next_call(kOne, DamageKind::kStaleRead, which());
  EXPECT_EQ(one.content("zeros"), std::string(512, '\0'));
  EXPECT_TRUE(one.simulation.damages().empty());
  EXPECT_NE(one.content("f"), kOld);
}

TEST(Damage, IsDrawnFromItsKeyAlone) {
  const auto left_by = [](bool draw_more) {
    OneDisk one(3);
    one.put("f", kOld);
    if (draw_more) one.simulation.random().bits(Key("test.unrelated"));
    one.simulation.damage_next_call(kOne, DamageKind::kLostWrite, which());
    EXPECT_TRUE(one.open("f")->write(one.never(), 0, kNew).ok());
    return one.content("f");
  };
  EXPECT_EQ(left_by(false), left_by(true));
}

TEST(Damage, OutlivesTheNode) {
  OneDisk one;
  one.put("f", kOld);
  one.simulation.damage_next_call(kOne, DamageKind::kLostWrite, which());
  one.simulation.kill(kOne);
  one.simulation.start(kOne);
  EXPECT_TRUE(one.open("f")->write(one.never(), 0, kNew).ok());
  EXPECT_NE(one.content("f"), kNew);
}

}  // namespace
}  // namespace plumbline::sim
