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
      *rc::gen::inRange(0, static_cast<int>(raft::MessageKind::kAppendReply) + 1));
  message.from = ReplicaId(small_number());
  message.to = ReplicaId(small_number());
  message.term = Term(number());
  message.index = LogIndex(number());
  message.log_term = Term(number());
  message.commit = LogIndex(number());
  message.round = number();
  message.reject = *rc::gen::arbitrary<bool>();
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
  return command;
}

bool equal(const Command& a, const Command& b) {
  return a.kind == b.kind && a.key == b.key && a.value == b.value && a.expected == b.expected &&
         a.session == b.session && a.sequence == b.sequence &&
         a.first_unfinished == b.first_unfinished;
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
  if (const auto message = decode_message(garbage)) {
    RC_ASSERT(decode_message(encode(message->group, message->message))->message ==
              message->message);
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

TEST(Codec, RefusesMessagesOfOtherVersionsAndKinds) {
  wire::RaftMessage message;
  const auto taken = [&message] { return decode_message(message.SerializeAsString()).has_value(); };
  EXPECT_FALSE(taken()) << "no version";
  message.set_version(1);
  EXPECT_TRUE(taken());
  message.set_version(2);
  EXPECT_FALSE(taken());
  message.set_version(1);
  message.set_kind(static_cast<std::uint32_t>(raft::MessageKind::kAppendReply) + 1);
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
  EXPECT_TRUE(taken());
  command.set_version(2);
  EXPECT_FALSE(taken());
  command.set_version(1);
  command.set_kind(wire::Command::UNSPECIFIED);
  EXPECT_FALSE(taken());
  command.set_kind(static_cast<wire::Command::Kind>(99));
  EXPECT_FALSE(taken());
  EXPECT_FALSE(decode_command("not a command"));
}

}  // namespace
}  // namespace plumbline::replica
