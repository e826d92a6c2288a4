// The bytes of each message with every field set, so that a renumbered or retyped field shows.
// Bytes that were written by one release lie in logs and are read by another: a change here is a
// new version of the format, never an edit.

#include <gtest/gtest.h>

#include <string>

#include "network/wire/messages.pb.h"

namespace plumbline::wire {
namespace {

std::string hex(const std::string& bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += kDigits[static_cast<unsigned char>(c) >> 4];
    text += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

template <class Message>
std::string hex_of(const Message& message) {
  return hex(message.SerializeAsString());
}

TEST(Messages, OfRaftKeepTheirFieldNumbers) {
  RaftMessage message;
  message.set_version(1);
  message.set_group(2);
  message.set_kind(3);
  message.set_from(4);
  message.set_to(5);
  message.set_term(6);
  message.set_index(7);
  message.set_log_term(8);
  message.set_commit(9);
  message.set_round(300);
  message.set_reject(true);
  message.set_hint(12);
  message.set_hint_term(13);
  Entry& entry = *message.add_entries();
  entry.set_term(1);
  entry.set_kind(2);
  entry.set_payload("xy");
  message.set_doubt(true);
  message.set_transfer(true);
  EXPECT_EQ(hex_of(message),
            "08011002180320042805300638074008480950ac025801600c680d7208080110021a0278797801800101");
}

TEST(Messages, OfSnapshotsKeepTheirFieldNumbers) {
  SnapshotChunk chunk;
  chunk.set_version(1);
  chunk.set_group(2);
  chunk.set_from(3);
  chunk.set_to(4);
  chunk.set_term(5);
  chunk.set_transfer(6);
  chunk.set_index(7);
  chunk.set_log_term(8);
  chunk.set_digest(9);
  chunk.set_total(10);
  chunk.set_offset(11);
  chunk.set_bytes("xy");
  chunk.set_checksum(13);
  chunk.mutable_snapshot()->set_version(1);
  EXPECT_EQ(hex_of(chunk),
            "08011002180320042805300638074008480950"
            "0a580b620278796d0d00000072020801");
  SnapshotAck ack;
  ack.set_version(1);
  ack.set_group(2);
  ack.set_from(3);
  ack.set_to(4);
  ack.set_transfer(5);
  ack.set_received(6);
  ack.set_verdict(SnapshotAck::REFUSED);
  EXPECT_EQ(hex_of(ack), "0801100218032004280530063802");
}

TEST(Messages, BetweenNodesHaveAnEnvelope) {
  PeerMessage message;
  message.mutable_raft()->set_version(1);
  EXPECT_EQ(hex_of(message), "0a020801");
  message.mutable_chunk()->set_version(1);
  EXPECT_EQ(hex_of(message), "12020801");
  message.mutable_ack()->set_version(1);
  EXPECT_EQ(hex_of(message), "1a020801");
}

TEST(Messages, OfCommandsKeepTheirFieldNumbers) {
  Command command;
  command.set_version(1);
  command.set_kind(Command::COMPARE_AND_SWAP);
  command.set_key("k");
  command.set_value("v");
  command.set_expected("");
  command.set_session(6);
  command.set_sequence(7);
  command.set_first_unfinished(8);
  command.set_idle_entries(9);
  EXPECT_EQ(hex_of(command), "080110041a016b2201762a003006380740084809");
}

// An absent expectation is not an empty one: the key must not be there.
TEST(Messages, TellAnAbsentExpectationFromAnEmptyOne) {
  Command command;
  EXPECT_EQ(hex_of(command), "");
  command.set_expected("");
  EXPECT_EQ(hex_of(command), "2a00");
  Command read;
  ASSERT_TRUE(read.ParseFromString(command.SerializeAsString()));
  EXPECT_TRUE(read.has_expected());
}

TEST(Messages, OfRequestsKeepTheirFieldNumbers) {
  ClientRequest request;
  request.set_version(1);
  request.set_group(2);
  request.set_id(3);
  request.mutable_get()->set_key("k");
  EXPECT_EQ(hex_of(request), "0801100218032a030a016b");
  request.mutable_command()->set_kind(Command::PUT);
  EXPECT_EQ(hex_of(request), "08011002180322021002");
  request.mutable_status();
  EXPECT_EQ(hex_of(request), "0801100218033200");
  MemberChange& change = *request.mutable_change()->add_changes();
  change.set_kind(MemberChange::ADD_VOTER);
  change.set_replica(2);
  change.set_node(3);
  change.set_replaces(4);
  change.set_at_once(true);
  EXPECT_EQ(hex_of(request), "0801100218033a0c0a0a08021002180320042801");
  request.mutable_transfer()->set_to(1);
  EXPECT_EQ(hex_of(request), "08011002180342020801");
}

TEST(Messages, OfRepliesKeepTheirFieldNumbers) {
  ClientReply reply;
  reply.set_version(1);
  reply.set_id(2);
  reply.set_result(ClientReply::MISMATCH);
  reply.set_revision(4);
  reply.set_value("v");
  reply.set_leader(6);
  reply.set_session(7);
  reply.set_detail("d");
  Status& status = *reply.mutable_status();
  status.set_node(1);
  status.set_replica(2);
  status.set_role("r");
  status.set_term(4);
  status.set_commit(5);
  status.set_applied(6);
  status.set_last_index(7);
  status.set_revision(8);
  status.set_leader(9);
  EXPECT_EQ(hex_of(reply),
            "08011002180320042a0176300638074201644a13080110021a017220042805300638074008"
            "4809");
}

TEST(Messages, OfStatusKeepTheirFieldNumbers) {
  Status status;
  status.set_durable(10);
  status.set_first_index(11);
  status.set_snapshot_index(12);
  status.set_snapshot_term(13);
  Members& members = *status.mutable_members();
  members.add_voters()->set_replica(1);
  members.add_outgoing()->set_node(2);
  members.add_learners()->set_replica(3);
  members.set_index(4);
  members.set_committed(true);
  members.set_next_id(6);
  PeerProgress& peer = *status.add_peers();
  peer.set_replica(1);
  peer.set_match(2);
  peer.set_next(3);
  peer.set_pace("p");
  peer.set_inflight(5);
  peer.set_snapshot_sent(6);
  peer.set_snapshot_total(7);
  status.set_waits_for("w");
  status.set_doubt_until(17);
  status.set_disk_full(true);
  status.set_log_bytes(19);
  status.set_leader_replica(20);
  EXPECT_EQ(hex_of(status),
            "500a580b600c680d72120a0208011202100"
            "21a020803200428013006"
            "7a0f0801100218032201702805300638078201017788011190010198011"
            "3a00114");
}

TEST(Messages, EnumsKeepTheirNumbers) {
  EXPECT_EQ(Command::UNSPECIFIED, 0);
  EXPECT_EQ(Command::OPEN_SESSION, 1);
  EXPECT_EQ(Command::PUT, 2);
  EXPECT_EQ(Command::DELETE, 3);
  EXPECT_EQ(Command::COMPARE_AND_SWAP, 4);
  EXPECT_EQ(Command::APPEND, 5);
  EXPECT_EQ(ClientReply::UNSPECIFIED, 0);
  EXPECT_EQ(ClientReply::OK, 1);
  EXPECT_EQ(ClientReply::NOT_LEADER, 2);
  EXPECT_EQ(ClientReply::MISMATCH, 3);
  EXPECT_EQ(ClientReply::INVALID, 4);
  EXPECT_EQ(ClientReply::NOT_COMMITTED, 5);
  EXPECT_EQ(ClientReply::OVERLOADED, 6);
  EXPECT_EQ(ClientReply::UNKNOWN, 7);
  EXPECT_EQ(ClientReply::SESSION_UNKNOWN, 8);
  EXPECT_EQ(ClientReply::NO_SPACE, 9);
  EXPECT_EQ(ClientReply::CHANGE_PENDING, 10);
  EXPECT_EQ(ClientReply::NOT_CAUGHT_UP, 11);
  EXPECT_EQ(ClientReply::TRANSFERRING, 12);
  EXPECT_EQ(ClientReply::NOT_READY, 13);
  EXPECT_EQ(MemberChange::ADD_LEARNER, 1);
  EXPECT_EQ(MemberChange::ADD_VOTER, 2);
  EXPECT_EQ(MemberChange::PROMOTE, 3);
  EXPECT_EQ(MemberChange::REMOVE, 4);
  EXPECT_EQ(SnapshotAck::GO_ON, 0);
  EXPECT_EQ(SnapshotAck::DONE, 1);
  EXPECT_EQ(SnapshotAck::REFUSED, 2);
}

}  // namespace
}  // namespace plumbline::wire
