#include "nodes/raft/raft.h"

#include <algorithm>
#include <utility>

#include "nodes/base/hash.h"
#include "nodes/raft/membership.h"

namespace plumbline::raft {

Raft::Recovered Raft::bootstrap(const Configuration& configuration) {
  Configuration first = configuration;
  for (const ReplicaId id : members_of(first)) first.next_id = std::max(first.next_id, id.next());
  return Recovered{.hard_state = {Term(1), ReplicaId(), LogIndex(1)},
                   .entries = {Entry{Term(1), EntryKind::kConfiguration, encode(first)}}};
}

Raft::Raft(const Options& options, Recovered recovered, Instant now) : options_(options) {
  PLUMB_ASSERT(options.self);
  persistent_.hard_state = recovered.hard_state;
  persistent_.log.restart(recovered.base);
  for (const Entry& entry : recovered.entries) persistent_.log.append(entry);
  PLUMB_ASSERT(persistent_.log.last_term() <= term());
  PLUMB_ASSERT(recovered.snapshot.index >= base().index);
  PLUMB_ASSERT(recovered.snapshot.index <= last_index());
  volatile_.snapshot = recovered.snapshot;

  // Of a damaged disk's log nothing behind the base can be called committed: what replaced an entry
  // that is left may be among the lost.
  LogIndex& written = persistent_.hard_state.commit;
  if (in_doubt()) written = base().index;
  PLUMB_ASSERT(written <= last_index());
  volatile_.commit = std::max({written, base().index, recovered.snapshot.index});
  volatile_.durability = Durability(last_index());
  const SnapshotMeta last = meta_at(last_index());
  volatile_.configuration = last.configuration;
  volatile_.configuration_index = last.configuration_index;
  volatile_.election_at = now + election_timeout();
  // The first start of a new group: nobody has voted, and one is to be elected before the others
  // try.
  const bool newborn = term() == Term(1) && !voted_for() && last_index() == LogIndex(1);
  if (newborn && options.preferred) {
    volatile_.election_at = now + Duration{options.election_timeout.ns / 4};
  }
  // An answer to what an earlier start asked must not be taken for one to this: it would be too
  // old.
  volatile_.forwarded = combine(options.timeout_seed, options.self.value);
  if (options.lease_reads && !newborn) volatile_.promised_until = now + options.election_timeout;
}

SnapshotMeta Raft::meta_at(LogIndex index) const {
  const LogIndex from = base().index.next();
  const LogIndex found =
      from <= index ? persistent_.log.last_configuration(from, index) : LogIndex();
  SnapshotMeta meta{index, term_at(index), base().configuration, base().configuration_index};
  if (!found) return meta;
  const auto configuration = decode_configuration(entry(found).payload.view());
  PLUMB_ASSERT(configuration.has_value());
  meta.configuration = *configuration;
  meta.configuration_index = found;
  return meta;
}

Raft::Raft(const Options& options, Persistent persistent, Volatile in_memory)
    : options_(options), persistent_(std::move(persistent)), volatile_(std::move(in_memory)) {}

Update Raft::step(Instant now, const Event& event, trace::Sink& sink) {
  Step s{now, sink, {}};
  if (const auto* received = std::get_if<Receive>(&event)) {
    receive(s, received->message);
  } else if (const auto* proposal = std::get_if<Propose>(&event)) {
    propose(s, *proposal);
  } else if (const auto* read = std::get_if<ReadRequest>(&event)) {
    request_read(s, *read);
  } else if (const auto* done = std::get_if<Synced>(&event)) {
    synced(s, done->ticket);
  } else if (const auto* members = std::get_if<ChangeMembers>(&event)) {
    change_members(s, *members);
  } else if (const auto* wanted = std::get_if<TransferLeadership>(&event)) {
    transfer(s, *wanted);
  } else if (const auto* taken = std::get_if<SnapshotTaken>(&event)) {
    snapshot_taken(s, *taken);
  } else if (const auto* failed = std::get_if<SnapshotFailed>(&event)) {
    snapshot_failed(s, *failed);
  } else if (now >= next_deadline()) {
    leading() != nullptr ? lead_on(s) : wait_on(s);
  }
  return std::move(s.update);
}

Instant Raft::next_deadline() const {
  if (const Leader* leader = leading()) {
    if (leader->peers.empty()) return Instant::never();
    const Instant next = std::min(leader->heartbeat_at, leader->check_quorum_at);
    return leader->transfer.to ? std::min(next, leader->transfer.until) : next;
  }
  const bool campaigns = may_campaign() && !awaits_own_vote();
  Instant deadline = campaigns ? volatile_.election_at : Instant::never();
  const auto* follower = std::get_if<Follower>(&volatile_.role);
  if (follower != nullptr && !follower->reads.asked.empty()) {
    deadline = std::min(deadline, follower->reads.again_at);
  }
  return deadline;
}

ReplicaId Raft::leader() const {
  if (const auto* follower = std::get_if<Follower>(&volatile_.role)) return follower->leader;
  return leading() != nullptr ? self() : ReplicaId();
}

Message Raft::message_to(ReplicaId to, MessageKind kind) const {
  Message message;
  message.kind = kind;
  message.from = self();
  message.to = to;
  message.term = term();
  return message;
}

void Raft::send(Step& s, Message message, Ticket after) {
  s.update.messages.push_back(Outgoing{std::move(message), after});
}

}  // namespace plumbline::raft
