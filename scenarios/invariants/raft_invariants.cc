#include "scenarios/invariants/raft_invariants.h"

#include <algorithm>
#include <utility>

#include "nodes/base/hash.h"
#include "nodes/replica/codec.h"

namespace plumbline::scenarios {

LoggedEntry logged(const raft::Entry& entry) {
  return {entry.term, hash_bytes(entry.payload.view(), static_cast<std::uint64_t>(entry.kind))};
}

RaftInvariants::RaftInvariants(sim::Simulation& simulation, const std::vector<NodeId>& nodes,
                               Options options)
    : simulation_(simulation), options_(std::move(options)) {
  for (const NodeId node : nodes) {
    Mirror mirror;
    mirror.node = node;
    mirrors_.push_back(std::move(mirror));
  }
}

Mirror* RaftInvariants::find(NodeId node) {
  for (Mirror& mirror : mirrors_) {
    if (mirror.node == node) return &mirror;
  }
  return nullptr;
}

Mirror* RaftInvariants::find(ReplicaId replica) {
  for (Mirror& mirror : mirrors_) {
    if (mirror.replica == replica) return &mirror;
  }
  return nullptr;
}

const replica::Replica* RaftInvariants::replica(NodeId node) const {
  return static_cast<const replica::Replica*>(simulation_.node(node));
}

// Since the life began that the mirror tells of, for its start has read what there was before.
Harm RaftInvariants::harm_to(const Mirror& mirror) const {
  switch (damages(mirror.node) - mirror.damages_before) {
    case 0: return Harm::kNone;
    case 1: return Harm::kOnce;
    default: return Harm::kOften;
  }
}

// Only the first violation counts: what follows from it says nothing new.
void RaftInvariants::fail(const char* property, std::string sentence) {
  if (violation_) return;
  violation_ = Violation{.property = property,
                         .sentence = std::move(sentence),
                         .at = simulation_.now(),
                         .event = simulation_.events()};
  simulation_.abort_run(std::string("violation of ") + property);
}

void RaftInvariants::message_sent(std::string_view kind, BytesView payload) {
  if (kind != replica::name_of(raft::MessageKind::kVoteReply) &&
      kind != replica::name_of(raft::MessageKind::kAppendReply)) {
    return;
  }
  std::optional<replica::GroupMessage> got = replica::decode_message(payload);
  if (!got || got->message.reject) return;
  if (got->message.kind == raft::MessageKind::kVoteReply) observe_vote(got->message);
  promises_.push_back(std::move(got->message));
}

void RaftInvariants::after_event(NodeId node) {
  Mirror* const mirror = find(node);
  if (mirror == nullptr || violation_) return;
  const replica::Replica* const replica = this->replica(node);
  const std::vector<raft::Message> promises = std::exchange(promises_, {});
  if (mirror->life != simulation_.incarnation(node)) {
    mirror->life = simulation_.incarnation(node);
    mirror->damages_at_start = damages(node);
  }
  if (replica == nullptr || replica->core() == nullptr) return;
  const raft::Raft& core = *replica->core();
  if (mirror->incarnation != simulation_.incarnation(node)) observe_start(*mirror, *replica);
  if (const auto broken = raft::check(core)) return fail(broken->invariant, broken->detail);
  if (mirror->before) {
    const auto broken = raft::check_step(*mirror->before, core);
    if (broken) return fail(broken->invariant, broken->detail);
  }
  observe_log(*mirror, core);
  if (mirror->durable != core.durable_index()) {
    mirror->durable_before = std::min(mirror->durable, core.durable_index());
    mirror->durable = core.durable_index();
  }
  if (mirror->durable >= mirror->lost_up_to && !core.hard_state().doubt) mirror->lost_up_to = {};
  if (!core.volatile_state().durability.of_hard_state()) mirror->promised = core.hard_state();
  observe_leadership(*mirror, core);
  observe_commit(*mirror, core);
  observe_progress(*mirror, core);
  observe_applied(*mirror, *replica);
  for (const raft::Message& message : promises) {
    check_promise(*mirror, core, message);
    if (++promises_seen_ % options_.durable_image_every == 0) check_durable_image(*mirror);
  }
  mirror->before.emplace(core);
}

void RaftInvariants::at_end() {
  for (Mirror& mirror : mirrors_) {
    const replica::Replica* const replica = this->replica(mirror.node);
    if (replica == nullptr || replica->core() == nullptr || violation_) continue;
    if (mirror.incarnation != simulation_.incarnation(mirror.node)) continue;
    compare_log_from(mirror, *replica->core(), replica->core()->base().index.next());
    check_durable_image(mirror);
  }
}

}  // namespace plumbline::scenarios
