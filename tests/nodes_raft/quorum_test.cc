#include "nodes/raft/quorum.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <vector>

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

// Sets of the ids 1 to 8 as bits.
constexpr std::uint32_t kAll = 255;

Voters list(std::uint32_t set) {
  Voters ids;
  for (std::uint32_t i = 0; i < 8; ++i) {
    if (set >> i & 1) ids.push_back(ReplicaId(i + 1));
  }
  return ids;
}

std::uint32_t count(std::uint32_t set) { return set == 0 ? 0 : 1 + count(set & (set - 1)); }
bool most(std::uint32_t of, std::uint32_t set) { return 2 * count(of & set) > count(of); }

// Twin of a configuration: `before` is empty outside of the joint phase.
struct TwinVoters {
  std::uint32_t now, before;

  bool agree(std::uint32_t set) const { return most(now, set) && (!before || most(before, set)); }
  Configuration configuration() const { return {list(now), list(before)}; }
};

TwinVoters any_voters() {
  const auto now = *rc::gen::inRange<std::uint32_t>(1, kAll + 1);
  const auto before = *rc::gen::inRange<std::uint32_t>(0, kAll + 1);
  return {now, *rc::gen::arbitrary<bool>() ? before : 0};
}

// Thesis 4.3, over all choices of who agrees.
RC_GTEST_PROP(RaftJointQuorum, AsksBothMajorities, ()) {
  const TwinVoters twin = any_voters();
  const Configuration configuration = twin.configuration();
  for (std::uint32_t set = 0; set <= kAll; ++set) {
    RC_ASSERT(is_quorum(configuration, list(set)) == twin.agree(set));
  }
}

// What a joint phase is for: whoever agrees in it overlaps with whoever agrees before and after it.
RC_GTEST_PROP(RaftJointQuorum, OverlapsWithTheOnesBeforeAndAfter, ()) {
  TwinVoters joint = any_voters();
  RC_PRE(joint.before != 0);
  for (std::uint32_t set = 0; set <= kAll; ++set) {
    if (!is_quorum(joint.configuration(), list(set))) continue;
    RC_ASSERT(!is_quorum({list(joint.before)}, list(kAll & ~set)));
    RC_ASSERT(!is_quorum({list(joint.now)}, list(kAll & ~set)));
    RC_ASSERT(!is_quorum(joint.configuration(), list(kAll & ~set)));
  }
}

// Twin: try every index, and ask whether those who hold it agree. Some hold nothing that is known.
RC_GTEST_PROP(RaftJointQuorum, IndexIsTheHighestThatBothHold, ()) {
  const TwinVoters twin = any_voters();
  const auto listed = *rc::gen::inRange<std::uint32_t>(0, kAll + 1);
  const auto indices =
      *rc::gen::container<std::vector<std::uint64_t>>(8, rc::gen::inRange<std::uint64_t>(0, 9));
  InlineVector<Held, 8> held;
  for (const ReplicaId id : list(listed)) {
    held.push_back({id, LogIndex(indices[id.value - 1])});
  }
  std::uint64_t expected = 0;
  for (std::uint64_t index = 1; index < 9; ++index) {
    std::uint32_t holders = 0;
    for (std::uint32_t i = 0; i < 8; ++i) {
      if ((listed >> i & 1) && indices[i] >= index) holders |= 1u << i;
    }
    if (twin.agree(holders)) expected = index;
  }
  RC_ASSERT(quorum_index(twin.configuration(), held) == LogIndex(expected));
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

// Everything that a configuration can hold, and sorted lists only.
RC_GTEST_PROP(RaftConfiguration, CodecReturnsAllFields, ()) {
  const auto some_ids = [] {
    return *rc::gen::scale(0.2, rc::gen::container<std::set<std::uint32_t>>(
                                    rc::gen::inRange<std::uint32_t>(1, UINT32_MAX)));
  };
  Configuration configuration;
  for (const std::uint32_t id : some_ids()) configuration.voters.push_back(ReplicaId(id));
  RC_PRE(!configuration.voters.empty());
  for (const std::uint32_t id : some_ids()) configuration.outgoing.push_back(ReplicaId(id));
  for (const std::uint32_t id : some_ids()) {
    const ReplicaId replaced(*rc::gen::inRange<std::uint32_t>(0, 9));
    configuration.learners.push_back({ReplicaId(id), *rc::gen::arbitrary<bool>(), replaced});
  }
  for (const std::uint32_t id : some_ids()) {
    configuration.seats.push_back({ReplicaId(id), NodeId(*rc::gen::arbitrary<std::uint32_t>())});
  }
  configuration.next_id = ReplicaId(*rc::gen::arbitrary<std::uint32_t>());
  const Blob payload = encode(configuration);
  RC_ASSERT(decode_configuration(payload.view()) == configuration);
  // A part of it is no configuration.
  const std::string bytes(payload.view());
  const auto cut = *rc::gen::inRange<std::size_t>(0, bytes.size());
  RC_ASSERT(!decode_configuration(bytes.substr(0, cut)).has_value());
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
