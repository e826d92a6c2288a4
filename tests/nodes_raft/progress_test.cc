// What a leader knows of a follower, against a twin that remembers everything and counts anew.
#include "nodes/raft/progress.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <vector>

namespace plumbline::raft {
namespace {

using Pace = Progress::Pace;

struct Twin {
  struct Sent {
    std::uint64_t last, bytes;
  };
  Pace pace = Pace::kProbe;
  bool asked = false;  // a probe has left and was not answered
  std::uint64_t match = 0, next = 1, snapshot = 0;
  std::vector<Sent> sent;  // since it follows; answered or not

  std::vector<Sent> under_way() const {
    std::vector<Sent> left;
    for (const Sent& one : sent) {
      if (one.last > match) left.push_back(one);
    }
    return left;
  }
  std::uint64_t bytes() const {
    std::uint64_t sum = 0;
    for (const Sent& one : under_way()) sum += one.bytes;
    return sum;
  }
  bool may_send(const Options& options) const {
    if (pace == Pace::kSnapshot) return false;
    if (pace == Pace::kProbe) return !asked;
    const std::size_t count = under_way().size();
    return count == 0 ||
           (count < options.inflight_appends_max && bytes() < options.inflight_bytes_max);
  }

  void send(std::uint64_t last, std::uint64_t size) {
    if (pace == Pace::kProbe) {
      asked = true;  // where the logs agree is not known: the same will be sent again if need be
    } else {
      sent.push_back({last, size});
      next = last + 1;
    }
  }
  void holds(std::uint64_t index) {
    match = std::max(match, index);
    next = std::max(next, match + 1);
    if (pace == Pace::kSnapshot && match < snapshot) return;
    pace = Pace::kReplicate;
    asked = false;
  }
  void back_to(std::uint64_t from) {
    next = std::max(from, match + 1);
    pace = Pace::kProbe;
    asked = false;
    sent.clear();
  }
  void forgets_behind(std::uint64_t index) {
    match = std::min(match, index);
    back_to(index + 1);
  }
  void sends_snapshot(std::uint64_t index) {
    pace = Pace::kSnapshot;
    snapshot = index;
    sent.clear();
  }
};

void same(const Progress& progress, const Twin& twin, const Options& options) {
  RC_ASSERT(progress.pace == twin.pace);
  RC_ASSERT(progress.match == LogIndex(twin.match));
  RC_ASSERT(progress.next == LogIndex(twin.next));
  RC_ASSERT(progress.match < progress.next);
  RC_ASSERT(progress.may_send_entries(options) == twin.may_send(options));
  const std::vector<Twin::Sent> under_way = twin.under_way();
  RC_ASSERT(progress.inflight.size() == under_way.size());
  RC_ASSERT(progress.inflight_bytes == twin.bytes());
  for (std::size_t i = 0; i < under_way.size(); ++i) {
    RC_ASSERT(progress.inflight[i].last == LogIndex(under_way[i].last));
    RC_ASSERT(progress.inflight[i].bytes == under_way[i].bytes);
  }
}

RC_GTEST_PROP(RaftProgress, RemembersWhatATwinCountsAnew, ()) {
  Options options;
  options.inflight_appends_max = *rc::gen::inRange<std::uint32_t>(1, 5);
  options.inflight_bytes_max = *rc::gen::inRange<std::uint64_t>(1, 60);
  Progress progress;
  progress.next = LogIndex(1);
  Twin twin;
  const auto steps = *rc::gen::container<std::vector<std::tuple<int, std::uint64_t>>>(
      rc::gen::tuple(rc::gen::inRange(0, 12), rc::gen::inRange<std::uint64_t>(0, 30)));
  for (const auto& [what, amount] : steps) {
    if (what < 5) {
      if (!twin.may_send(options)) continue;
      const std::uint64_t last = twin.next + amount % 4;
      progress.sent_entries(LogIndex(last), amount);
      twin.send(last, amount);
    } else if (what < 9) {
      progress.accepted(LogIndex(amount));
      twin.holds(amount);
    } else if (what == 9) {
      progress.probe_from(LogIndex(amount + 1));
      twin.back_to(amount + 1);
    } else if (what == 10) {
      progress.forgot_behind(LogIndex(amount));
      twin.forgets_behind(amount);
    } else {
      progress.sent_snapshot(LogIndex(twin.match + amount + 1));
      twin.sends_snapshot(twin.match + amount + 1);
    }
    same(progress, twin, options);
  }
}

}  // namespace
}  // namespace plumbline::raft
