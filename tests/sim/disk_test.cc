#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>

#include "tests/sim/one_disk.h"
#include "tests/sim/script_node.h"

namespace plumbline::sim {
namespace {

constexpr std::uint64_t kSeeds = 200;

TEST(DiskDurability, SyncedBytesUnderASyncedNameAlwaysSurvive) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("f", std::string(5'000, 'a'));
    EXPECT_TRUE(one.open("f")->write(one.never(), 4'000, "unsynced").ok());
    one.power_cycle();
    EXPECT_EQ(one.content("f").substr(0, 3'584), std::string(3'584, 'a'))
        << "sectors that were not touched";
  }
}

// Each unsynced sector survives on its own: old, new or torn, and all of these happen.
TEST(DiskDurability, UnsyncedSectorsAreLostKeptOrTorn) {
  std::set<std::string> outcomes;
  int mixed = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("f", std::string(512 * 4, 'o'));
    EXPECT_TRUE(one.open("f")->write(one.never(), 0, std::string(512 * 4, 'n')).ok());
    one.power_cycle();
    const std::string now = one.content("f");
    ASSERT_EQ(now.size(), 512U * 4);
    std::set<std::string> of_this_run;
    for (int i = 0; i < 4; ++i) {
      const std::string sector = now.substr(static_cast<std::size_t>(i) * 512, 512);
      const std::size_t fresh = sector.find_first_not_of('n');
      ASSERT_EQ(sector.find('n', fresh == std::string::npos ? 512 : fresh), std::string::npos)
          << "a torn sector is a prefix of the new and the rest of the old";
      const std::string outcome = fresh == std::string::npos ? "new" : fresh == 0 ? "old" : "torn";
      outcomes.insert(outcome);
      of_this_run.insert(outcome);
    }
    if (of_this_run.size() > 1) ++mixed;
  }
  EXPECT_EQ(outcomes, (std::set<std::string>{"new", "old", "torn"}));
  EXPECT_GT(mixed, 50) << "sectors survive independently";
}

TEST(DiskDurability, AnEarlierUnsyncedVersionMaySurviveInsteadOfTheLast) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("f", "0");
    for (const char* version : {"1", "2", "3"}) {
      EXPECT_TRUE(one.open("f")->write(one.never(), 0, version).ok());
    }
    one.power_cycle();
    seen.insert(one.content("f"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"0", "1", "2", "3"}));
}

TEST(DiskDurability, AKillKeepsThePageCacheAndALaterPowerLossTakesIt) {
  std::set<std::string> after;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("f", "old");
    EXPECT_TRUE(one.open("f")->write(one.never(), 0, "new").ok());
    one.simulation.kill(kOne);
    EXPECT_EQ(OneDisk::content(*one.simulation.current_image(kOne), "f"), "new");
    one.power_cycle();  // of the node that is down
    after.insert(one.content("f"));
  }
  EXPECT_TRUE(after.contains("old"));
  EXPECT_TRUE(after.contains("new"));
}

TEST(DiskDurability, ANameIsLostWithoutTheSyncOfItsDirectory) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    auto file = std::move(*one.disk().open(one.never(), "f", OpenMode::kCreate));
    ASSERT_TRUE(file->write(one.never(), 0, "synced bytes").ok());
    ASSERT_TRUE(file->sync(one.never()).ok());
    one.power_cycle();
    seen.insert(one.content("f"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"(none)", "synced bytes"}));
}

TEST(DiskDurability, AFileIsLostWithItsUnsyncedDirectory) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    ASSERT_TRUE(one.disk().make_directory(one.never(), "d").ok());
    auto file = std::move(*one.disk().open(one.never(), "d/f", OpenMode::kCreate));
    ASSERT_TRUE(file->write(one.never(), 0, "x").ok());
    ASSERT_TRUE(file->sync(one.never()).ok());
    ASSERT_TRUE(one.disk().sync_directory(one.never(), "d").ok());
    EXPECT_EQ(one.durable("d/f"), "(none)");
    one.power_cycle();
    seen.insert(one.content("d/f"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"(none)", "x"}));
}

// A rename is all or nothing: `to` is the old file or the new one, and there is never none and
// never both.
TEST(DiskDurability, ARenameIsAtomic) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("to", "old");
    one.put("from", "new");
    ASSERT_TRUE(one.disk().rename(one.never(), "from", "to").ok());
    EXPECT_EQ(one.durable("to"), "old");
    one.power_cycle();
    seen.insert(one.content("to") + " " + one.content("from"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"old new", "new (none)"}));
}

TEST(DiskDurability, ARenameBetweenDirectoriesNeverLeavesTwoNames) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    for (const char* name : {"a", "b"})
      ASSERT_TRUE(one.disk().make_directory(one.never(), name).ok());
    ASSERT_TRUE(one.disk().sync_directory(one.never(), "").ok());
    ASSERT_TRUE(one.disk().open(one.never(), "a/f", OpenMode::kCreate).ok());
    ASSERT_TRUE(one.disk().rename(one.never(), "a/f", "b/f").ok());
    ASSERT_TRUE(one.disk().sync_directory(one.never(), "b").ok());
    one.power_cycle();
    EXPECT_EQ(one.content("a/f"), "(none)");
    EXPECT_EQ(one.content("b/f"), "");
  }
}

TEST(DiskDurability, ARemovedNameMayComeBackUntilItsDirectoryIsSynced) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("f", "x");
    ASSERT_TRUE(one.disk().remove(one.never(), "f").ok());
    one.power_cycle();
    seen.insert(one.content("f"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"(none)", "x"}));
}

TEST(DiskDurability, AnUnsyncedSizeSurvivesOrNot) {
  std::set<std::size_t> sizes;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("f", "0123456789");
    ASSERT_TRUE(one.open("f")->truncate(one.never(), 4).ok());
    one.power_cycle();
    sizes.insert(one.content("f").size());
  }
  EXPECT_EQ(sizes, (std::set<std::size_t>{4, 10}));
}

// What is written while a sync is under way is not covered by it.
TEST(DiskDurability, ASyncCoversOnlyWhatWasWrittenBeforeIt) {
  Simulation simulation(Options{});
  std::string during;
  std::string after;
  const auto durable = [&] { return OneDisk::content(*simulation.durable_image(kOne), "f"); };
  add_started(simulation, 1, [&](World& world) {
    auto file =
        std::shared_ptr<File>(std::move(*world.disk.open(Yield::never(), "f", OpenMode::kCreate)));
    file->write(Yield::never(), 0, "aaaa").ok();
    world.disk.sync_directory(Yield::never(), "").ok();
    world.tasks.spawn("sync", [&, file](Yield& yield) {
      EXPECT_TRUE(file->sync(yield).ok());
      during = durable();
      EXPECT_TRUE(file->sync(yield).ok());
      after = durable();
    });
    world.tasks.spawn("write",
                      [file](Yield&) { EXPECT_TRUE(file->write(Yield::never(), 2, "bbbb").ok()); });
  });
  simulation.run_for(seconds(1));
  EXPECT_EQ(during, "aaaa");
  EXPECT_EQ(after, "aabbbb");
}

TEST(DurableImage, ShowsOnlyWhatIsCertainToSurvive) {
  OneDisk one;
  one.put("f", std::string(600, 'a'));
  EXPECT_TRUE(one.open("f")->write(one.never(), 300, std::string(600, 'b')).ok());
  ASSERT_TRUE(one.disk().open(one.never(), "g", OpenMode::kCreate).ok());
  const auto image = one.simulation.durable_image(kOne);
  EXPECT_EQ(OneDisk::content(*image, "f"), std::string(600, 'a'));
  EXPECT_EQ(*image->list(one.never(), ""), std::vector<std::string>{"f"});
  EXPECT_EQ(image->open(one.never(), "x", OpenMode::kCreate).error().code, Errc::kUnsupported);
  one.open("f")->sync(one.never()).ok();
  EXPECT_EQ(one.durable("f"), std::string(300, 'a') + std::string(600, 'b'));
}

TEST(DiskFault, AFailedSyncForgetsWhatItDidNotWrite) {
  std::set<std::string> durable;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.put("f", std::string(1'024, 'o'));
    auto file = one.open("f");
    ASSERT_TRUE(file->write(one.never(), 0, std::string(1'024, 'n')).ok());
    one.simulation.set_disk_faults(kOne, {.sync_error_ppm = 1'000'000});
    EXPECT_EQ(file->sync(one.never()).error().code, Errc::kIo);
    one.simulation.set_disk_faults(kOne, {});
    EXPECT_EQ(one.content("f"), std::string(1'024, 'n')) << "the cache still has it";
    EXPECT_TRUE(file->sync(one.never()).ok()) << "a second sync says yes and means nothing";
    file.reset();
    const std::string certain = one.durable("f");
    one.simulation.kill(kOne);
    EXPECT_EQ(OneDisk::content(*one.simulation.current_image(kOne), "f"), certain)
        << "the next process finds what the disk holds";
    one.power_cycle();
    EXPECT_EQ(one.content("f"), certain);
    durable.insert({one.content("f")[0], one.content("f")[1'023]});
  }
  EXPECT_EQ(durable, (std::set<std::string>{"oo", "on", "no", "nn"}));
}

TEST(DiskFault, AFullDiskRefusesGrowthButNotAllocatedSpace) {
  OneDisk one;
  one.put("f", "x");
  auto file = one.open("f");
  ASSERT_TRUE(file->allocate(one.never(), 64 * 1024).ok());
  one.simulation.set_disk_faults(kOne, {.full = true});
  EXPECT_TRUE(file->write(one.never(), 60'000, "still fits").ok());
  EXPECT_EQ(file->write(one.never(), 64 * 1024 - 2, "too far").error().code, Errc::kNoSpace);
  EXPECT_EQ(file->allocate(one.never(), 1 << 20).error().code, Errc::kNoSpace);
  EXPECT_EQ(one.disk().open(one.never(), "g", OpenMode::kCreate).error().code, Errc::kNoSpace);
  one.simulation.set_disk_faults(kOne, {});
  EXPECT_TRUE(file->write(one.never(), 64 * 1024 - 2, "now it fits").ok());
}

TEST(DiskFault, CapacityIsALimitOfItsOwn) {
  Options options;
  options.disk.capacity_bytes = 16 * 1024;
  OneDisk one(1, options);
  one.put("f", std::string(12 * 1024, 'x'));
  EXPECT_TRUE(one.open("f")->write(one.never(), 12 * 1024, std::string(4 * 1024, 'y')).ok());
  EXPECT_EQ(one.open("f")->write(one.never(), 16 * 1024, "z").error().code, Errc::kNoSpace);
  ASSERT_TRUE(one.open("f")->truncate(one.never(), 0).ok());
  EXPECT_TRUE(one.open("f")->write(one.never(), 0, "z").ok());
}

TEST(DiskFault, FailedReadsAndWritesComeAsOftenAsTheySay) {
  OneDisk one;
  one.put("f", std::string(512, 'x'));
  one.simulation.set_disk_faults(kOne, {.read_error_ppm = 300'000, .write_error_ppm = 100'000});
  auto file = one.open("f");
  int reads = 0;
  int writes = 0;
  std::string text(512, '?');
  for (int i = 0; i < 1'000; ++i) {
    if (!file->read(one.never(), 0, text).ok()) ++reads;
    if (!file->write(one.never(), 0, "yyyy").ok()) ++writes;
  }
  EXPECT_NEAR(reads, 300, 73);
  EXPECT_NEAR(writes, 100, 48);
}

// The control: a disk that lies about syncs loses what was acknowledged.
TEST(DiskFault, ALyingSyncLosesData) {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    OneDisk one(seed);
    one.simulation.set_disk_faults(kOne, {.lying_sync = true});
    one.put("f", "acknowledged");
    EXPECT_EQ(one.durable("f"), "(none)");
    one.power_cycle();
    if (one.content("f") != "acknowledged") ++lost;
  }
  EXPECT_GT(lost, static_cast<int>(kSeeds / 4));
}

TEST(DiskFault, ASlowDiskTakesLonger) {
  const auto time_of_sync = [](std::uint64_t percent) {
    Simulation simulation(Options{});
    TrueTime done;
    add(simulation, 1, task([&](Yield& yield, World& world) {
          auto file = std::move(*world.disk.open(yield, "f", OpenMode::kCreate));
          file->sync(yield).ok();
          done = simulation.now();
        }));
    simulation.set_disk_faults(kOne, {.slow_percent = percent});
    simulation.start(kOne);
    simulation.run_for(seconds(10));
    return done.ns;
  };
  EXPECT_NEAR(static_cast<double>(time_of_sync(1'000)), static_cast<double>(time_of_sync(100)) * 10,
              100);
}

TEST(DiskFault, ADiskThatIsWellAgainEndsSoonWhatItBeganSlowly) {
  Simulation simulation(Options{});
  TrueTime done;
  add(simulation, 1, task([&](Yield& yield, World& world) {
        auto file = std::move(*world.disk.open(yield, "f", OpenMode::kCreate));
        simulation.set_disk_faults(kOne, {.slow_percent = 100'000'000});
        file->sync(yield).ok();
        done = simulation.now();
      }));
  simulation.start(kOne);
  simulation.run_for(seconds(10));
  EXPECT_EQ(done.ns, 0) << "it takes minutes";
  simulation.set_disk_faults(kOne, {.slow_percent = 1'000});
  simulation.set_disk_faults(kOne, {});
  simulation.run_for(milliseconds(20));
  EXPECT_GT(done, TrueTime{} + seconds(10));
}

TEST(DiskFault, RotFlipsOneDurableBitAndIsRemembered) {
  std::set<std::size_t> places;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    OneDisk one(seed);
    const std::string before(2'000, 'x');
    one.put("f", before);
    ASSERT_TRUE(one.simulation.rot(kOne, Key("test").with(seed)));
    const std::string after = one.content("f");
    ASSERT_EQ(after.size(), before.size());
    int bits = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
      const auto differs = static_cast<unsigned char>(after[i] ^ before[i]);
      bits += __builtin_popcount(differs);
      if (differs != 0) places.insert(i / 512);
    }
    // The last sector is padded with bytes that are not part of the file.
    EXPECT_LE(bits, 1);
    ASSERT_EQ(one.simulation.damages().size(), 1U);
    EXPECT_EQ(one.simulation.damages()[0].path, "f");
    EXPECT_EQ(one.simulation.damages()[0].kind, DamageKind::kRot);
    EXPECT_EQ(one.durable("f"), after);
  }
  EXPECT_EQ(places.size(), 4U);
}

TEST(DiskFault, RotHasNothingToFlipOnAnEmptyDisk) {
  OneDisk one;
  EXPECT_FALSE(one.simulation.rot(kOne, Key("test")));
  one.put("f", "x");
  EXPECT_FALSE(one.simulation.rot(kOne, Key("test"), {.prefix = "other"}));
  EXPECT_FALSE(one.simulation.rot(kOne, Key("test"), {.from = 512}));
}

TEST(DiskFault, AWipedDiskIsEmpty) {
  OneDisk one;
  one.put("f", "x");
  one.simulation.kill(kOne);
  one.simulation.wipe_disk(kOne);
  one.simulation.start(kOne);
  EXPECT_EQ(one.content("f"), "(none)");
}

// A node that is killed while it waits for a write: nothing, a part or all of it reached the page
// cache.
TEST(CrashInDiskCall, AWriteInFlightHappensInPart) {
  std::set<std::string> kinds;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    Simulation simulation(Options{.seed = seed});
    bool returned = false;
    add(simulation, 1, task([&](Yield& yield, World& world) {
          auto file = std::move(*world.disk.open(Yield::never(), "f", OpenMode::kCreate));
          world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
          file->write(yield, 0, std::string(2'000, 'w')).ok();
          returned = true;
        }));
    simulation.start(kOne);
    simulation.run_for(milliseconds(900));
    simulation.crash_in_disk_call(kOne, CrashKind::kProcess);
    simulation.run_for(seconds(1));
    EXPECT_FALSE(returned);
    EXPECT_FALSE(simulation.is_up(kOne));
    const std::string left = OneDisk::content(*simulation.current_image(kOne), "f");
    EXPECT_EQ(left, std::string(left.size(), 'w'));
    kinds.insert(left.empty() ? "nothing" : left.size() == 2'000 ? "all" : "part");
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"all", "nothing", "part"}));
}

// With calls that complete at once the image freezes at that call, and later calls of the dying
// node do nothing.
TEST(CrashInDiskCall, InsideACallThatCannotWaitTheImageFreezes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Simulation simulation(Options{.seed = seed});
    std::vector<Errc> errors;
    add(simulation, 1, task([&](Yield& yield, World& world) {
          auto file = std::move(*world.disk.open(Yield::never(), "f", OpenMode::kCreate));
          world.tasks.sleep_until(yield, world.clock.now() + seconds(1));
          for (int i = 0; i < 3; ++i) {
            const Status status = file->write(Yield::never(), 0, "abc");
            errors.push_back(status.error().code);
          }
          EXPECT_EQ(world.disk.open(Yield::never(), "g", OpenMode::kCreate).error().code,
                    Errc::kCrashed);
        }));
    simulation.start(kOne);
    simulation.run_for(milliseconds(900));
    simulation.crash_in_disk_call(kOne, CrashKind::kPower);
    simulation.run_for(seconds(1));
    EXPECT_EQ(errors, (std::vector<Errc>(3, Errc::kCrashed)));
    EXPECT_FALSE(simulation.is_up(kOne));
  }
}

TEST(DiskTime, CallsThatCannotWaitAreChargedAfterwards) {
  Options options;
  options.disk.tail_ppm = 0;
  options.disk.sync_min = options.disk.sync_max = milliseconds(10);
  Simulation simulation(options);
  std::vector<TrueTime> times;
  add_started(simulation, 1, [&](World& world) {
    auto file = std::move(*world.disk.open(Yield::never(), "f", OpenMode::kCreate));
    times.push_back(simulation.now());
    for (int i = 0; i < 5; ++i) file->sync(Yield::never()).ok();
    times.push_back(simulation.now());
    world.tasks.call_at(world.clock.now() + milliseconds(1),
                        [&] { times.push_back(simulation.now()); });
  });
  simulation.run_for(seconds(1));
  ASSERT_EQ(times.size(), 3U);
  EXPECT_EQ(times[0], times[1]);
  EXPECT_GE((times[2] - times[0]).ns, milliseconds(50).ns);
}

// The page cache against a dumb twin: a string. The durable side against the string as it was at
// the last sync.
RC_GTEST_PROP(DiskState, AgreesWithAString, ()) {
  OneDisk one(static_cast<std::uint64_t>(*rc::gen::inRange(1, 1'000'000)));
  one.put("f", "");
  auto file = one.open("f");
  std::string cached;
  std::string durable;
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, int, int>>>(rc::gen::tuple(
      rc::gen::inRange(0, 10), rc::gen::inRange(0, 20'000), rc::gen::inRange(1, 3'000)));
  char letter = 'a';
  for (const auto& [what, offset, size] : steps) {
    const auto at = static_cast<std::size_t>(offset);
    if (what < 6) {
      const std::string bytes(static_cast<std::size_t>(size), letter++);
      RC_ASSERT(file->write(one.never(), at, bytes).ok());
      if (cached.size() < at + bytes.size()) cached.resize(at + bytes.size(), '\0');
      cached.replace(at, bytes.size(), bytes);
    } else if (what < 8) {
      RC_ASSERT(file->truncate(one.never(), at).ok());
      cached.resize(at, '\0');
    } else {
      RC_ASSERT(file->sync(one.never()).ok());
      durable = cached;
    }
    RC_ASSERT(one.content("f") == cached);
    RC_ASSERT(one.durable("f") == durable);
  }
}

}  // namespace
}  // namespace plumbline::sim
