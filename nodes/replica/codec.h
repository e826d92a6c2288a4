#pragma once

#include <optional>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"
#include "nodes/raft/types.h"
#include "nodes/replica/state_machine.h"

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

Bytes encode(GroupId group, const raft::Message& message);
std::optional<GroupMessage> decode_message(BytesView bytes);

Blob encode(const Command& command);
std::optional<Command> decode_command(BytesView bytes);
std::optional<Command> from_wire(const wire::Command& message);
void to_wire(const Command& command, wire::Command& message);

// What the simulator may tell one such message from another by.
const char* name_of(raft::MessageKind kind);

}  // namespace plumbline::replica
