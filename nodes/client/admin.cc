#include "nodes/client/admin.h"

#include <algorithm>

#include "nodes/base/assert.h"

namespace plumbline::client {
namespace {

using Reply = wire::ClientReply;

wire::MemberChange::Kind wire_kind(MemberChange::Kind kind) {
  switch (kind) {
    case MemberChange::Kind::kAddLearner: return wire::MemberChange::ADD_LEARNER;
    case MemberChange::Kind::kAddVoter: return wire::MemberChange::ADD_VOTER;
    case MemberChange::Kind::kPromote: return wire::MemberChange::PROMOTE;
    case MemberChange::Kind::kRemove: return wire::MemberChange::REMOVE;
  }
  return wire::MemberChange::UNSPECIFIED;
}

// Had no effect and passes by itself, here or at another server.
bool may_be_tried_again(Reply::Result result) {
  switch (result) {
    case Reply::NOT_LEADER:
    case Reply::NOT_COMMITTED:
    case Reply::OVERLOADED:
    case Reply::TRANSFERRING:
    case Reply::NOT_READY: return true;
    default: return false;
  }
}

Fate fate_of(Reply::Result result) {
  switch (result) {
    case Reply::OK: return Fate::kOk;
    case Reply::UNKNOWN:
    case Reply::UNSPECIFIED: return Fate::kUnknown;
    default: return Fate::kFailed;
  }
}

}  // namespace

Admin::Admin(World& world, Options options) : world_(world), options_(std::move(options)) {
  PLUMB_ASSERT(!options_.servers.empty());
}

wire::ClientRequest Admin::request() {
  wire::ClientRequest request;
  request.set_version(1);
  request.set_group(options_.group.value);
  request.set_id(next_request_++);
  return request;
}

std::optional<wire::Status> Admin::status(Yield& yield, const Server& server, Instant deadline) {
  wire::ClientRequest asked = request();
  asked.mutable_status();
  Channel channel(world_, server);
  const Attempt attempt = channel.call(yield, asked, deadline);
  const bool told =
      attempt.result == Attempt::Result::kReplied && attempt.reply.result() == Reply::OK;
  return told ? std::optional(attempt.reply.status()) : std::nullopt;
}

AdminOutcome Admin::change_members(Yield& yield, const MemberChanges& changes, Instant deadline) {
  wire::ClientRequest asked = request();
  asked.mutable_change()->set_if_configuration(changes.if_configuration.value);
  for (const MemberChange& change : changes.changes) {
    wire::MemberChange& added = *asked.mutable_change()->add_changes();
    added.set_kind(wire_kind(change.kind));
    added.set_replica(change.replica.value);
    added.set_node(change.node.value);
    added.set_replaces(change.replaces.value);
    added.set_at_once(change.at_once);
  }
  return ask_leader(yield, std::move(asked), deadline);
}

AdminOutcome Admin::transfer_leadership(Yield& yield, ReplicaId to, Instant deadline) {
  wire::ClientRequest asked = request();
  asked.mutable_transfer()->set_to(to.value);
  return ask_leader(yield, std::move(asked), deadline);
}

void Admin::go_to(NodeId hint) {
  const auto hinted = std::find_if(options_.servers.begin(), options_.servers.end(),
                                   [&](const Server& server) { return server.node == hint; });
  current_ = hint && hinted != options_.servers.end()
                 ? static_cast<std::size_t>(hinted - options_.servers.begin())
                 : (current_ + 1) % options_.servers.size();
}

// A try waits as long as the deadline allows: a change is answered when it is committed, which may
// take as long as the new member needs to catch up.
AdminOutcome Admin::ask_leader(Yield& yield, wire::ClientRequest request, Instant deadline) {
  AdminOutcome outcome;
  outcome.fate = Fate::kFailed;
  outcome.detail = "nobody could serve it within the time allowed";
  while (world_.clock.now() < deadline) {
    Channel channel(world_, options_.servers[current_]);
    const Attempt attempt = channel.call(yield, request, deadline);
    if (attempt.result == Attempt::Result::kSilent) {
      return {.fate = Fate::kUnknown, .detail = "sent, and no answer that settles it"};
    }
    NodeId hint;
    if (attempt.result == Attempt::Result::kReplied) {
      const Reply& reply = attempt.reply;
      outcome = {.fate = fate_of(reply.result()),
                 .result = reply.result(),
                 .detail = reply.detail(),
                 .server = channel.server().node};
      if (!may_be_tried_again(reply.result())) return outcome;
      hint = NodeId(reply.leader());
    }
    go_to(hint);
    request.set_id(next_request_++);
    world_.tasks.sleep_until(
        yield, std::min(deadline, world_.clock.now() + options_.pause_between_attempts));
  }
  return outcome;
}

}  // namespace plumbline::client
