// A snapshot on its way: sender and receiver without disks and nodes, over a link that the test is.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "nodes/replica/snapshot_receiver.h"
#include "nodes/replica/snapshot_sender.h"

namespace plumbline::replica {
namespace {

using State = SnapshotSender::State;
using Step = SnapshotReceiver::Step;

constexpr Instant kStart{1'000'000'000};
constexpr SnapshotSendOptions kOptions{.chunk_bytes = 10, .window_chunks = 3};

std::vector<std::uint64_t> offsets_sent(SnapshotSender& sender, Instant now) {
  std::vector<std::uint64_t> offsets;
  while (const auto piece = sender.next(now)) offsets.push_back(piece->offset);
  return offsets;
}

SnapshotAck ack(std::uint64_t received, SnapshotVerdict verdict = SnapshotVerdict::kGoOn) {
  return {.transfer = 1, .received = received, .verdict = verdict};
}

SnapshotChunk chunk(std::uint64_t offset, std::uint64_t index = 7, std::uint64_t term = 3) {
  return {.from = ReplicaId(1),
          .to = ReplicaId(2),
          .term = Term(term),
          .transfer = 1,
          .content = {.index = LogIndex(index), .term = Term(2), .digest = index, .bytes = 30},
          .offset = offset,
          .bytes = Bytes(10, 'x'),
          .message = {}};
}

using Offsets = std::vector<std::uint64_t>;

TEST(SnapshotSender, KeepsToItsWindow) {
  SnapshotSender sender(kOptions, 1, 55, kStart);
  EXPECT_EQ(offsets_sent(sender, kStart), (Offsets{0, 10, 20}));
  sender.acknowledged(ack(10), kStart);
  EXPECT_EQ(offsets_sent(sender, kStart), (Offsets{30}));
  sender.acknowledged(ack(40), kStart);
  const auto fifth = sender.next(kStart);
  const auto last = sender.next(kStart);
  ASSERT_TRUE(fifth && last);
  EXPECT_EQ(last->offset, 50U);
  EXPECT_EQ(last->bytes, 5U);
  EXPECT_FALSE(sender.next(kStart));
  sender.acknowledged(ack(55, SnapshotVerdict::kDone), kStart);
  EXPECT_EQ(sender.state(), State::kDone);
  EXPECT_EQ(sender.next_deadline(), Instant::never());
}

TEST(SnapshotSender, KeepsToItsRate) {
  SnapshotSendOptions slow = kOptions;
  slow.bytes_per_second = 1000;  // a chunk each 10 ms
  SnapshotSender sender(slow, 1, 55, kStart);
  EXPECT_EQ(offsets_sent(sender, kStart), (Offsets{0}));
  EXPECT_EQ(sender.next_deadline(), kStart + milliseconds(10));
  EXPECT_TRUE(offsets_sent(sender, kStart + milliseconds(9)).empty());
  EXPECT_EQ(offsets_sent(sender, kStart + milliseconds(10)), (Offsets{10}));
}

TEST(SnapshotSender, GoesOnWhereTheReceiverSays) {
  SnapshotSender sender(kOptions, 1, 100, kStart);
  offsets_sent(sender, kStart);
  sender.acknowledged(ack(60), kStart);  // from an earlier attempt
  EXPECT_EQ(offsets_sent(sender, kStart), (Offsets{60, 70, 80}));
}

TEST(SnapshotSender, GoesBackWhenAnswersStandStillOrStayAway) {
  SnapshotSender sender(kOptions, 1, 100, kStart);
  offsets_sent(sender, kStart);
  sender.acknowledged(ack(10), kStart);
  offsets_sent(sender, kStart);
  sender.acknowledged(ack(10), kStart);
  EXPECT_TRUE(offsets_sent(sender, kStart).empty()) << "one may have been overtaken";
  sender.acknowledged(ack(10), kStart);
  EXPECT_EQ(offsets_sent(sender, kStart), (Offsets{10, 20, 30}));
  EXPECT_EQ(sender.next_deadline(), kStart + kOptions.retry);
  sender.look_at_clock(kStart + kOptions.retry);
  EXPECT_EQ(offsets_sent(sender, kStart + kOptions.retry), (Offsets{10, 20, 30}));
}

TEST(SnapshotSender, BeginsAgainForAReceiverThatWasRestarted) {
  SnapshotSender sender(kOptions, 1, 100, kStart);
  offsets_sent(sender, kStart);
  sender.acknowledged(ack(30), kStart);
  offsets_sent(sender, kStart);
  sender.acknowledged(ack(0), kStart);
  sender.acknowledged(ack(0), kStart);
  EXPECT_EQ(offsets_sent(sender, kStart), (Offsets{0, 10, 20}));
}

// What is sent again is answered again: were each pair of such answers a reason to send a window
// once more, one lost piece would flood the link (bugs-found.md).
TEST(SnapshotSender, AnswersToRepeatsBringForthNoFurtherRepeats) {
  SnapshotSender sender(kOptions, 1, 100, kStart);
  std::size_t sent = offsets_sent(sender, kStart).size();
  for (int i = 0; i < 100; ++i) {
    sender.acknowledged(ack(0), kStart);
    sent += offsets_sent(sender, kStart).size();
  }
  EXPECT_EQ(sent, 6U);
  // The clock goes on asking.
  sender.look_at_clock(kStart + kOptions.retry);
  EXPECT_EQ(offsets_sent(sender, kStart + kOptions.retry), (Offsets{0, 10, 20}));
}

TEST(SnapshotSender, GivesUpWithoutProgress) {
  SnapshotSender sender(kOptions, 1, 100, kStart);
  offsets_sent(sender, kStart);
  const Instant later = kStart + seconds(1);
  sender.acknowledged(ack(10), later);
  sender.acknowledged(ack(10), later + seconds(1));  // alive, and no further
  sender.look_at_clock(later + kOptions.give_up - nanoseconds(1));
  EXPECT_EQ(sender.state(), State::kSending);
  EXPECT_LE(sender.next_deadline(), later + kOptions.give_up);
  sender.look_at_clock(later + kOptions.give_up);
  EXPECT_EQ(sender.state(), State::kGaveUp);
  EXPECT_FALSE(sender.next(later + kOptions.give_up));
}

// Making it durable may take long; whoever says that all is there is not given up.
TEST(SnapshotSender, WaitsForAReceiverThatHasEverything) {
  SnapshotSender sender(kOptions, 1, 30, kStart);
  offsets_sent(sender, kStart);
  Instant now = kStart;
  for (int i = 0; i < 100; ++i) {
    sender.acknowledged(ack(30), now);
    now = now + kOptions.retry;
    sender.look_at_clock(now);
    EXPECT_EQ(offsets_sent(sender, now), (Offsets{20})) << "asks again with the last piece";
  }
  EXPECT_EQ(sender.state(), State::kSending);
  sender.acknowledged(ack(30, SnapshotVerdict::kDone), now);
  EXPECT_EQ(sender.state(), State::kDone);
}

TEST(SnapshotSender, EndsWhenItIsRefusedAndHeedsNoAnswerToAnotherAttempt) {
  SnapshotSender sender(kOptions, 1, 30, kStart);
  SnapshotAck other = ack(30, SnapshotVerdict::kRefused);
  other.transfer = 2;
  sender.acknowledged(other, kStart);
  sender.acknowledged(ack(31), kStart);
  EXPECT_EQ(sender.state(), State::kSending);
  EXPECT_EQ(sender.acknowledged_bytes(), 0U);
  sender.acknowledged(ack(0, SnapshotVerdict::kRefused), kStart);
  EXPECT_EQ(sender.state(), State::kRefused);
}

TEST(SnapshotReceiver, TakesPiecesInOrderOnly) {
  SnapshotReceiver receiver(ReplicaId(2));
  EXPECT_EQ(receiver.take(chunk(10)), Step::kAnswer) << "nothing is begun in the middle";
  EXPECT_EQ(receiver.content(), nullptr);
  EXPECT_EQ(receiver.take(chunk(0)), Step::kBegin);
  EXPECT_EQ(receiver.take(chunk(20)), Step::kAnswer) << "too early";
  EXPECT_EQ(receiver.take(chunk(0)), Step::kAnswer) << "a double";
  EXPECT_EQ(receiver.answer(chunk(0), SnapshotVerdict::kGoOn).received, 10U);
  EXPECT_EQ(receiver.take(chunk(10)), Step::kAppend);
  EXPECT_FALSE(receiver.is_whole());
  EXPECT_EQ(receiver.take(chunk(20)), Step::kAppend);
  EXPECT_TRUE(receiver.is_whole());
  EXPECT_EQ(receiver.take(chunk(20)), Step::kAnswer);
  const SnapshotAck last = receiver.answer(chunk(20), SnapshotVerdict::kDone);
  EXPECT_EQ(last, (SnapshotAck{.from = ReplicaId(2),
                               .to = ReplicaId(1),
                               .transfer = 1,
                               .received = 30,
                               .verdict = SnapshotVerdict::kDone}));
}

TEST(SnapshotReceiver, GoesOnWithWhatIsThereFromAnEarlierTime) {
  SnapshotReceiver receiver(ReplicaId(2));
  EXPECT_EQ(receiver.take(chunk(0)), Step::kBegin);
  receiver.resume_at(20);
  EXPECT_EQ(receiver.answer(chunk(0), SnapshotVerdict::kGoOn).received, 20U);
  EXPECT_EQ(receiver.take(chunk(20)), Step::kAppend);
  EXPECT_TRUE(receiver.is_whole());
}

// SN-10.
TEST(SnapshotReceiver, NeverMixesTwoSnapshots) {
  SnapshotReceiver receiver(ReplicaId(2));
  EXPECT_EQ(receiver.take(chunk(0)), Step::kBegin);
  EXPECT_EQ(receiver.take(chunk(10, /*index=*/6)), Step::kRefuse) << "an older one of this term";
  EXPECT_EQ(receiver.take(chunk(0, /*index=*/9, /*term=*/2)), Step::kRefuse) << "of an older term";
  EXPECT_EQ(receiver.take(chunk(10, /*index=*/8)), Step::kAnswer);
  EXPECT_EQ(receiver.answer(chunk(10, 8), SnapshotVerdict::kGoOn).received, 0U);
  EXPECT_EQ(receiver.received(), 10U) << "nothing is dropped for what cannot be kept";
  EXPECT_EQ(receiver.take(chunk(0, /*index=*/8)), Step::kBegin);
  EXPECT_EQ(receiver.take(chunk(10)), Step::kRefuse) << "the one that gave way";
  EXPECT_EQ(receiver.take(chunk(10, /*index=*/8)), Step::kAppend);
  EXPECT_EQ(receiver.content()->index, LogIndex(8));
}

TEST(SnapshotReceiver, AnotherSenderMayGoOnWithTheSameContent) {
  SnapshotReceiver receiver(ReplicaId(2));
  EXPECT_EQ(receiver.take(chunk(0)), Step::kBegin);
  SnapshotChunk from_new_leader = chunk(10, 7, /*term=*/5);
  from_new_leader.from = ReplicaId(3);
  EXPECT_EQ(receiver.take(from_new_leader), Step::kAppend);
  EXPECT_EQ(receiver.take(chunk(0, /*index=*/8, /*term=*/4)), Step::kRefuse)
      << "the later term is remembered";
}

// Over a link that loses, doubles and reorders, the whole arrives or is given up, and is never
// anything else.
RC_GTEST_PROP(SnapshotTransfer, DeliversTheWholeOverABadLink, ()) {
  const Bytes state = *rc::gen::container<Bytes>(*rc::gen::inRange<std::size_t>(1, 300),
                                                 rc::gen::arbitrary<char>());
  SnapshotSendOptions options{.chunk_bytes = *rc::gen::inRange<std::uint32_t>(1, 40),
                              .window_chunks = *rc::gen::inRange<std::uint32_t>(1, 6)};
  options.give_up = seconds(1000);
  Instant now = kStart;
  SnapshotSender sender(options, 1, state.size(), now);
  SnapshotReceiver receiver(ReplicaId(2));
  Bytes kept;
  std::deque<SnapshotChunk> chunks;
  std::deque<SnapshotAck> acks;
  const auto bad_luck = [] { return *rc::gen::inRange(0, 5) == 4; };
  const auto put = [&](auto& link, const auto& message) {
    if (bad_luck()) return;
    if (bad_luck()) link.push_back(message);
    if (bad_luck()) return link.push_front(message);
    link.push_back(message);
  };
  for (int i = 0; i < 10'000 && sender.state() == State::kSending; ++i) {
    while (const auto piece = sender.next(now)) {
      SnapshotChunk out = chunk(piece->offset);
      out.content.bytes = state.size();
      out.bytes = state.substr(piece->offset, piece->bytes);
      put(chunks, out);
    }
    if (!chunks.empty()) {
      const SnapshotChunk in = chunks.front();
      chunks.pop_front();
      const Step step = receiver.take(in);
      if (step == Step::kBegin) kept.clear();
      if (step == Step::kBegin || step == Step::kAppend) kept += in.bytes;
      put(acks, receiver.answer(
                    in, receiver.is_whole() ? SnapshotVerdict::kDone : SnapshotVerdict::kGoOn));
    }
    if (!acks.empty()) {
      sender.acknowledged(acks.front(), now);
      acks.pop_front();
    }
    if (chunks.empty() && acks.empty() && sender.state() == State::kSending) {
      now = std::max(now, sender.next_deadline());
    }
    sender.look_at_clock(now);
  }
  RC_ASSERT(sender.state() == State::kDone);
  RC_ASSERT(kept == state);
}

}  // namespace
}  // namespace plumbline::replica
