#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nodes/fiber/sync.h"
#include "real/asio/address.h"
#include "real/asio/asio_world.h"
#include "real/asio/loop.h"

namespace plumbline::real {

// How long a test waits for an event before it fails; never how long it waits for nothing to
// happen.
constexpr Duration kPatience = seconds(20);

// Why an operation failed; nothing when it did not.
template <class Outcome>
std::optional<Errc> error_of(const Outcome& outcome) {
  return outcome.ok() ? std::nullopt : std::optional(outcome.error().code);
}

class TempDirectory {
 public:
  TempDirectory() {
    std::string pattern = ::testing::TempDir() + "plumbline-real-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDirectory() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class RecordingSink : public trace::Sink {
 public:
  void emit(const trace::Kind& kind, std::uint64_t, std::uint64_t, std::uint64_t,
            std::uint64_t) override {
    names.push_back(kind.name);
  }
  void reached(const trace::Probe&) override {}
  bool saw(const std::string& name) const {
    return std::find(names.begin(), names.end(), name) != names.end();
  }
  std::vector<std::string> names;
};

// Worlds on one loop, addresses on loopback with ports of the kernel's choice.
class RealTest : public ::testing::Test {
 protected:
  static Address loopback(std::uint16_t port = 0) { return {"127.0.0.1", port}; }

  std::unique_ptr<AsioWorld> open(AsioWorldOptions options) {
    options.seed = 7;
    auto world = AsioWorld::open(loop_, std::move(options), sink_);
    EXPECT_TRUE(world.ok()) << world.error().message();
    return std::move(*world);
  }
  std::unique_ptr<AsioWorld> node(std::uint32_t id, std::uint32_t incarnation = 1,
                                  std::uint16_t port = 0) {
    AsioWorldOptions options;
    options.self = NodeId(id);
    options.incarnation = Incarnation(incarnation);
    options.listen = loopback(port);
    return open(std::move(options));
  }
  std::unique_ptr<AsioWorld> node_with_disk() {
    AsioWorldOptions options;
    options.self = NodeId(1);
    options.directory = directory_.path() + "/store";
    return open(std::move(options));
  }
  [[nodiscard]] bool eventually(UniqueFunction<bool()> holds) {
    return loop_.run_until(std::move(holds), kPatience);
  }
  // Runs `body` in a fiber of `world` to its end.
  void in_fiber(AsioWorld& world, UniqueFunction<void(Yield&)> body) {
    bool done = false;
    world.world().tasks.spawn("test", [&](Yield& yield) {
      body(yield);
      done = true;
    });
    ASSERT_TRUE(eventually([&] { return done; })) << "the fiber did not end";
  }

  EventLoop loop_;
  RecordingSink sink_;
  TempDirectory directory_;
};

}  // namespace plumbline::real
