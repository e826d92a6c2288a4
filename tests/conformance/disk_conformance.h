#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/conformance/conformance_world.h"

namespace plumbline::conformance {

template <class W>
class DiskConformance : public ::testing::Test {
 protected:
  // Runs `body` as a fiber of node 0, then once more with calls that complete before they return.
  template <class Body>
  void both_faces(Body body) {
    this->world_.spawn(0, [&](Yield& yield, World& world) { body(yield, world.disk, "waiting"); });
    ASSERT_TRUE(world_.run());
    this->world_.spawn(0,
                       [&](Yield&, World& world) { body(Yield::never(), world.disk, "at_once"); });
    ASSERT_TRUE(world_.run());
  }
  // In one face only, for tests around a restart.
  template <class Body>
  void on_disk(Body body) {
    this->world_.spawn(0, [&](Yield& yield, World& world) { body(yield, world.disk); });
    ASSERT_TRUE(world_.run());
  }
  static std::string content(Yield& yield, Disk& disk, std::string_view path) {
    auto file = disk.open(yield, path, OpenMode::kRead);
    if (!file.ok()) return "(" + std::string(name_of(file.error().code)) + ")";
    std::string text((*file)->size(yield).value(), '?');
    const auto count = (*file)->read(yield, 0, text);
    EXPECT_EQ(count.value(), text.size());
    return text;
  }
  static void put(Yield& yield, Disk& disk, std::string_view path, BytesView bytes, bool sync) {
    auto file = disk.open(yield, path, OpenMode::kCreate);
    ASSERT_TRUE(file.ok()) << file.error().message();
    EXPECT_TRUE((*file)->write(yield, 0, bytes).ok());
    if (sync) {
      EXPECT_TRUE((*file)->sync(yield).ok());
    }
  }

  W world_;
};
TYPED_TEST_SUITE_P(DiskConformance);

TYPED_TEST_P(DiskConformance, WhatWasWrittenIsRead) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    auto file = disk.open(yield, name, OpenMode::kCreate);
    ASSERT_TRUE(file.ok());
    EXPECT_TRUE((*file)->write(yield, 0, "hello world").ok());
    EXPECT_TRUE((*file)->write(yield, 6, "there").ok());
    EXPECT_TRUE((*file)->write(yield, 11, "!").ok());
    std::string text(5, '?');
    EXPECT_EQ((*file)->read(yield, 6, text).value(), 5U);
    EXPECT_EQ(text, "there");
    EXPECT_EQ((*file)->size(yield).value(), 12U);
    EXPECT_EQ(TestFixture::content(yield, disk, name), "hello there!");
  });
}

TYPED_TEST_P(DiskConformance, ReadsAreShortOnlyAtTheEnd) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    TestFixture::put(yield, disk, name, "0123456789", false);
    auto file = disk.open(yield, name, OpenMode::kRead);
    std::string text(8, '?');
    EXPECT_EQ((*file)->read(yield, 6, text).value(), 4U);
    EXPECT_EQ(text, "6789????");
    EXPECT_EQ((*file)->read(yield, 10, text).value(), 0U);
    EXPECT_EQ((*file)->read(yield, 1'000'000, text).value(), 0U);
    EXPECT_EQ((*file)->read(yield, 0, std::span<char>()).value(), 0U);
  });
}

TYPED_TEST_P(DiskConformance, AGapReadsAsZeros) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    TestFixture::put(yield, disk, name, "ab", false);
    auto file = disk.open(yield, name, OpenMode::kWrite);
    EXPECT_TRUE((*file)->write(yield, 10'000, "z").ok());
    EXPECT_TRUE(TestFixture::content(yield, disk, name) == "ab" + std::string(9'998, '\0') + "z");
  });
}

TYPED_TEST_P(DiskConformance, AllocateGivesZerosAndNeverShrinks) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    TestFixture::put(yield, disk, name, "ab", false);
    auto file = disk.open(yield, name, OpenMode::kWrite);
    EXPECT_TRUE((*file)->allocate(yield, 5'000).ok());
    EXPECT_TRUE(TestFixture::content(yield, disk, name) == "ab" + std::string(4'998, '\0'));
    EXPECT_TRUE((*file)->allocate(yield, 10).ok());
    EXPECT_EQ((*file)->size(yield).value(), 5'000U);
  });
}

TYPED_TEST_P(DiskConformance, TruncateCutsAndExtendsWithZeros) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    TestFixture::put(yield, disk, name, std::string(6'000, 'x'), true);
    auto file = disk.open(yield, name, OpenMode::kWrite);
    EXPECT_TRUE((*file)->truncate(yield, 3).ok());
    EXPECT_EQ(TestFixture::content(yield, disk, name), "xxx");
    EXPECT_TRUE((*file)->truncate(yield, 5'000).ok());
    EXPECT_TRUE(TestFixture::content(yield, disk, name) == "xxx" + std::string(4'997, '\0'));
  });
}

TYPED_TEST_P(DiskConformance, OpenModesSayWhatMustExist) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    EXPECT_EQ(disk.open(yield, name, OpenMode::kRead).error().code, Errc::kNotFound);
    EXPECT_EQ(disk.open(yield, name, OpenMode::kWrite).error().code, Errc::kNotFound);
    EXPECT_EQ(disk.open(yield, name + "/no", OpenMode::kCreate).error().code, Errc::kNotFound);
    EXPECT_TRUE(disk.open(yield, name, OpenMode::kCreate).ok());
    EXPECT_EQ(disk.open(yield, name, OpenMode::kCreate).error().code, Errc::kExists);
    EXPECT_TRUE(disk.open(yield, name, OpenMode::kWrite).ok());
  });
}

TYPED_TEST_P(DiskConformance, RenameReplacesAndRemoveRemoves) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    TestFixture::put(yield, disk, name + ".new", "new", false);
    TestFixture::put(yield, disk, name, "old", false);
    EXPECT_TRUE(disk.rename(yield, name + ".new", name).ok());
    EXPECT_EQ(TestFixture::content(yield, disk, name), "new");
    EXPECT_EQ(TestFixture::content(yield, disk, name + ".new"), "(not found)");
    EXPECT_EQ(disk.rename(yield, name + ".new", name).error().code, Errc::kNotFound);
    EXPECT_TRUE(disk.remove(yield, name).ok());
    EXPECT_EQ(TestFixture::content(yield, disk, name), "(not found)");
    EXPECT_EQ(disk.remove(yield, name).error().code, Errc::kNotFound);
  });
}

TYPED_TEST_P(DiskConformance, AFileThatWasRenamedOrRemovedStaysReadableWhereItIsOpen) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    TestFixture::put(yield, disk, name, "content", false);
    auto file = disk.open(yield, name, OpenMode::kWrite);
    EXPECT_TRUE(disk.rename(yield, name, name + ".moved").ok());
    EXPECT_TRUE((*file)->write(yield, 7, "!").ok());
    EXPECT_EQ(TestFixture::content(yield, disk, name + ".moved"), "content!");
    EXPECT_TRUE(disk.remove(yield, name + ".moved").ok());
    std::string text(8, '?');
    EXPECT_EQ((*file)->read(yield, 0, text).value(), 8U);
    EXPECT_EQ(text, "content!");
  });
}

TYPED_TEST_P(DiskConformance, DirectoriesListTheirNamesSorted) {
  this->both_faces([](Yield& yield, Disk& disk, const std::string& name) {
    EXPECT_EQ(disk.list(yield, name).error().code, Errc::kNotFound);
    EXPECT_TRUE(disk.make_directory(yield, name).ok());
    EXPECT_EQ(disk.make_directory(yield, name).error().code, Errc::kExists);
    EXPECT_EQ(disk.make_directory(yield, name + "/no/no").error().code, Errc::kNotFound);
    EXPECT_TRUE(disk.list(yield, name)->empty());
    TestFixture::put(yield, disk, name + "/b", "", false);
    TestFixture::put(yield, disk, name + "/a", "", false);
    EXPECT_TRUE(disk.make_directory(yield, name + "/a.d").ok());
    TestFixture::put(yield, disk, name + "/a.d/deeper", "", false);
    EXPECT_EQ(*disk.list(yield, name), (std::vector<std::string>{"a", "a.d", "b"}));
    EXPECT_EQ(*disk.list(yield, name + "/a.d"), std::vector<std::string>{"deeper"});
    const auto root = *disk.list(yield, "");
    EXPECT_NE(std::find(root.begin(), root.end(), name), root.end());
    EXPECT_TRUE(disk.sync_directory(yield, name).ok());
    EXPECT_TRUE(disk.sync_directory(yield, "").ok());
    EXPECT_EQ(disk.sync_directory(yield, name + "/none").error().code, Errc::kNotFound);
  });
}

TYPED_TEST_P(DiskConformance, ARestartFindsWhatWasWrittenAlsoUnsynced) {
  this->on_disk([](Yield& yield, Disk& disk) {
    TestFixture::put(yield, disk, "synced", "one", true);
    TestFixture::put(yield, disk, "unsynced", "two", false);
  });
  this->world_.restart(0);
  this->on_disk([](Yield& yield, Disk& disk) {
    EXPECT_EQ(TestFixture::content(yield, disk, "synced"), "one");
    EXPECT_EQ(TestFixture::content(yield, disk, "unsynced"), "two");
  });
}

TYPED_TEST_P(DiskConformance, NodesHaveDisksOfTheirOwn) {
  this->on_disk([](Yield& yield, Disk& disk) { TestFixture::put(yield, disk, "mine", "x", true); });
  this->world_.spawn(1, [](Yield& yield, World& world) {
    EXPECT_EQ(TestFixture::content(yield, world.disk, "mine"), "(not found)");
  });
  ASSERT_TRUE(this->world_.run());
}

TYPED_TEST_P(DiskConformance, SyncedBytesUnderASyncedNameSurviveAPowerCut) {
  if (!this->world_.can_power_cycle()) GTEST_SKIP() << "this world cannot cut the power";
  const std::string bytes(3'000, 's');
  this->on_disk([&](Yield& yield, Disk& disk) {
    EXPECT_TRUE(disk.make_directory(yield, "d").ok());
    TestFixture::put(yield, disk, "d/file", bytes, true);
    EXPECT_TRUE(disk.sync_directory(yield, "d").ok());
    EXPECT_TRUE(disk.sync_directory(yield, "").ok());
  });
  this->world_.power_cycle(0);
  this->on_disk([&](Yield& yield, Disk& disk) {
    EXPECT_TRUE(TestFixture::content(yield, disk, "d/file") == bytes);
  });
}

REGISTER_TYPED_TEST_SUITE_P(DiskConformance, WhatWasWrittenIsRead, ReadsAreShortOnlyAtTheEnd,
                            AGapReadsAsZeros, AllocateGivesZerosAndNeverShrinks,
                            TruncateCutsAndExtendsWithZeros, OpenModesSayWhatMustExist,
                            RenameReplacesAndRemoveRemoves,
                            AFileThatWasRenamedOrRemovedStaysReadableWhereItIsOpen,
                            DirectoriesListTheirNamesSorted,
                            ARestartFindsWhatWasWrittenAlsoUnsynced, NodesHaveDisksOfTheirOwn,
                            SyncedBytesUnderASyncedNameSurviveAPowerCut);

}  // namespace plumbline::conformance
