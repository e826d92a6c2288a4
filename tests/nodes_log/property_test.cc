#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/nodes_log/helpers.h"

namespace plumbline::log::test {
namespace {

Record arbitrary_record(std::uint64_t index) {
  if (*rc::gen::inRange(0, 4) == 0) {
    return hard_state(*rc::gen::inRange<std::uint64_t>(0, 100),
                      *rc::gen::inRange<std::uint32_t>(0, 5), index);
  }
  return entry(index, *rc::gen::inRange<std::size_t>(0, 3000),
               *rc::gen::inRange<std::uint32_t>(1, 4));
}

// The dumb twin of a log is a vector: what was appended, and how much of it was acknowledged.
// R-raft-18, I10.
RC_GTEST_PROP(LogProperty, BehavesAsAVectorThatForgetsOnlyItsUnflushedTail, ()) {
  MemoryDisk disk;
  Records twin;
  std::size_t acknowledged = 0;
  Records replayed;
  std::unique_ptr<Log> log = must_open(disk, replayed);
  const int steps = *rc::gen::inRange(1, 40);
  for (int step = 0; step < steps; ++step) {
    switch (*rc::gen::inRange(0, 7)) {
      case 0:
      case 1:
      case 2:
        twin.push_back(arbitrary_record(twin.size() + 1));
        log->append(twin.back());
        break;
      case 3:
        RC_ASSERT(log->flush(now()).ok());
        acknowledged = twin.size();
        break;
      case 4: RC_ASSERT(log->settle(now()).ok()); break;
      default: {
        // A crash in the middle of a flush, of the process or of the machine.
        const auto call = *rc::gen::inRange<std::uint64_t>(1, 12);
        disk.reset_calls();
        disk.fail_call(call, Errc::kCrashed, true);
        if (log->flush(now()).ok()) acknowledged = twin.size();
        log.reset();
        disk.heal();
        const bool power = *rc::gen::arbitrary<bool>();
        if (power) disk.lose_power({Loss::Mode::kMixed, *rc::gen::arbitrary<std::uint64_t>()});
        log = must_open(disk, replayed);
        RC_ASSERT(replayed.size() >= acknowledged);
        RC_ASSERT(is_prefix(replayed, twin));
        twin = replayed;
        acknowledged = twin.size();
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::log::test
