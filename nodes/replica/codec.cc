#include "nodes/replica/codec.h"

#include "network/wire/messages.pb.h"

namespace plumbline::replica {
namespace {

constexpr std::uint32_t kVersion = 1;

void to_wire(const raft::Message& message, wire::RaftMessage& out) {
  out.set_kind(static_cast<std::uint32_t>(message.kind));
  out.set_from(message.from.value);
  out.set_to(message.to.value);
  out.set_term(message.term.value);
  out.set_index(message.index.value);
  out.set_log_term(message.log_term.value);
  out.set_commit(message.commit.value);
  out.set_round(message.round);
  out.set_reject(message.reject);
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

wire::Command::Kind wire_kind(CommandKind kind) {
  switch (kind) {
    case CommandKind::kOpenSession: return wire::Command::OPEN_SESSION;
    case CommandKind::kPut: return wire::Command::PUT;
    case CommandKind::kDelete: return wire::Command::DELETE;
    case CommandKind::kCompareAndSwap: return wire::Command::COMPARE_AND_SWAP;
    case CommandKind::kAppend: return wire::Command::APPEND;
  }
  return wire::Command::UNSPECIFIED;
}

std::optional<CommandKind> kind_from_wire(wire::Command::Kind kind) {
  switch (kind) {
    case wire::Command::OPEN_SESSION: return CommandKind::kOpenSession;
    case wire::Command::PUT: return CommandKind::kPut;
    case wire::Command::DELETE: return CommandKind::kDelete;
    case wire::Command::COMPARE_AND_SWAP: return CommandKind::kCompareAndSwap;
    case wire::Command::APPEND: return CommandKind::kAppend;
    default: return std::nullopt;
  }
}

}  // namespace

Bytes encode(GroupId group, const raft::Message& message) {
  wire::RaftMessage out;
  out.set_version(kVersion);
  out.set_group(group.value);
  to_wire(message, out);
  return out.SerializeAsString();
}

std::optional<GroupMessage> decode_message(BytesView bytes) {
  wire::RaftMessage in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  if (in.version() != kVersion) return std::nullopt;
  if (in.kind() > static_cast<std::uint32_t>(raft::MessageKind::kReadReply)) return std::nullopt;
  GroupMessage result;
  result.group = GroupId(in.group());
  raft::Message& message = result.message;
  message.kind = static_cast<raft::MessageKind>(in.kind());
  message.from = ReplicaId(in.from());
  message.to = ReplicaId(in.to());
  message.term = Term(in.term());
  message.index = LogIndex(in.index());
  message.log_term = Term(in.log_term());
  message.commit = LogIndex(in.commit());
  message.round = in.round();
  message.reject = in.reject();
  message.hint = LogIndex(in.hint());
  message.hint_term = Term(in.hint_term());
  if (!entries_from_wire(in, message)) return std::nullopt;
  return result;
}

void to_wire(const Command& command, wire::Command& message) {
  message.set_version(kVersion);
  message.set_kind(wire_kind(command.kind));
  message.set_key(command.key);
  message.set_value(command.value);
  if (command.expected) message.set_expected(*command.expected);
  message.set_session(command.session.value);
  message.set_sequence(command.sequence.value);
  message.set_first_unfinished(command.first_unfinished.value);
}

std::optional<Command> from_wire(const wire::Command& message) {
  const auto kind = kind_from_wire(message.kind());
  if (!kind || message.version() != kVersion) return std::nullopt;
  Command command;
  command.kind = *kind;
  command.key = message.key();
  command.value = message.value();
  if (message.has_expected()) command.expected = message.expected();
  command.session = SessionId(message.session());
  command.sequence = Sequence(message.sequence());
  command.first_unfinished = Sequence(message.first_unfinished());
  return command;
}

Blob encode(const Command& command) {
  wire::Command message;
  to_wire(command, message);
  return Blob(message.SerializeAsString());
}

std::optional<Command> decode_command(BytesView bytes) {
  wire::Command message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return from_wire(message);
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
