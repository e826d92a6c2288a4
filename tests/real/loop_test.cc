#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "real/asio/reserved_port.h"
#include "tests/real/support.h"

namespace plumbline::real {
namespace {

TEST(RealLoop, RunsPostsInOrderAndStops) {
  EventLoop loop;
  std::string log;
  loop.post([&] { log += "1"; });
  loop.post([&] {
    loop.post([&] { loop.stop(); });
    log += "2";
  });
  EXPECT_EQ(log, "");
  loop.run();
  EXPECT_EQ(log, "12");
}

TEST(RealLoop, OtherThreadsMayPost) {
  EventLoop loop;
  int came = 0;
  std::thread other([&] {
    for (int i = 0; i < 100; ++i) loop.post([&] { ++came; });
  });
  EXPECT_TRUE(loop.run_until([&] { return came == 100; }, kPatience));
  other.join();
}

TEST(RealLoop, RunUntilEndsAtItsLimit) {
  EventLoop loop;
  EXPECT_FALSE(loop.run_until([] { return false; }, milliseconds(5)));
}

TEST(RealLoop, AfterComesInTheOrderOfTheDelays) {
  EventLoop loop;
  std::string log;
  loop.after(milliseconds(4), [&] { log += "2"; });
  loop.after(milliseconds(1), [&] { log += "1"; });
  EXPECT_TRUE(loop.run_until([&] { return log.size() == 2; }, kPatience));
  EXPECT_EQ(log, "12");
}

TEST(RealLoop, SignalsComeAsCallsEachTime) {
  EventLoop loop;
  std::vector<int> seen;
  loop.on_signals({SIGUSR1, SIGUSR2}, [&](int signal) { seen.push_back(signal); });
  ::kill(::getpid(), SIGUSR1);
  ASSERT_TRUE(loop.run_until([&] { return seen.size() == 1; }, kPatience));
  ::kill(::getpid(), SIGUSR2);
  ASSERT_TRUE(loop.run_until([&] { return seen.size() == 2; }, kPatience));
  EXPECT_EQ(seen, (std::vector<int>{SIGUSR1, SIGUSR2}));
}

class RealReservedPort : public RealTest {};

TEST_F(RealReservedPort, CanBeListenedOnAgainAndAgain) {
  const ReservedPort one;
  const ReservedPort two;
  EXPECT_NE(one.address().port, two.address().port);
  const auto world = node(1);
  for (int i = 0; i < 3; ++i) {
    in_fiber(*world, [&](Yield& yield) {
      EXPECT_EQ(error_of(world->world().streams.connect(yield, one.address())), Errc::kRefused);
      const auto listener = world->world().streams.listen(one.address());
      ASSERT_TRUE(listener.ok()) << listener.error().message();
      EXPECT_TRUE(world->world().streams.connect(yield, one.address()).ok());
    });
  }
}

// The harness starts programs: they must not hold this process's listeners and connections.
class RealDescriptors : public RealTest {
 protected:
  static std::vector<int> open_now() {
    std::vector<int> open;
    for (int number = 0; number < 1024; ++number) {
      if (::fcntl(number, F_GETFD) != -1) open.push_back(number);
    }
    return open;
  }
};

TEST_F(RealDescriptors, StayInThisProcess) {
  const std::vector<int> before = open_now();
  EventLoop loop;
  const ReservedPort port;
  const auto one = node_with_disk();
  const auto two = node(2);
  one->set_peer(NodeId(2), two->transport_address());
  ASSERT_TRUE(eventually([&] { return one->connected(NodeId(2)); }));
  in_fiber(*one, [&](Yield& yield) {
    World& world = one->world();
    const auto listener = world.streams.listen(port.address());
    const auto client = world.streams.connect(yield, port.address());
    const auto server = (*listener)->accept(yield);
    const auto file = world.disk.open(yield, "file", OpenMode::kCreate);
    ASSERT_TRUE(client.ok() && server.ok() && file.ok());
    for (const int number : open_now()) {
      if (std::find(before.begin(), before.end(), number) != before.end()) continue;
      EXPECT_TRUE((::fcntl(number, F_GETFD) & FD_CLOEXEC) != 0)
          << std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(number));
    }
  });
}

}  // namespace
}  // namespace plumbline::real
