#include "nodes/replica/codec.h"

#include <utility>

#include "network/wire/messages.pb.h"
#include "nodes/base/crc32c.h"
#include "nodes/replica/state_format.h"

namespace plumbline::replica {
namespace {

constexpr std::uint32_t kRaftVersion = 2;
constexpr std::uint32_t kSnapshotVersion = 1;
constexpr auto kLastKind = static_cast<std::uint32_t>(raft::MessageKind::kReadReply);

void to_wire(GroupId group, const raft::Message& message, wire::RaftMessage& out) {
  out.set_version(kRaftVersion);
  out.set_group(group.value);
  out.set_kind(static_cast<std::uint32_t>(message.kind));
  out.set_from(message.from.value);
  out.set_to(message.to.value);
  out.set_term(message.term.value);
  out.set_index(message.index.value);
  out.set_log_term(message.log_term.value);
  out.set_commit(message.commit.value);
  out.set_round(message.round);
  out.set_reject(message.reject);
  out.set_doubt(message.doubt);
  out.set_transfer(message.transfer);
  out.set_hint(message.hint.value);
  out.set_hint_term(message.hint_term.value);
  for (const raft::Entry& entry : message.entries) {
    wire::Entry& added = *out.add_entries();
    added.set_term(entry.term.value);
    added.set_kind(static_cast<std::uint32_t>(entry.kind));
    added.set_payload(entry.payload.view().data(), entry.payload.size());
  }
}

bool entries_from_wire(const wire::RaftMessage& in, raft::Message& message) {
  message.entries.reserve(static_cast<std::size_t>(in.entries_size()));
  for (const wire::Entry& entry : in.entries()) {
    if (entry.kind() > static_cast<std::uint32_t>(raft::EntryKind::kConfiguration)) return false;
    message.entries.push_back({.term = Term(entry.term()),
                               .kind = static_cast<raft::EntryKind>(entry.kind()),
                               .payload = Blob(entry.payload())});
  }
  return true;
}

bool message_from_wire(const wire::RaftMessage& in, raft::Message& message) {
  if (in.version() != kRaftVersion || in.kind() > kLastKind) return false;
  message.kind = static_cast<raft::MessageKind>(in.kind());
  message.from = ReplicaId(in.from());
  message.to = ReplicaId(in.to());
  message.term = Term(in.term());
  message.index = LogIndex(in.index());
  message.log_term = Term(in.log_term());
  message.commit = LogIndex(in.commit());
  message.round = in.round();
  message.reject = in.reject();
  message.doubt = in.doubt();
  message.transfer = in.transfer();
  message.hint = LogIndex(in.hint());
  message.hint_term = Term(in.hint_term());
  return entries_from_wire(in, message);
}

std::uint32_t checksum_of(const wire::SnapshotChunk& chunk) {
  Bytes numbers;
  for (const std::uint64_t number :
       {chunk.index(), chunk.log_term(), chunk.digest(), chunk.total(), chunk.offset()}) {
    append_number(numbers, number);
  }
  return crc32c(chunk.bytes(), crc32c(numbers));
}

wire::SnapshotAck::Verdict wire_verdict(SnapshotVerdict verdict) {
  switch (verdict) {
    case SnapshotVerdict::kGoOn: return wire::SnapshotAck::GO_ON;
    case SnapshotVerdict::kDone: return wire::SnapshotAck::DONE;
    case SnapshotVerdict::kRefused: return wire::SnapshotAck::REFUSED;
  }
  return wire::SnapshotAck::REFUSED;
}

std::optional<SnapshotVerdict> verdict_from_wire(wire::SnapshotAck::Verdict verdict) {
  switch (verdict) {
    case wire::SnapshotAck::GO_ON: return SnapshotVerdict::kGoOn;
    case wire::SnapshotAck::DONE: return SnapshotVerdict::kDone;
    case wire::SnapshotAck::REFUSED: return SnapshotVerdict::kRefused;
    default: return std::nullopt;
  }
}

std::optional<PeerMessage> raft_from_wire(const wire::RaftMessage& in) {
  raft::Message message;
  if (!message_from_wire(in, message)) return std::nullopt;
  return PeerMessage{GroupId(in.group()), std::move(message)};
}

std::optional<PeerMessage> chunk_from_wire(wire::SnapshotChunk& in) {
  if (in.version() != kSnapshotVersion || in.checksum() != checksum_of(in)) return std::nullopt;
  SnapshotChunk chunk{.from = ReplicaId(in.from()),
                      .to = ReplicaId(in.to()),
                      .term = Term(in.term()),
                      .transfer = in.transfer(),
                      .content = {.index = LogIndex(in.index()),
                                  .term = Term(in.log_term()),
                                  .digest = in.digest(),
                                  .bytes = in.total()},
                      .offset = in.offset(),
                      .bytes = std::move(*in.mutable_bytes()),
                      .message = {}};
  const bool inside = !chunk.bytes.empty() && chunk.offset < chunk.content.bytes &&
                      chunk.bytes.size() <= chunk.content.bytes - chunk.offset;
  if (!inside || in.has_snapshot() != (chunk.is_first() || chunk.is_last())) return std::nullopt;
  if (in.has_snapshot()) {
    raft::Message& message = chunk.message.emplace();
    const bool sound = message_from_wire(in.snapshot(), message) &&
                       message.index == chunk.content.index &&
                       message.log_term == chunk.content.term;
    if (!sound) return std::nullopt;
  }
  return PeerMessage{GroupId(in.group()), std::move(chunk)};
}

std::optional<PeerMessage> ack_from_wire(const wire::SnapshotAck& in) {
  const auto verdict = verdict_from_wire(in.verdict());
  if (in.version() != kSnapshotVersion || !verdict) return std::nullopt;
  return PeerMessage{GroupId(in.group()), SnapshotAck{.from = ReplicaId(in.from()),
                                                      .to = ReplicaId(in.to()),
                                                      .transfer = in.transfer(),
                                                      .received = in.received(),
                                                      .verdict = *verdict}};
}

}  // namespace

Bytes encode(GroupId group, const raft::Message& message) {
  wire::PeerMessage out;
  to_wire(group, message, *out.mutable_raft());
  return out.SerializeAsString();
}

Bytes encode(GroupId group, const SnapshotChunk& chunk) {
  wire::PeerMessage message;
  wire::SnapshotChunk& out = *message.mutable_chunk();
  out.set_version(kSnapshotVersion);
  out.set_group(group.value);
  out.set_from(chunk.from.value);
  out.set_to(chunk.to.value);
  out.set_term(chunk.term.value);
  out.set_transfer(chunk.transfer);
  out.set_index(chunk.content.index.value);
  out.set_log_term(chunk.content.term.value);
  out.set_digest(chunk.content.digest);
  out.set_total(chunk.content.bytes);
  out.set_offset(chunk.offset);
  out.set_bytes(chunk.bytes);
  out.set_checksum(checksum_of(out));
  if (chunk.message) to_wire(group, *chunk.message, *out.mutable_snapshot());
  return message.SerializeAsString();
}

Bytes encode(GroupId group, const SnapshotAck& ack) {
  wire::PeerMessage message;
  wire::SnapshotAck& out = *message.mutable_ack();
  out.set_version(kSnapshotVersion);
  out.set_group(group.value);
  out.set_from(ack.from.value);
  out.set_to(ack.to.value);
  out.set_transfer(ack.transfer);
  out.set_received(ack.received);
  out.set_verdict(wire_verdict(ack.verdict));
  return message.SerializeAsString();
}

std::optional<PeerMessage> decode_peer(BytesView bytes) {
  wire::PeerMessage in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  switch (in.kind_case()) {
    case wire::PeerMessage::kRaft: return raft_from_wire(in.raft());
    case wire::PeerMessage::kChunk: return chunk_from_wire(*in.mutable_chunk());
    case wire::PeerMessage::kAck: return ack_from_wire(in.ack());
    case wire::PeerMessage::KIND_NOT_SET: break;
  }
  return std::nullopt;
}

std::optional<GroupMessage> decode_message(BytesView bytes) {
  std::optional<PeerMessage> peer = decode_peer(bytes);
  if (!peer) return std::nullopt;
  auto* const message = std::get_if<raft::Message>(&peer->message);
  if (message == nullptr) return std::nullopt;
  return GroupMessage{peer->group, std::move(*message)};
}

const char* name_of(raft::MessageKind kind) {
  switch (kind) {
    case raft::MessageKind::kPreVote: return "pre-vote";
    case raft::MessageKind::kPreVoteReply: return "pre-vote-reply";
    case raft::MessageKind::kVote: return "vote";
    case raft::MessageKind::kVoteReply: return "vote-reply";
    case raft::MessageKind::kAppend: return "append";
    case raft::MessageKind::kAppendReply: return "append-reply";
    case raft::MessageKind::kSnapshot: return "snapshot";
    case raft::MessageKind::kTimeoutNow: return "timeout-now";
    case raft::MessageKind::kRead: return "read";
    case raft::MessageKind::kReadReply: return "read-reply";
  }
  return "unknown";
}

}  // namespace plumbline::replica
