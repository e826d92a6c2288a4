#pragma once

#include <optional>
#include <variant>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"
#include "nodes/raft/types.h"
#include "nodes/replica/command.h"
#include "nodes/replica/snapshot_message.h"

namespace plumbline::wire {
class Command;
}

namespace plumbline::replica {

// Between values and the bytes of network/wire. Decoding answers nothing for bytes that no replica
// of ours wrote.

struct GroupMessage {
  GroupId group;
  raft::Message message;
};
// Whatever one node says to another.
struct PeerMessage {
  GroupId group;
  std::variant<raft::Message, SnapshotChunk, SnapshotAck> message;
};

Bytes encode(GroupId group, const raft::Message& message);
Bytes encode(GroupId group, const SnapshotChunk& chunk);
Bytes encode(GroupId group, const SnapshotAck& ack);
// A chunk that is handed out has passed its checksum and lies within its content; it brings a
// message of its content when, and only when, it is the first or the last.
std::optional<PeerMessage> decode_peer(BytesView bytes);
// Nothing for what is no Raft message.
std::optional<GroupMessage> decode_message(BytesView bytes);

Blob encode(const Command& command);
std::optional<Command> decode_command(BytesView bytes);
// Takes the command's bytes with it.
std::optional<Command> from_wire(wire::Command&& message);
void to_wire(const Command& command, wire::Command& message);

// What the simulator may tell one such message from another by.
const char* name_of(raft::MessageKind kind);
inline constexpr const char* kSnapshotChunkName = "snapshot-chunk";
inline constexpr const char* kSnapshotAckName = "snapshot-ack";

}  // namespace plumbline::replica
