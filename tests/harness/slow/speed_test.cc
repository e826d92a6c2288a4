// Measured, not judged: test_harness_slow --gtest_also_run_disabled_tests --gtest_filter='*Speed*'.

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "nodes/client/kv_client.h"
#include "real/harness/observer.h"
#include "tests/harness/slow/support.h"

namespace plumbline::harness {
namespace {

using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

class DISABLED_Speed : public ClusterTest {
 protected:
  client::Options store() const {
    client::Options options;
    options.servers = cluster_->servers();
    options.attempt_timeout = milliseconds(100);
    options.pause_between_attempts = milliseconds(5);
    return options;
  }
  void put_until_ok(client::KvClient& store, World& world, Yield& yield, const std::string& key) {
    while (store.put(yield, key, "v", world.clock.now() + seconds(10)).fate != client::Fate::kOk) {
    }
  }
  void measure_puts(int clients, int each) {
    std::vector<std::unique_ptr<real::AsioWorld>> worlds;
    int warm = 0;
    SteadyClock::time_point begun;
    for (int i = 1; i <= clients; ++i) {
      worlds.push_back(
          client(static_cast<std::uint32_t>(500 + i), [&, i](World& world, Yield& yield) {
            client::KvClient client(world, store());
            put_until_ok(client, world, yield, "k" + std::to_string(i));
            if (++warm == clients) begun = SteadyClock::now();
            while (warm < clients)
              world.tasks.sleep_until(yield, world.clock.now() + milliseconds(1));
            for (int n = 0; n < each; ++n)
              put_until_ok(client, world, yield, "k" + std::to_string(i));
          }));
    }
    ASSERT_TRUE(all_done(seconds(120)));
    const double took = seconds_since(begun);
    std::printf("%d clients: %.0f puts/s, %.2f ms each\n", clients, clients * each / took,
                1000 * took / each);
  }
};

TEST_F(DISABLED_Speed, Puts) {
  start(three_nodes());
  measure_puts(1, 2000);
  measure_puts(10, 1000);
}

TEST_F(DISABLED_Speed, FirstWriteAfterTheLeaderIsKilled) {
  start(three_nodes());
  const Observer& observer = cluster_->observer();
  std::vector<double> took;
  for (std::uint32_t round = 1; round <= 10; ++round) {
    const auto warm = client(600 + round, [&](World& world, Yield& yield) {
      client::KvClient client(world, store());
      put_until_ok(client, world, yield, "warm");
    });
    ASSERT_TRUE(all_done(seconds(30)));
    ASSERT_TRUE(loop_.run_until(
        [&] { return observer.leader() && observer.all_caught_up(); }, seconds(30)));
    const NodeId leader = *observer.leader();
    const auto begun = SteadyClock::now();
    cluster_->kill(leader);
    const auto writer = client(700 + round, [&](World& world, Yield& yield) {
      client::KvClient client(world, store());
      put_until_ok(client, world, yield, "k");
      took.push_back(1000 * seconds_since(begun));
    });
    ASSERT_TRUE(all_done(seconds(30)));
    cluster_->start(leader);
  }
  std::sort(took.begin(), took.end());
  std::printf("first write after SIGKILL of the leader: median %.0f ms, %.0f to %.0f ms\n",
              (took[4] + took[5]) / 2, took.front(), took.back());
}

}  // namespace
}  // namespace plumbline::harness
