#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/sim/script_node.h"

namespace plumbline::sim {

inline constexpr NodeId kOne(1);

// A cluster of one node; `act` runs on its disk with calls that complete at once.
class OneDisk {
 public:
  explicit OneDisk(std::uint64_t seed = 1, Options options = {})
      : simulation(with_seed(std::move(options), seed)) {
    add_started(simulation, 1, [this](World& world) { disk_ = &world.disk; });
  }

  Disk& disk() { return *disk_; }
  Yield& never() { return Yield::never(); }
  void put(std::string_view path, BytesView bytes) {
    auto file = disk().open(never(), path, OpenMode::kCreate);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE((*file)->write(never(), 0, bytes).ok());
    ASSERT_TRUE((*file)->sync(never()).ok());
    ASSERT_TRUE(disk().sync_directory(never(), "").ok());
  }
  std::unique_ptr<File> open(std::string_view path) {
    return std::move(*disk().open(never(), path, OpenMode::kWrite));
  }
  void power_cycle() {
    simulation.power_loss(kOne);
    simulation.start(kOne);
  }
  static std::string content(Disk& disk, std::string_view path) {
    auto file = disk.open(Yield::never(), path, OpenMode::kRead);
    if (!file.ok()) return "(none)";
    std::string text((*file)->size(Yield::never()).value(), '?');
    (*file)->read(Yield::never(), 0, text).value();
    return text;
  }
  std::string content(std::string_view path) { return content(disk(), path); }
  std::string durable(std::string_view path) {
    return content(*simulation.durable_image(kOne), path);
  }

  Simulation simulation;

 private:
  static Options with_seed(Options options, std::uint64_t seed) {
    options.seed = seed;
    return options;
  }
  Disk* disk_ = nullptr;
};

}  // namespace plumbline::sim
