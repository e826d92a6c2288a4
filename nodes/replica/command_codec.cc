#include <utility>

#include "network/wire/messages.pb.h"
#include "nodes/replica/codec.h"

namespace plumbline::replica {
namespace {

// 2: sessions have a bound of idle entries.
constexpr std::uint32_t kCommandVersion = 2;

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

void to_wire(const Command& command, wire::Command& message) {
  message.set_version(kCommandVersion);
  message.set_kind(wire_kind(command.kind));
  message.set_key(command.key);
  message.set_value(command.value);
  if (command.expected) message.set_expected(*command.expected);
  message.set_session(command.session.value);
  message.set_sequence(command.sequence.value);
  message.set_first_unfinished(command.first_unfinished.value);
  message.set_idle_entries(command.idle_entries);
}

std::optional<Command> from_wire(wire::Command&& message) {
  const auto kind = kind_from_wire(message.kind());
  if (!kind || message.version() == 0 || message.version() > kCommandVersion) return std::nullopt;
  Command command;
  command.kind = *kind;
  command.key = std::move(*message.mutable_key());
  command.value = std::move(*message.mutable_value());
  if (message.has_expected()) command.expected = std::move(*message.mutable_expected());
  command.session = SessionId(message.session());
  command.sequence = Sequence(message.sequence());
  command.first_unfinished = Sequence(message.first_unfinished());
  command.idle_entries = message.idle_entries();
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
  return from_wire(std::move(message));
}

}  // namespace plumbline::replica
