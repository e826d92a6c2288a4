#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "real/asio/data_directory.h"
#include "real/asio/posix_file.h"
#include "tests/real/support.h"

namespace plumbline::real {
namespace {

class RealDisk : public RealTest {
 protected:
  void put(std::string_view path, BytesView bytes) {
    auto file = disk_.open(now_, path, OpenMode::kCreate);
    ASSERT_TRUE(file.ok()) << file.error().message();
    ASSERT_TRUE((*file)->write(now_, 0, bytes).ok());
  }
  std::string get(std::string_view path) {
    auto file = disk_.open(now_, path, OpenMode::kRead);
    if (!file) return "(" + file.error().message() + ")";
    std::string bytes((*file)->size(now_).value(), '\0');
    bytes.resize((*file)->read(now_, 0, bytes).value());
    return bytes;
  }

  std::unique_ptr<AsioWorld> world_ = node_with_disk();
  Disk& disk_ = world_->world().disk;
  Yield& now_ = Yield::never();
};

void round_trip(Disk& disk, Yield& yield, std::string_view path) {
  auto file = disk.open(yield, path, OpenMode::kCreate);
  ASSERT_TRUE(file.ok()) << file.error().message();
  ASSERT_TRUE((*file)->allocate(yield, 4096).ok());
  ASSERT_TRUE((*file)->write(yield, 10, "plumb").ok());
  ASSERT_TRUE((*file)->sync(yield).ok());
  ASSERT_TRUE(disk.sync_directory(yield, "").ok());
  EXPECT_EQ((*file)->size(yield).value(), 4096u);
  char bytes[6] = {};
  EXPECT_EQ((*file)->read(yield, 9, bytes).value(), 6u);
  EXPECT_EQ(std::string_view(bytes, 6), std::string_view("\0plumb", 6));
  EXPECT_EQ((*file)->read(yield, 4094, bytes).value(), 2u) << "fewer bytes at the end of the file";
  ASSERT_TRUE((*file)->truncate(yield, 12).ok());
  EXPECT_EQ((*file)->size(yield).value(), 12u);
}

TEST_F(RealDisk, RoundTripWithoutSuspending) { round_trip(disk_, now_, "a"); }

TEST_F(RealDisk, RoundTripInAFiber) {
  in_fiber(*world_, [&](Yield& yield) { round_trip(disk_, yield, "b"); });
}

TEST_F(RealDisk, OthersRunDuringASync) {
  put("log", "x");
  std::vector<std::string> order;
  world_->world().tasks.spawn("syncs", [&](Yield& yield) {
    auto file = disk_.open(yield, "log", OpenMode::kWrite);
    order.push_back("sync begins");
    EXPECT_TRUE((*file)->sync(yield).ok());
    order.push_back("sync ends");
  });
  world_->world().tasks.spawn("other", [&](Yield&) { order.push_back("other"); });
  ASSERT_TRUE(eventually([&] { return order.size() == 3; }));
  EXPECT_EQ(order, (std::vector<std::string>{"sync begins", "other", "sync ends"}));
}

TEST_F(RealDisk, RenameReplacesAndListIsSorted) {
  ASSERT_TRUE(disk_.make_directory(now_, "d").ok());
  for (const char* name : {"d/b", "d/a10", "d/a9", "d/B"}) put(name, name);
  EXPECT_EQ(disk_.list(now_, "d").value(), (std::vector<std::string>{"B", "a10", "a9", "b"}));
  ASSERT_TRUE(disk_.rename(now_, "d/b", "d/B").ok());
  EXPECT_EQ(get("d/B"), "d/b");
  ASSERT_TRUE(disk_.remove(now_, "d/a9").ok());
  EXPECT_EQ(disk_.list(now_, "d").value(), (std::vector<std::string>{"B", "a10"}));
  EXPECT_EQ(disk_.list(now_, "").value(), (std::vector<std::string>{"d"}));
}

TEST_F(RealDisk, ErrorsNameTheFile) {
  const auto missing = disk_.open(now_, "gone", OpenMode::kRead);
  EXPECT_EQ(error_of(missing), Errc::kNotFound);
  EXPECT_NE(missing.error().detail.find("gone"), std::string::npos);
  EXPECT_EQ(error_of(disk_.open(now_, "gone", OpenMode::kWrite)), Errc::kNotFound);
  EXPECT_EQ(error_of(disk_.list(now_, "gone")), Errc::kNotFound);
  EXPECT_EQ(error_of(disk_.remove(now_, "gone")), Errc::kNotFound);
  EXPECT_EQ(error_of(disk_.rename(now_, "gone", "x")), Errc::kNotFound);
  EXPECT_EQ(error_of(disk_.sync_directory(now_, "gone")), Errc::kNotFound);
  put("here", "");
  EXPECT_EQ(error_of(disk_.open(now_, "here", OpenMode::kCreate)), Errc::kExists);
  ASSERT_TRUE(disk_.make_directory(now_, "d").ok());
  EXPECT_EQ(error_of(disk_.make_directory(now_, "d")), Errc::kExists);
  EXPECT_EQ(error_of(disk_.open(now_, "d", OpenMode::kRead)), Errc::kInvalid);
}

TEST_F(RealDisk, PathsCannotLeaveTheDirectory) {
  for (const char* path : {"..", "../x", "a/../../x", "/etc/passwd", "a//b", "./a", "a/", "a/."}) {
    EXPECT_EQ(error_of(disk_.open(now_, path, OpenMode::kCreate)), Errc::kInvalid) << path;
    EXPECT_EQ(error_of(disk_.make_directory(now_, path)), Errc::kInvalid) << path;
    EXPECT_EQ(error_of(disk_.remove(now_, path)), Errc::kInvalid) << path;
    EXPECT_EQ(error_of(disk_.rename(now_, "a", path)), Errc::kInvalid) << path;
  }
  std::filesystem::create_symlink("/etc/passwd", directory_.path() + "/store/link");
  EXPECT_FALSE(disk_.open(now_, "link", OpenMode::kRead).ok());
}

TEST_F(RealDisk, FullDeviceIsNoSpace) {
  // /dev/full answers every write with ENOSPC; a file system of a fixed size would need root.
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC), "full");
  ASSERT_GE(full.number(), 0);
  const Status written = write_at(full, 0, "x");
  EXPECT_EQ(error_of(written), Errc::kNoSpace);
  EXPECT_NE(written.error().detail.find("full"), std::string::npos);
}

// A fiber that is ended in the middle of a sync leaves the worker a descriptor and no stack to
// write to.
TEST_F(RealDisk, KillDuringASync) {
  bool syncing = false;
  world_->world().tasks.spawn("syncs", [&](Yield& yield) {
    auto file = disk_.open(yield, "log", OpenMode::kCreate);
    ASSERT_TRUE((*file)->write(yield, 0, std::string(1 << 20, 'x')).ok());
    syncing = true;
    (void)(*file)->sync(yield);
    ADD_FAILURE() << "ran on after the end of its node";
  });
  ASSERT_TRUE(eventually([&] { return syncing; }));
  world_->stop();
  world_.reset();
  const auto restarted = node_with_disk();
  EXPECT_EQ(restarted->world().disk.open(now_, "log", OpenMode::kRead).value()->size(now_).value(),
            1u << 20);
}

TEST_F(RealDisk, CancelDuringASyncLeavesTheNodeWorking) {
  bool syncing = false;
  const TaskId task = world_->world().tasks.spawn("syncs", [&](Yield& yield) {
    auto file = disk_.open(yield, "log", OpenMode::kCreate);
    syncing = true;
    (void)(*file)->sync(yield);
    ADD_FAILURE() << "ran on after it was cancelled";
  });
  ASSERT_TRUE(eventually([&] { return syncing; }));
  world_->world().tasks.cancel(task);
  in_fiber(*world_, [&](Yield& yield) { round_trip(disk_, yield, "after"); });
}

TEST_F(RealTest, WorldWithoutDirectoryHasNoDisk) {
  const auto world = node(1);
  EXPECT_EQ(error_of(world->world().disk.list(Yield::never(), "")), Errc::kUnsupported);
}

TEST(RealDataDirectory, SecondLockNamesTheOwner) {
  const TempDirectory directory;
  auto first = DirectoryLock::acquire(directory.path());
  ASSERT_TRUE(first.ok());
  const auto second = DirectoryLock::acquire(directory.path());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(error_of(second), Errc::kExists);
  EXPECT_EQ(second.error().detail, "data directory " + directory.path() + " is in use by process " +
                                       std::to_string(::getpid()));
  first->reset();
  EXPECT_TRUE(DirectoryLock::acquire(directory.path()).ok());
}

// The kernel lets go of a lock however its process ends.
TEST(RealDataDirectory, KilledOwnerLeavesNoLock) {
  const TempDirectory directory;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = DirectoryLock::acquire(directory.path());
    const char held = lock.ok() ? 'y' : 'n';
    if (::write(ready[1], &held, 1) == 1) ::pause();
    ::_exit(0);
  }
  char held = 0;
  ASSERT_EQ(::read(ready[0], &held, 1), 1);
  ASSERT_EQ(held, 'y');
  const auto refused = DirectoryLock::acquire(directory.path());
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().detail.find("process " + std::to_string(child)), std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(DirectoryLock::acquire(directory.path()).ok());
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST(RealDataDirectory, EachOpeningIsALaterIncarnation) {
  const TempDirectory directory;
  for (std::uint32_t start = 1; start <= 3; ++start) {
    const auto data = DataDirectory::open(directory.path(), NodeId(4), 9);
    ASSERT_TRUE(data.ok()) << data.error().message();
    EXPECT_EQ((*data)->incarnation(), Incarnation(start));
    EXPECT_TRUE(std::filesystem::is_directory((*data)->store()));
  }
}

TEST(RealDataDirectory, RefusesAnotherNodesAndADamagedOne) {
  const TempDirectory directory;
  ASSERT_TRUE(DataDirectory::open(directory.path(), NodeId(4), 9).ok());
  const auto other_node = DataDirectory::open(directory.path(), NodeId(5), 9);
  EXPECT_EQ(error_of(other_node), Errc::kInvalid);
  EXPECT_NE(other_node.error().detail.find("belongs to node 4, not to node 5"), std::string::npos);
  EXPECT_EQ(error_of(DataDirectory::open(directory.path(), NodeId(4), 8)), Errc::kInvalid);
  EXPECT_EQ((*DataDirectory::open(directory.path(), NodeId(4), 9))->incarnation(), Incarnation(2))
      << "a refusal changes nothing";
  std::ofstream(directory.path() + "/IDENTITY")
      << "plumbline 1 node 5 cluster 9 incarnation 2 crc 00000000\n";
  EXPECT_EQ(error_of(DataDirectory::open(directory.path(), NodeId(5), 9)), Errc::kCorrupt);
}

}  // namespace
}  // namespace plumbline::real
