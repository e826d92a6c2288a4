#include "nodes/raft/raft.h"

#include <algorithm>
#include <utility>

namespace plumbline::raft {

Raft::Recovered Raft::bootstrap(const Configuration& configuration) {
  return Recovered{HardState{Term(1), ReplicaId(), LogIndex(1)},
                   {Entry{Term(1), EntryKind::kConfiguration, encode(configuration)}}};
}

Raft::Raft(const Options& options, Recovered recovered, Instant now) : options_(options) {
  PLUMB_ASSERT(options.self);
  for (const Entry& entry : recovered.entries) persistent_.log.append(entry);
  persistent_.hard_state = recovered.hard_state;
  PLUMB_ASSERT(persistent_.log.last_term() <= term());
  PLUMB_ASSERT(recovered.hard_state.commit <= last_index());

  volatile_.commit = recovered.hard_state.commit;
  volatile_.durability = Durability(last_index());
  volatile_.configuration_index = persistent_.log.last_configuration(LogIndex(1));
  PLUMB_ASSERT(volatile_.configuration_index, "a log without a configuration");
  const auto configuration =
      decode_configuration(entry(volatile_.configuration_index).payload.view());
  PLUMB_ASSERT(configuration.has_value());
  volatile_.configuration = *configuration;
  volatile_.election_at = now + election_timeout();
}

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
  } else if (now >= next_deadline()) {
    leading() != nullptr ? lead_on(s) : campaign(s);
  }
  return std::move(s.update);
}

Instant Raft::next_deadline() const {
  if (const Leader* leader = leading()) {
    if (leader->peers.empty()) return Instant::never();
    return std::min(leader->heartbeat_at, leader->check_quorum_at);
  }
  return may_campaign() ? volatile_.election_at : Instant::never();
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
