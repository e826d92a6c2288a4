#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "tests/nodes_log/helpers.h"

namespace plumbline::log::test {
namespace {

struct Bounds {
  std::uint64_t base = 0;
  std::uint64_t end = 0;
};

// What the appended records leave of a group's log: the next one must fit there.
Bounds bounds_of(const Records& appended, std::uint32_t group) {
  Bounds bounds;
  for (const Record& record : appended) {
    if (record.group != GroupId(group)) continue;
    if (record.kind == RecordKind::kEntry) bounds.end = record.index.value;
    if (record.kind != RecordKind::kBase) continue;
    bounds.base = record.index.value;
    if (!record.keep_tail || record.index.value > bounds.end) bounds.end = record.index.value;
  }
  return bounds;
}

Record arbitrary_record(const Records& appended) {
  const auto group = *rc::gen::inRange<std::uint32_t>(1, 4);
  const Bounds bounds = bounds_of(appended, group);
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return hard_state(*rc::gen::inRange<std::uint64_t>(0, 100),
                        *rc::gen::inRange<std::uint32_t>(0, 5), bounds.end, group);
    case 1: {
      const auto index = *rc::gen::inRange<std::uint64_t>(bounds.base, bounds.end + 3);
      if (index > bounds.base) return base(index, *rc::gen::arbitrary<bool>(), group);
      [[fallthrough]];
    }
    default: {
      const auto index = *rc::gen::inRange<std::uint64_t>(
          std::max(bounds.base + 1, bounds.end > 2 ? bounds.end - 2 : 1), bounds.end + 2);
      return entry(std::min(index, bounds.end + 1), *rc::gen::inRange<std::size_t>(0, 3000), group);
    }
  }
}

// The dumb twin of a log is a vector: what was appended, and how much of it was acknowledged.
// R-raft-18, I10.
RC_GTEST_PROP(LogProperty, BehavesAsAVectorThatForgetsOnlyItsUnflushedTail, ()) {
  MemoryDisk disk;
  trace::NullSink sink;
  Records twin;
  std::size_t acknowledged = 0;
  Records replayed;
  std::unique_ptr<Log> log = must_open(disk, replayed);
  const int steps = *rc::gen::inRange(1, 40);
  for (int step = 0; step < steps; ++step) {
    switch (*rc::gen::inRange(0, 9)) {
      case 0:
      case 1:
      case 2:
      case 3:
        twin.push_back(arbitrary_record(twin));
        log->append(twin.back());
        break;
      case 4:
        RC_ASSERT(log->flush(now()).ok());
        acknowledged = twin.size();
        break;
      case 5: RC_ASSERT(log->settle(now()).ok()); break;
      case 6: RC_ASSERT(log->compact(now()).ok()); break;
      default: {
        // A crash in the middle of a flush, of the process or of the machine.
        const auto call = *rc::gen::inRange<std::uint64_t>(1, 14);
        disk.reset_calls();
        disk.fail_call(call, Errc::kCrashed, true);
        if (log->flush(now()).ok()) acknowledged = twin.size();
        if (log->compact(now()).ok()) static_cast<void>(log->settle(now()));
        log.reset();
        disk.heal();
        const bool power = *rc::gen::arbitrary<bool>();
        if (power) disk.lose_power({Loss::Mode::kMixed, *rc::gen::arbitrary<std::uint64_t>()});
        Result<Opened> opened = open_log(disk, sink, replayed);
        RC_ASSERT(opened.ok());
        RC_ASSERT(opened->damages.empty());
        log = std::move(opened->log);
        RC_ASSERT(kept(replayed, twin, acknowledged).has_value());
        // What it has come to is where the next ones go on.
        twin = replayed;
        acknowledged = twin.size();
      }
    }
  }
}

}  // namespace
}  // namespace plumbline::log::test
