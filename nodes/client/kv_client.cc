#include "nodes/client/kv_client.h"

#include <algorithm>

#include "network/wire/frame.h"

namespace plumbline::client {
namespace {

constexpr std::size_t kRequestIdBytes = 11;  // at most: the field's tag and the longest number

Outcome unknown(std::string detail) {
  Outcome outcome;
  outcome.fate = Fate::kUnknown;
  outcome.detail = std::move(detail);
  return outcome;
}

Outcome failed(std::string detail) {
  Outcome outcome;
  outcome.fate = Fate::kFailed;
  outcome.detail = std::move(detail);
  return outcome;
}

// A reply that ends the operation, whatever was tried before.
Outcome final_outcome(const wire::ClientReply& reply, NodeId server) {
  Outcome outcome;
  outcome.server = server;
  outcome.revision = Revision(reply.revision());
  if (reply.has_value()) outcome.value = reply.value();
  outcome.mismatch = reply.result() == wire::ClientReply::MISMATCH;
  outcome.fate = reply.result() == wire::ClientReply::OK ? Fate::kOk : Fate::kFailed;
  outcome.detail = reply.detail();
  return outcome;
}

wire::Command command_of(wire::Command::Kind kind, const Bytes& key, const Bytes& value) {
  wire::Command command;
  command.set_version(1);
  command.set_kind(kind);
  command.set_key(key);
  command.set_value(value);
  return command;
}

}  // namespace

KvClient::KvClient(World& world, Options options)
    : world_(world), options_(std::move(options)), session_file_(world.disk) {
  PLUMB_ASSERT(!options_.servers.empty());
  current_ = world_.random.below(Key("client.first_server"), options_.servers.size());
}

KvClient::~KvClient() = default;

Outcome KvClient::get(Yield& yield, const Bytes& key, Instant deadline) {
  wire::ClientRequest request;
  request.mutable_get()->set_key(key);
  return attempt_until(yield, std::move(request), /*may_repeat=*/true, deadline);
}

Outcome KvClient::put(Yield& yield, const Bytes& key, const Bytes& value, Instant deadline) {
  return mutate(yield, command_of(wire::Command::PUT, key, value), deadline);
}

Outcome KvClient::remove(Yield& yield, const Bytes& key, Instant deadline) {
  return mutate(yield, command_of(wire::Command::DELETE, key, {}), deadline);
}

Outcome KvClient::append(Yield& yield, const Bytes& key, const Bytes& value, Instant deadline) {
  return mutate(yield, command_of(wire::Command::APPEND, key, value), deadline);
}

Outcome KvClient::compare_and_swap(Yield& yield, const Bytes& key,
                                   const std::optional<Bytes>& expected, const Bytes& value,
                                   Instant deadline) {
  wire::Command command = command_of(wire::Command::COMPARE_AND_SWAP, key, value);
  if (expected) command.set_expected(*expected);
  return mutate(yield, std::move(command), deadline);
}

Outcome KvClient::mutate(Yield& yield, wire::Command command, Instant deadline) {
  if (options_.session) {
    if (!ensure_session(yield, deadline)) return failed("no session could be opened in time");
    command.set_session(session_.id.value);
    command.set_sequence(session_.next.value);
    // One operation at a time: everything before this one is finished, as far as this client will
    // ever know.
    command.set_first_unfinished(session_.next.value);
    session_.next = session_.next.next();
  }
  wire::ClientRequest request;
  *request.mutable_command() = std::move(command);
  return attempt_until(yield, std::move(request), /*may_repeat=*/options_.session, deadline);
}

// Numbers are reserved on disk before they are used: after a restart no number is used twice, for a
// number used twice would be answered with the first command's answer (thesis 6.3).
bool KvClient::ensure_session(Yield& yield, Instant deadline) {
  if (!session_loaded_) session_ = session_file_.load(yield);
  session_loaded_ = true;
  if (!session_.id) {
    wire::ClientRequest request;
    *request.mutable_command() = command_of(wire::Command::OPEN_SESSION, {}, {});
    // Repeating it is harmless: a session that nobody uses is dropped one day.
    attempt_until(yield, std::move(request), /*may_repeat=*/true, deadline);
    if (!opened_) return false;
    session_ = {.id = opened_, .next = Sequence(1), .reserved_to = Sequence(1)};
    opened_ = {};
  }
  return session_.next < session_.reserved_to || session_file_.reserve(yield, session_);
}

void KvClient::forget_session() {
  session_ = {};
  session_loaded_ = true;
}

void KvClient::choose_next_server(NodeId hint) {
  const auto hinted = std::find_if(options_.servers.begin(), options_.servers.end(),
                                   [&](const Server& server) { return server.node == hint; });
  channel_ = nullptr;
  if (hint && hinted != options_.servers.end()) {
    current_ = static_cast<std::size_t>(hinted - options_.servers.begin());
  } else {
    current_ = (current_ + 1) % options_.servers.size();
  }
}

Outcome KvClient::attempt_until(Yield& yield, wire::ClientRequest request, bool may_repeat,
                                Instant deadline) {
  request.set_version(1);
  request.set_group(options_.group.value);
  if (request.ByteSizeLong() + kRequestIdBytes > wire::kFrameBytesMax) {
    return failed("the request is too long for any server");
  }
  const bool is_read = request.has_get();
  bool may_have_happened = false;
  while (world_.clock.now() < deadline) {
    request.set_id(next_request_++);
    if (channel_ == nullptr)
      channel_ = std::make_unique<Channel>(world_, options_.servers[current_]);
    const Instant give_up = std::min(deadline, world_.clock.now() + options_.attempt_timeout);
    const Attempt attempt = channel_->call(yield, request, give_up);
    const wire::ClientReply& reply = attempt.reply;
    NodeId hint;
    if (attempt.result == Attempt::Result::kReplied) {
      switch (reply.result()) {
        case wire::ClientReply::OK:
        case wire::ClientReply::MISMATCH:
          opened_ = SessionId(reply.session());
          return final_outcome(reply, channel_->server().node);
        // This server's refusal says nothing about an earlier try that another one may have taken.
        case wire::ClientReply::INVALID:
          if (may_have_happened && !is_read) return unknown(reply.detail());
          return final_outcome(reply, channel_->server().node);
        case wire::ClientReply::SESSION_UNKNOWN:
          forget_session();
          return unknown("the session is not known any more");
        case wire::ClientReply::NOT_LEADER:
        case wire::ClientReply::NOT_COMMITTED:
        case wire::ClientReply::OVERLOADED:
        case wire::ClientReply::TRANSFERRING:
        case wire::ClientReply::NOT_READY:
        case wire::ClientReply::NO_SPACE: hint = NodeId(reply.leader()); break;
        default: may_have_happened = true;
      }
    } else if (attempt.result == Attempt::Result::kSilent) {
      may_have_happened = true;
    }
    if (may_have_happened && !may_repeat) return unknown("sent, and no answer that settles it");
    choose_next_server(hint);
    world_.tasks.sleep_until(
        yield, std::min(deadline, world_.clock.now() + options_.pause_between_attempts));
  }
  if (may_have_happened && !is_read) return unknown("no answer within the time allowed");
  return failed("nobody could serve it within the time allowed");
}

}  // namespace plumbline::client
