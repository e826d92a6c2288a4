#include "sim/event_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace plumbline::sim {
namespace {

TEST(EventQueue, RunsByTimeAndThenByTheOrderOfPushing) {
  EventQueue queue;
  std::string log;
  queue.push({20}, {}, [&] { log += "c"; });
  queue.push({10}, {}, [&] { log += "a"; });
  queue.push({20}, {}, [&] { log += "d"; });
  queue.push({10}, {}, [&] { log += "b"; });
  while (!queue.empty()) queue.pop().run();
  EXPECT_EQ(log, "abcd");
}

TEST(EventQueue, ACancelledEventNeitherRunsNorKeepsItsFunction) {
  EventQueue queue;
  const auto token = std::make_shared<int>(1);
  const EventHandle handle = queue.push({5}, {}, [token] {});
  EXPECT_EQ(token.use_count(), 2);
  EXPECT_TRUE(queue.cancel(handle));
  EXPECT_EQ(token.use_count(), 1);
  EXPECT_FALSE(queue.cancel(handle));
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, AHandleDoesNotCancelTheEventThatTookItsPlace) {
  EventQueue queue;
  const EventHandle first = queue.push({5}, {}, [] {});
  queue.pop();
  queue.push({6}, {}, [] {});
  EXPECT_FALSE(queue.cancel(first));
  EXPECT_FALSE(queue.empty());
}

// The dumb twin is a multimap.
RC_GTEST_PROP(EventQueue, AgreesWithASortedMap,
              (const std::vector<std::pair<std::uint8_t, std::uint8_t>>& steps)) {
  EventQueue queue;
  std::multimap<std::int64_t, int> twin;
  std::vector<std::pair<EventHandle, std::multimap<std::int64_t, int>::iterator>> handles;
  int last = -1;
  int next = 0;
  for (const auto& [what, time] : steps) {
    if (what % 4 == 0 && !twin.empty()) {
      Event event = queue.pop();
      event.run();
      RC_ASSERT(event.time.ns == twin.begin()->first);
      RC_ASSERT(last == twin.begin()->second);
      std::erase_if(handles, [&](const auto& handle) { return handle.second == twin.begin(); });
      twin.erase(twin.begin());
    } else if (what % 4 == 1 && !handles.empty()) {
      const std::size_t victim = time % handles.size();
      RC_ASSERT(queue.cancel(handles[victim].first));
      twin.erase(handles[victim].second);
      handles.erase(handles.begin() + static_cast<std::ptrdiff_t>(victim));
    } else {
      const int number = next++;
      const EventHandle handle = queue.push({time}, {}, [&last, number] { last = number; });
      handles.emplace_back(handle, twin.emplace(time, number));
    }
    RC_ASSERT(queue.empty() == twin.empty());
  }
}

}  // namespace
}  // namespace plumbline::sim
