#include "nodes/raft/quorum.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace plumbline::raft {
namespace {

Configuration voters(std::uint32_t count) {
  Configuration configuration;
  for (std::uint32_t i = 1; i <= count; ++i) configuration.voters.push_back(ReplicaId(i));
  return configuration;
}

TEST(RaftQuorum, SizesByHand) {
  const std::size_t expected[] = {1, 2, 2, 3, 3, 4, 4};
  for (std::size_t n = 1; n <= 7; ++n) EXPECT_EQ(quorum_size(n), expected[n - 1]) << n;
}

// The property that the number exists for, over all pairs of choices.
TEST(RaftQuorum, AnyTwoOverlapAndNoneIsLargerThanNeeded) {
  for (std::uint32_t n = 1; n <= 7; ++n) {
    const std::uint32_t all = (1u << n) - 1;
    const auto is = [&](std::uint32_t mask) {
      Voters agreeing;
      for (std::uint32_t i = 0; i < n; ++i) {
        if (mask >> i & 1) agreeing.push_back(ReplicaId(i + 1));
      }
      return is_quorum(voters(n), agreeing);
    };
    for (std::uint32_t mask = 0; mask <= all; ++mask) {
      // Majorities: of a choice and its complement at most one is a quorum, and with an odd number
      // of voters exactly one.
      EXPECT_FALSE(is(mask) && is(all & ~mask)) << n << " voters, choice " << mask;
      if (n % 2 == 1) {
        EXPECT_TRUE(is(mask) || is(all & ~mask)) << n << " voters, choice " << mask;
      }
    }
  }
}

TEST(RaftQuorum, StrangersDoNotCount) {
  EXPECT_FALSE(is_quorum(voters(3), Voters{ReplicaId(1), ReplicaId(7), ReplicaId(8)}));
  EXPECT_TRUE(is_quorum(voters(3), Voters{ReplicaId(1), ReplicaId(3)}));
}

// Twin: try every index, and count who holds it.
RC_GTEST_PROP(RaftQuorum, IndexIsTheHighestThatAMajorityHolds, ()) {
  const auto n = *rc::gen::inRange<std::uint32_t>(1, 8);
  InlineVector<Held, 8> held;
  for (std::uint32_t i = 0; i < n; ++i) {
    held.push_back({ReplicaId(i + 1), LogIndex(*rc::gen::inRange<std::uint64_t>(0, 12))});
  }
  std::uint64_t expected = 0;
  for (std::uint64_t index = 0; index < 12; ++index) {
    std::uint32_t holders = 0;
    for (const Held& one : held) holders += one.index.value >= index ? 1 : 0;
    if (2 * holders > n) expected = index;
  }
  RC_ASSERT(quorum_index(voters(n), held) == LogIndex(expected));
}

RC_GTEST_PROP(RaftConfiguration, CodecReturnsWhatWasEncoded, ()) {
  const auto ids = *rc::gen::suchThat(
      rc::gen::container<std::set<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(1, UINT32_MAX)),
      [](const auto& set) { return !set.empty() && set.size() < 256; });
  Configuration configuration;
  for (const std::uint32_t id : ids) configuration.voters.push_back(ReplicaId(id));
  const Blob payload = encode(configuration);
  RC_ASSERT(decode_configuration(payload.view()) == configuration);
}

// Whatever bytes come, decoding refuses or yields what encodes to the same bytes.
RC_GTEST_PROP(RaftConfiguration, CodecAcceptsOnlyItsOwnBytes, ()) {
  auto bytes = *rc::gen::container<std::string>(rc::gen::arbitrary<char>());
  if (!bytes.empty() && *rc::gen::arbitrary<bool>()) bytes[0] = 2;
  const auto decoded = decode_configuration(bytes);
  if (decoded) RC_ASSERT(std::string(encode(*decoded).view()) == bytes);
}

TEST(RaftConfiguration, CodecRefusesDisorderDuplicatesAndNothing) {
  const auto refuses = [](Configuration configuration) {
    return !decode_configuration(encode(configuration).view()).has_value();
  };
  EXPECT_TRUE(refuses({Voters{ReplicaId(2), ReplicaId(1)}}));
  EXPECT_TRUE(refuses({Voters{ReplicaId(1), ReplicaId(1)}}));
  EXPECT_TRUE(refuses({Voters{ReplicaId(0)}}));
  EXPECT_TRUE(refuses({}));
}

}  // namespace
}  // namespace plumbline::raft
