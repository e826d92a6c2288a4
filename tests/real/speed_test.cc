#include <chrono>
#include <cstdio>

#include "tests/real/support.h"

namespace plumbline::real {
namespace {

// Figures for people, not a test of anything: disabled unless asked for.
class DISABLED_RealSpeed : public RealTest {
 protected:
  template <class Body>
  static double seconds_of(Body body) {
    const auto start = std::chrono::steady_clock::now();
    body();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  void one_way(std::size_t bytes, std::size_t window, std::size_t total);
};

// Both ends share this thread: the figure is the cost of a message, not the width of the wire.
void DISABLED_RealSpeed::one_way(std::size_t bytes, std::size_t window, std::size_t total) {
  const auto one = node(1);
  const auto two = node(2);
  one->set_peer(NodeId(2), two->transport_address());
  two->set_peer(NodeId(1), one->transport_address());
  ASSERT_TRUE(eventually([&] { return one->connected(NodeId(2)) && two->connected(NodeId(1)); }));
  std::size_t sent = 0;
  std::size_t received = 0;
  const Bytes payload(bytes, 'm');
  const auto fill = [&] {
    for (; sent < total && sent < received + window; ++sent)
      one->world().transport.send(NodeId(2), {}, payload);
  };
  one->world().transport.set_receiver([&](NodeId, BytesView) { fill(); });
  two->world().transport.set_receiver([&](NodeId, BytesView) {
    if (++received % (window / 2 + 1) == 0 || received == sent)
      two->world().transport.send(NodeId(1), {}, "more");
  });
  const double took = seconds_of([&] {
    fill();
    ASSERT_TRUE(eventually([&] { return received == total; }));
  });
  std::printf("%8zu bytes, window %4zu: %10.0f messages/s\n", bytes, window,
              static_cast<double>(total) / took);
}

TEST_F(DISABLED_RealSpeed, MessagesOverLoopback) {
  one_way(100, 1, 50'000);
  one_way(100, 1000, 1'000'000);
  one_way(1000, 1000, 500'000);
  one_way(100'000, 50, 20'000);
}

TEST_F(DISABLED_RealSpeed, WriteAndSync) {
  const auto world = node_with_disk();
  for (const std::size_t bytes : {512ul, 4096ul, 65536ul}) {
    constexpr int kRounds = 1000;
    double took = 0;
    in_fiber(*world, [&](Yield& yield) {
      auto file = world->world().disk.open(yield, "f" + std::to_string(bytes), OpenMode::kCreate);
      ASSERT_TRUE((*file)->allocate(yield, bytes * kRounds).ok());
      ASSERT_TRUE((*file)->sync(yield).ok());
      const std::string block(bytes, 'b');
      const auto start = std::chrono::steady_clock::now();
      for (int i = 0; i < kRounds; ++i) {
        ASSERT_TRUE((*file)->write(yield, static_cast<std::uint64_t>(i) * bytes, block).ok());
        ASSERT_TRUE((*file)->sync(yield).ok());
      }
      took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    });
    std::printf("%8zu bytes: %8.0f write+sync/s\n", bytes, kRounds / took);
  }
}

}  // namespace
}  // namespace plumbline::real
