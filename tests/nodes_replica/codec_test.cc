#include "nodes/replica/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "network/wire/messages.pb.h"

namespace plumbline::replica {
namespace {

std::uint64_t number() { return *rc::gen::arbitrary<std::uint64_t>(); }
std::uint32_t small_number() { return *rc::gen::arbitrary<std::uint32_t>(); }

raft::Message arbitrary_message() {
  raft::Message message;
  message.kind = static_cast<raft::MessageKind>(
      *rc::gen::inRange(0, static_cast<int>(raft::MessageKind::kReadReply) + 1));
  message.from = ReplicaId(small_number());
  message.to = ReplicaId(small_number());
  message.term = Term(number());
  message.index = LogIndex(number());
  message.log_term = Term(number());
  message.commit = LogIndex(number());
  message.round = number();
  message.reject = *rc::gen::arbitrary<bool>();
  message.doubt = *rc::gen::arbitrary<bool>();
  message.transfer = *rc::gen::arbitrary<bool>();
  message.hint = LogIndex(number());
  message.hint_term = Term(number());
  const auto entries = *rc::gen::inRange(0, 8);
  for (int i = 0; i < entries; ++i) {
    message.entries.push_back({.term = Term(number()),
                               .kind = static_cast<raft::EntryKind>(*rc::gen::inRange(0, 3)),
                               .payload = Blob(*rc::gen::arbitrary<Bytes>())});
  }
  return message;
}

Command arbitrary_command() {
  Command command;
  command.kind =
      static_cast<CommandKind>(*rc::gen::inRange(0, static_cast<int>(CommandKind::kAppend) + 1));
  command.key = *rc::gen::arbitrary<Bytes>();
  command.value = *rc::gen::arbitrary<Bytes>();
  if (*rc::gen::arbitrary<bool>()) command.expected = *rc::gen::arbitrary<Bytes>();
  command.session = SessionId(number());
  command.sequence = Sequence(number());
  command.first_unfinished = Sequence(number());
  command.idle_entries = number();
  return command;
}

bool equal(const Command& a, const Command& b) {
  return a.kind == b.kind && a.key == b.key && a.value == b.value && a.expected == b.expected &&
         a.session == b.session && a.sequence == b.sequence &&
         a.first_unfinished == b.first_unfinished && a.idle_entries == b.idle_entries;
}

RC_GTEST_PROP(Codec, AMessageComesBackAsItWas, ()) {
  const GroupId group(small_number());
  const raft::Message message = arbitrary_message();
  const auto decoded = decode_message(encode(group, message));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->group == group);
  RC_ASSERT(decoded->message == message);
}

RC_GTEST_PROP(Codec, ACommandComesBackAsItWas, ()) {
  const Command command = arbitrary_command();
  const auto decoded = decode_command(encode(command).view());
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(equal(*decoded, command));
}

// A replica lives through whatever arrives. What it takes for a message can be written down again.
RC_GTEST_PROP(Codec, GarbageIsRefusedOrIsAMessage, (const Bytes& garbage)) {
  if (const auto got = decode_peer(garbage)) {
    const Bytes again =
        std::visit([&](const auto& m) { return encode(got->group, m); }, got->message);
    RC_ASSERT(decode_peer(again)->message == got->message);
  }
  if (const auto command = decode_command(garbage)) {
    RC_ASSERT(equal(*decode_command(encode(*command).view()), *command));
  }
}

RC_GTEST_PROP(Codec, ATruncatedMessageIsNeverTakenForItself, ()) {
  const raft::Message message = arbitrary_message();
  const Bytes bytes = encode(GroupId(1), message);
  const auto cut = *rc::gen::inRange<std::size_t>(0, bytes.size());
  const auto decoded = decode_message(BytesView(bytes).substr(0, cut));
  const bool itself =
      decoded && decoded->message == message && encode(decoded->group, decoded->message) == bytes;
  RC_ASSERT_FALSE(itself);
}

SnapshotChunk arbitrary_chunk() {
  SnapshotChunk chunk;
  chunk.from = ReplicaId(small_number());
  chunk.to = ReplicaId(small_number());
  chunk.term = Term(number());
  chunk.transfer = number();
  chunk.content = {.index = LogIndex(number()), .term = Term(number()), .digest = number()};
  chunk.offset = *rc::gen::inRange<std::uint64_t>(0, 3) * 1000;
  chunk.bytes = *rc::gen::nonEmpty<Bytes>();
  chunk.content.bytes = chunk.offset + chunk.bytes.size() + *rc::gen::inRange(0, 2) * 1000;
  if (chunk.is_first() || chunk.is_last()) {
    chunk.message = arbitrary_message();
    chunk.message->index = chunk.content.index;
    chunk.message->log_term = chunk.content.term;
  }
  return chunk;
}

RC_GTEST_PROP(Codec, ASnapshotChunkComesBackAsItWas, ()) {
  const SnapshotChunk chunk = arbitrary_chunk();
  const auto decoded = decode_peer(encode(GroupId(7), chunk));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(decoded->group == GroupId(7));
  RC_ASSERT(std::get<SnapshotChunk>(decoded->message) == chunk);
  RC_ASSERT_FALSE(decode_message(encode(GroupId(7), chunk)).has_value());
}

RC_GTEST_PROP(Codec, ASnapshotAckComesBackAsItWas, ()) {
  const SnapshotAck ack{.from = ReplicaId(small_number()),
                        .to = ReplicaId(small_number()),
                        .transfer = number(),
                        .received = number(),
                        .verdict = static_cast<SnapshotVerdict>(*rc::gen::inRange(0, 3))};
  const auto decoded = decode_peer(encode(GroupId(7), ack));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(std::get<SnapshotAck>(decoded->message) == ack);
}

TEST(Codec, RefusesChunksThatDoNotFit) {
  SnapshotChunk chunk{.from = ReplicaId(1),
                      .to = ReplicaId(2),
                      .term = Term(3),
                      .transfer = 4,
                      .content = {.index = LogIndex(5), .term = Term(2), .digest = 6, .bytes = 30},
                      .offset = 10,
                      .bytes = Bytes(10, 'x'),
                      .message = {}};
  const auto taken = [&chunk] { return decode_peer(encode(GroupId(1), chunk)).has_value(); };
  EXPECT_TRUE(taken());
  chunk.bytes.clear();
  EXPECT_FALSE(taken()) << "nothing in it";
  chunk.bytes.assign(21, 'x');
  EXPECT_FALSE(taken()) << "reaches beyond the end";
  chunk.bytes.assign(20, 'x');
  EXPECT_FALSE(taken()) << "the last one, and no message";
  chunk.message.emplace();
  EXPECT_FALSE(taken()) << "the message of another snapshot";
  chunk.message->index = LogIndex(5);
  chunk.message->log_term = Term(2);
  EXPECT_TRUE(taken());
  chunk.bytes.assign(10, 'x');
  EXPECT_FALSE(taken()) << "a message in the middle";
  chunk.offset = 0;
  EXPECT_TRUE(taken());
}

// SN-10's first guard: bytes and the content that they belong to are bound by one checksum.
TEST(Codec, RefusesAChunkWhoseBytesOrContentWereChanged) {
  wire::PeerMessage peer;
  const SnapshotChunk chunk{
      .term = Term(3),
      .content = {.index = LogIndex(5), .term = Term(2), .digest = 6, .bytes = 30},
      .offset = 10,
      .bytes = "0123456789",
      .message = {}};
  const Bytes sound = encode(GroupId(1), chunk);
  const auto refused_with = [&](const auto& change) {
    EXPECT_TRUE(peer.ParseFromString(sound));
    change(*peer.mutable_chunk());
    return !decode_peer(peer.SerializeAsString()).has_value();
  };
  ASSERT_TRUE(decode_peer(sound).has_value());
  EXPECT_TRUE(refused_with([](auto& c) { c.set_bytes("0123456780"); }));
  EXPECT_TRUE(refused_with([](auto& c) { c.set_index(6); }));
  EXPECT_TRUE(refused_with([](auto& c) { c.set_log_term(3); }));
  EXPECT_TRUE(refused_with([](auto& c) { c.set_digest(7); }));
  EXPECT_TRUE(refused_with([](auto& c) { c.set_total(31); }));
  EXPECT_TRUE(refused_with([](auto& c) { c.set_offset(11); }));
  EXPECT_TRUE(refused_with([](auto& c) { c.set_version(2); }));
}

TEST(Codec, RefusesMessagesOfOtherVersionsAndKinds) {
  wire::PeerMessage peer;
  wire::RaftMessage& message = *peer.mutable_raft();
  const auto taken = [&peer] { return decode_message(peer.SerializeAsString()).has_value(); };
  EXPECT_FALSE(taken()) << "no version";
  message.set_version(2);
  EXPECT_TRUE(taken());
  EXPECT_FALSE(decode_message(message.SerializeAsString())) << "not in an envelope";
  for (const std::uint32_t other : {1, 3}) {
    message.set_version(other);
    EXPECT_FALSE(taken());
  }
  message.set_version(2);
  message.set_kind(static_cast<std::uint32_t>(raft::MessageKind::kReadReply) + 1);
  EXPECT_FALSE(taken());
  message.set_kind(0);
  message.add_entries()->set_kind(static_cast<std::uint32_t>(raft::EntryKind::kConfiguration) + 1);
  EXPECT_FALSE(taken());
  EXPECT_FALSE(decode_message("not a message"));
  EXPECT_FALSE(decode_message(""));
}

TEST(Codec, RefusesCommandsOfOtherVersionsAndKinds) {
  wire::Command command;
  const auto taken = [&command] { return decode_command(command.SerializeAsString()).has_value(); };
  command.set_kind(wire::Command::PUT);
  EXPECT_FALSE(taken()) << "no version";
  command.set_version(1);
  EXPECT_TRUE(taken()) << "of clients, and in logs from before";
  command.set_version(3);
  EXPECT_FALSE(taken());
  command.set_version(2);
  EXPECT_TRUE(taken());
  command.set_kind(wire::Command::UNSPECIFIED);
  EXPECT_FALSE(taken());
  command.set_kind(static_cast<wire::Command::Kind>(99));
  EXPECT_FALSE(taken());
  EXPECT_FALSE(decode_command("not a command"));
}

}  // namespace
}  // namespace plumbline::replica
