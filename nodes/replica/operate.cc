// What operators ask of a replica: its state, other members, another leader.

#include <algorithm>
#include <utility>

#include "nodes/raft/describe.h"
#include "nodes/raft/membership.h"
#include "nodes/replica/replica.h"

namespace plumbline::replica {
namespace {

std::optional<raft::ChangeKind> kind_from_wire(wire::MemberChange::Kind kind) {
  switch (kind) {
    case wire::MemberChange::ADD_LEARNER: return raft::ChangeKind::kAddLearner;
    case wire::MemberChange::ADD_VOTER: return raft::ChangeKind::kAddVoter;
    case wire::MemberChange::PROMOTE: return raft::ChangeKind::kPromote;
    case wire::MemberChange::REMOVE: return raft::ChangeKind::kRemove;
    default: return std::nullopt;
  }
}

// Nothing when one of them is of no known kind, or there are more than any step takes.
std::optional<raft::ChangeMembers> from_wire(const wire::ChangeMembers& request) {
  constexpr int kChangesMax = 16;
  if (request.changes_size() == 0 || request.changes_size() > kChangesMax) return std::nullopt;
  raft::ChangeMembers result;
  result.if_configuration = LogIndex(request.if_configuration());
  for (const wire::MemberChange& change : request.changes()) {
    const auto kind = kind_from_wire(change.kind());
    if (!kind || change.replica() == 0) return std::nullopt;
    result.changes.push_back({.kind = *kind,
                              .id = ReplicaId(change.replica()),
                              .node = NodeId(change.node()),
                              .replaces = ReplicaId(change.replaces()),
                              .at_once = change.at_once()});
  }
  return result;
}

const char* name_of(raft::Progress::Pace pace) {
  switch (pace) {
    case raft::Progress::Pace::kProbe: return "probe";
    case raft::Progress::Pace::kReplicate: return "replicate";
    case raft::Progress::Pace::kSnapshot: return "snapshot";
  }
  return "?";
}

wire::ClientReply invalid(std::uint64_t request, const char* why) {
  wire::ClientReply reply = reply_to(request, wire::ClientReply::INVALID);
  reply.set_detail(why);
  return reply;
}

}  // namespace

void Replica::handle_change(const std::shared_ptr<Connection>& client, std::uint64_t request,
                            const wire::ChangeMembers& change) {
  const auto wanted = from_wire(change);
  if (!wanted) return client->reply(invalid(request, "no change of members that is known here"));
  if (full_) return client->reply(reply_to(request, wire::ClientReply::NO_SPACE));
  raft::Update update = core_->step(world_.clock.now(), *wanted, world_.trace);
  if (update.accepted) {
    changes_.push_back({.index = update.accepted, .client = client, .request = request});
  } else {
    refuse(*client, request, update.refusal);
  }
  carry_out(update);
}

// A change is made when a configuration is committed that has no old voters beside it.
void Replica::answer_changes(LogIndex applied) {
  const auto configuration = raft::decode_configuration(core_->entry(applied).payload.view());
  if (!configuration || configuration->joint()) return;
  const auto waiting = std::exchange(changes_, {});
  for (const Wish& wish : waiting) {
    if (wish.index > applied) {
      changes_.push_back(wish);
    } else {
      wish.client->reply(reply_to(wish.request, wire::ClientReply::OK));
    }
  }
}

// A leader that removed itself gives up its term with the commit of that; nothing else of a deposed
// leader's changes is known to be made.
void Replica::abandon_changes() {
  const LogIndex commit = core_->commit();
  for (const Wish& wish : std::exchange(changes_, {})) {
    const bool committed = wish.index > core_->base().index && wish.index <= commit &&
                           core_->term_at(wish.index) == leading_;
    const bool made = committed && !core_->meta_at(commit).configuration.joint();
    const auto result = made ? wire::ClientReply::OK : wire::ClientReply::UNKNOWN;
    wish.client->reply(reply_to(wish.request, result));
  }
}

void Replica::handle_transfer(const std::shared_ptr<Connection>& client, std::uint64_t request,
                              ReplicaId to) {
  raft::Update update = core_->step(world_.clock.now(), raft::TransferLeadership{to}, world_.trace);
  if (update.refusal == raft::Refusal::kNone) {
    transfers_.push_back({.index = {}, .client = client, .request = request});
  } else {
    refuse(*client, request, update.refusal);
  }
  carry_out(update);
}

// The transfer has come to its end when this replica leads no more, or is not handing over any
// more.
void Replica::answer_transfers() {
  const raft::Leader* const leader = core_->leading();
  if (leader != nullptr && leader->transfer.to) return;
  const auto result = leader == nullptr ? wire::ClientReply::OK : wire::ClientReply::NOT_CAUGHT_UP;
  for (const Wish& wish : std::exchange(transfers_, {})) {
    wire::ClientReply reply = reply_to(wish.request, result);
    reply.set_leader(leader_node().value);
    wish.client->reply(std::move(reply));
  }
}

std::string Replica::describe() const {
  std::string text = raft::describe(*core_);
  text += ", applied " + std::to_string(applied_.value);
  text += ", revision " + std::to_string(machine_.revision().value);
  const std::string waits = raft::waits_for(*core_);
  if (!waits.empty()) text += "; waits " + waits;
  if (full_) text += "; its disk has no space";
  text += "; waiting here: " + std::to_string(proposals_.size()) + " commands, ";
  text += std::to_string(reads_.size() + reads_at_index_.size()) + " reads, ";
  return text + std::to_string(held_.size()) + " messages held for a sync";
}

void Replica::handle_status(const std::shared_ptr<Connection>& client, std::uint64_t request) {
  wire::ClientReply reply = reply_to(request, wire::ClientReply::OK);
  wire::Status& status = *reply.mutable_status();
  status.set_node(world_.self.value);
  status.set_replica(options_.self.value);
  status.set_role(raft::name_of(core_->role()));
  status.set_term(core_->term().value);
  status.set_commit(core_->commit().value);
  status.set_applied(applied_.value);
  status.set_last_index(core_->last_index().value);
  status.set_revision(machine_.revision().value);
  status.set_leader(leader_node().value);
  status.set_leader_replica(core_->leader().value);
  status.set_durable(core_->durable_index().value);
  status.set_first_index(core_->base().index.next().value);
  status.set_snapshot_index(core_->snapshot().index.value);
  status.set_snapshot_term(core_->snapshot().term.value);
  status.set_waits_for(raft::waits_for(*core_));
  status.set_doubt_until(core_->hard_state().doubt.until.value);
  status.set_disk_full(full_);
  status.set_log_bytes(log_bytes());
  tell_members(*status.mutable_members());
  tell_peers(status);
  client->reply(std::move(reply));
}

void Replica::tell_members(wire::Members& members) const {
  const raft::Configuration& configuration = core_->configuration();
  const auto tell = [&](ReplicaId replica, wire::Member& member) {
    member.set_replica(replica.value);
    member.set_node(node_of(replica).value_or(NodeId()).value);
  };
  for (const ReplicaId id : configuration.voters) tell(id, *members.add_voters());
  for (const ReplicaId id : configuration.outgoing) tell(id, *members.add_outgoing());
  for (const raft::Learner& learner : configuration.learners) {
    tell(learner.id, *members.add_learners());
  }
  members.set_index(core_->configuration_index().value);
  members.set_committed(core_->configuration_index() <= core_->commit());
  members.set_next_id(configuration.next_id.value);
}

void Replica::tell_peers(wire::Status& status) const {
  if (core_->leading() == nullptr) return;
  for (const raft::Progress& progress : core_->leading()->peers) {
    wire::PeerProgress& peer = *status.add_peers();
    peer.set_replica(progress.id.value);
    peer.set_match(progress.match.value);
    peer.set_next(progress.next.value);
    peer.set_pace(name_of(progress.pace));
    peer.set_inflight(static_cast<std::uint32_t>(progress.inflight.size()));
    if (!outbox_) continue;
    const SnapshotOutbox::State snapshot = outbox_->state_of(progress.id);
    peer.set_snapshot_sent(snapshot.sent);
    peer.set_snapshot_total(snapshot.total);
  }
}

}  // namespace plumbline::replica
