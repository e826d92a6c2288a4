#include "scenarios/model/raft_quotient.h"

#include <algorithm>
#include <utility>

namespace plumbline::model {

using raft::Raft;

namespace {

template <class Ids>
void rename_all(Ids& ids, const Names& names) {
  for (ReplicaId& id : ids) id = renamed(id, names);
  std::sort(ids.begin(), ids.end());
}

const auto kById = [](const auto& a, const auto& b) { return a.id < b.id; };

// Ids are given out in ascending order, and only those of the first members are exchanged: which
// id comes next is the same under all names.
void rename(raft::Configuration& configuration, const Names& names) {
  rename_all(configuration.voters, names);
  rename_all(configuration.outgoing, names);
  for (raft::Learner& learner : configuration.learners) {
    learner.id = renamed(learner.id, names);
    learner.replaces = renamed(learner.replaces, names);
  }
  std::sort(configuration.learners.begin(), configuration.learners.end(), kById);
  PLUMB_ASSERT(configuration.seats.empty());
}

raft::SnapshotMeta with(raft::SnapshotMeta meta, const Names& names) {
  rename(meta.configuration, names);
  return meta;
}

constexpr unsigned kWideWindow = 16;

void forget(raft::Follower& role, bool) { role = raft::Follower(); }
void forget(raft::Ballot& ballot) {
  std::sort(ballot.granted.begin(), ballot.granted.end());
  ballot.opposed = false;
}
void forget(raft::PreCandidate& role, bool) { forget(role.ballot); }
void forget(raft::Candidate& role, bool) { forget(role.ballot); }
void forget(raft::Leader& role, bool window_is_wide) {
  role.heartbeat_at = role.check_quorum_at = Instant();
  role.transfer.until = role.lease.asked_at = role.lease.until = Instant();
  for (raft::Progress& peer : role.peers) {
    peer.round = peer.acked_round = peer.checked_round = 0;
    peer.read_round = peer.lease_round = 0;
    peer.stretch_began = Instant();
    if (!window_is_wide) continue;
    peer.inflight.clear();
    peer.inflight_bytes = 0;
  }
}

}  // namespace

ReplicaId renamed(ReplicaId id, const Names& names) {
  return id ? names[id.value - 1] : ReplicaId();
}

raft::Entry renamed(const raft::Entry& entry, const Names& names) {
  raft::Entry result = entry;
  switch (entry.kind) {
    case raft::EntryKind::kNoop: break;
    case raft::EntryKind::kCommand: {
      const ReplicaId by(static_cast<std::uint32_t>(entry.payload.view()[0] - '0'));
      const char name = static_cast<char>('0' + renamed(by, names).value);
      result.payload = Blob(BytesView(&name, 1));
      break;
    }
    case raft::EntryKind::kConfiguration: {
      raft::Configuration configuration = *raft::decode_configuration(entry.payload.view());
      rename(configuration, names);
      result.payload = raft::encode(configuration);
      break;
    }
  }
  return result;
}

namespace {

void rename(raft::Follower& role, const Names& names) { role.leader = renamed(role.leader, names); }
void rename(raft::PreCandidate& role, const Names& names) {
  rename_all(role.ballot.granted, names);
}
void rename(raft::Candidate& role, const Names& names) { rename_all(role.ballot.granted, names); }
void rename(raft::Leader& role, const Names& names) {
  for (raft::Progress& peer : role.peers) peer.id = renamed(peer.id, names);
  std::sort(role.peers.begin(), role.peers.end(), kById);
  role.transfer.to = renamed(role.transfer.to, names);
}

raft::HardState with(raft::HardState state, const Names& names) {
  state.voted_for = renamed(state.voted_for, names);
  return state;
}

raft::Persist with(const raft::Persist& batch, const Names& names) {
  raft::Persist result = batch;
  if (result.hard_state) result.hard_state = with(*result.hard_state, names);
  if (result.base) result.base = with(*result.base, names);
  for (raft::Entry& entry : result.entries) entry = renamed(entry, names);
  return result;
}

Raft with(const Raft& core, const Names& names) {
  raft::Options options = core.options();
  options.self = renamed(options.self, names);
  Raft::Persistent persistent;
  persistent.hard_state = with(core.persistent().hard_state, names);
  persistent.log.restart(with(core.base(), names));
  for (LogIndex i = core.base().index.next(); i <= core.last_index(); i = i.next()) {
    persistent.log.append(renamed(core.entry(i), names));
  }
  Raft::Volatile in_memory = core.volatile_state();
  rename(in_memory.configuration, names);
  in_memory.snapshot = with(in_memory.snapshot, names);
  std::visit([&](auto& role) { rename(role, names); }, in_memory.role);
  return Raft(options, std::move(persistent), std::move(in_memory));
}

// Messages that wait leave as a set: their order and doubles do not matter, and of equal ones that
// wait for different tickets the earlier is enough.
void tidy(std::vector<raft::Outgoing>& held) {
  const auto before = [](const raft::Outgoing& a, const raft::Outgoing& b) {
    const std::uint64_t x = hash(a.message);
    const std::uint64_t y = hash(b.message);
    return x != y ? x < y : a.after < b.after;
  };
  const auto same = [](const raft::Outgoing& a, const raft::Outgoing& b) {
    return a.message == b.message;
  };
  std::sort(held.begin(), held.end(), before);
  held.erase(std::unique(held.begin(), held.end(), same), held.end());
}

}  // namespace

void take_out_what_does_not_matter(raft::Message& message) {
  switch (message.kind) {
    case raft::MessageKind::kAppend:
    case raft::MessageKind::kAppendReply:
    case raft::MessageKind::kSnapshot: message.round = 0; return;
    case raft::MessageKind::kPreVote:
    case raft::MessageKind::kPreVoteReply:
    case raft::MessageKind::kVote:
    case raft::MessageKind::kVoteReply:
    case raft::MessageKind::kTimeoutNow:
    case raft::MessageKind::kRead:
    case raft::MessageKind::kReadReply: return;  // the attempt, which is compared
  }
}

void take_out_what_does_not_matter(RaftReplica& replica) {
  Raft::Volatile in_memory = replica.core.volatile_state();
  in_memory.election_at = Instant();
  in_memory.forwarded = 0;
  const bool window_is_wide = replica.core.options().inflight_appends_max >= kWideWindow;
  std::visit([&](auto& role) { forget(role, window_is_wide); }, in_memory.role);
  replica.core = Raft(replica.core.options(), replica.core.persistent(), std::move(in_memory));
  for (raft::Outgoing& waiting : replica.held) take_out_what_does_not_matter(waiting.message);
  tidy(replica.held);
}

raft::Message renamed(const raft::Message& message, const Names& names) {
  raft::Message result = message;
  result.from = renamed(message.from, names);
  result.to = renamed(message.to, names);
  for (raft::Entry& entry : result.entries) entry = renamed(entry, names);
  return result;
}

RaftReplica renamed(const RaftReplica& replica, const Names& names) {
  RaftReplica result{with(replica.core, names), {}};
  result.disk.hard_state = with(replica.disk.hard_state, names);
  result.disk.base = with(replica.disk.base, names);
  result.disk.snapshot = with(replica.disk.snapshot, names);
  if (replica.arrived) result.arrived = with(*replica.arrived, names);
  for (const raft::Entry& entry : replica.disk.entries) {
    result.disk.entries.push_back(renamed(entry, names));
  }
  for (const raft::Persist& batch : replica.unsynced) {
    result.unsynced.push_back(with(batch, names));
  }
  for (const raft::Outgoing& waiting : replica.held) {
    result.held.push_back(raft::Outgoing{renamed(waiting.message, names), waiting.after});
  }
  tidy(result.held);
  return result;
}

}  // namespace plumbline::model
