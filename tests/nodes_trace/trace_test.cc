#include "nodes/trace/trace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <type_traits>

namespace plumbline::trace {
namespace {

// Defined in no order of their names, as those of several source files are.
const Probe kMiddle{"test.middle"};
const Probe kLast{"test.zebra", Probe::Need::kOptional};
const Probe kFirst{"test.alpha"};

constexpr Kind kGranted{"raft.vote_granted", "grants its vote of term {a} to r{b}"};

// The id stands in trace files: the same in every build.
static_assert(kGranted.id == 0x1548d41b79b6d7d0ULL);
static_assert(!std::is_convertible_v<const char*, Probe>);

TEST(TraceKind, IsNamedByItsNameAlone) {
  constexpr Kind reworded{"raft.vote_granted", "another text"};
  constexpr Kind other{"raft.vote_refused", "grants its vote of term {a} to r{b}"};
  EXPECT_EQ(kGranted.id, reworded.id);
  EXPECT_NE(kGranted.id, other.id);
  EXPECT_EQ(kGranted.id, hash_name("raft.vote_granted"));
}

TEST(TraceProbe, AllAreKnownInTheOrderOfTheirNames) {
  const auto& all = Probe::all();
  ASSERT_GE(all.size(), 3U);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Probe* a, const Probe* b) {
    return std::string_view(a->name()) < std::string_view(b->name());
  }));
  for (const Probe* probe : {&kFirst, &kMiddle, &kLast}) {
    EXPECT_EQ(std::count(all.begin(), all.end(), probe), 1) << probe->name();
  }
}

TEST(TraceProbe, IsIndexedByItsPlaceAmongAll) {
  const auto& all = Probe::all();
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->index(), i);
  EXPECT_LT(kFirst.index(), kMiddle.index());
  EXPECT_LT(kMiddle.index(), kLast.index());
}

TEST(TraceProbe, IsRequiredUnlessItSaysOtherwise) {
  EXPECT_EQ(kFirst.need(), Probe::Need::kRequired);
  EXPECT_EQ(kLast.need(), Probe::Need::kOptional);
}

}  // namespace
}  // namespace plumbline::trace
