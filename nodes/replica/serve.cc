// What clients ask of a replica and what they are told. Of a command whose fate is open they are
// told that it is unknown, never that it failed.

#include <algorithm>

#include "nodes/raft/describe.h"
#include "nodes/replica/codec.h"
#include "nodes/replica/replica.h"

namespace plumbline::replica {
namespace {

constexpr trace::Kind kAbandoned{"replica.abandoned",
                                 "no longer leads term {a}: {b} commands are left unknown"};
constexpr trace::Kind kAcknowledged{"replica.acknowledged",
                                    "acknowledged entry {a} of term {b}, revision {c}"};
const trace::Probe kReadWaitedForApply{"replica.read_waited_for_apply"};
const trace::Probe kCommandsAbandoned{"replica.commands_abandoned"};
const trace::Probe kOverwrittenProposal{"replica.proposal_overwritten",
                                        trace::Probe::Need::kOptional};
const trace::Probe kRetryAnswered{"replica.session_refused", trace::Probe::Need::kOptional};

wire::ClientReply::Result wire_result(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk: return wire::ClientReply::OK;
    case Outcome::kMismatch: return wire::ClientReply::MISMATCH;
    case Outcome::kSessionUnknown: return wire::ClientReply::SESSION_UNKNOWN;
    case Outcome::kInvalid: return wire::ClientReply::INVALID;
  }
  return wire::ClientReply::UNKNOWN;
}

wire::ClientReply::Result wire_result(raft::Refusal why) {
  switch (why) {
    case raft::Refusal::kNone: return wire::ClientReply::UNKNOWN;
    case raft::Refusal::kNotLeader: return wire::ClientReply::NOT_LEADER;
    case raft::Refusal::kBackpressure: return wire::ClientReply::OVERLOADED;
    case raft::Refusal::kTransferring: return wire::ClientReply::TRANSFERRING;
    case raft::Refusal::kChangePending: return wire::ClientReply::CHANGE_PENDING;
    case raft::Refusal::kNoCommitInTerm: return wire::ClientReply::NOT_READY;
    case raft::Refusal::kInvalidChange: return wire::ClientReply::INVALID;
    case raft::Refusal::kNotCaughtUp: return wire::ClientReply::NOT_CAUGHT_UP;
    case raft::Refusal::kMembersDiffer: return wire::ClientReply::MEMBERS_DIFFER;
  }
  return wire::ClientReply::UNKNOWN;
}

}  // namespace

wire::ClientReply reply_to(std::uint64_t request, wire::ClientReply::Result result) {
  wire::ClientReply reply;
  reply.set_id(request);
  reply.set_result(result);
  return reply;
}

void Replica::accept_loop(Yield& yield) {
  auto listener = world_.streams.listen(options_.client_address);
  if (!listener) return world_.tasks.halt("cannot serve clients: " + listener.error().message());
  for (;;) {
    auto stream = (*listener)->accept(yield);
    if (!stream) return world_.tasks.halt("cannot accept: " + stream.error().message());
    Connection::serve(world_, std::move(*stream),
                      [this](const std::shared_ptr<Connection>& client, BytesView request) {
                        handle(client, request);
                      });
  }
}

void Replica::handle(const std::shared_ptr<Connection>& client, BytesView bytes) {
  wire::ClientRequest request;
  const bool parsed = request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  const auto refuse = [&](const char* why) {
    wire::ClientReply reply = reply_to(request.id(), wire::ClientReply::INVALID);
    reply.set_detail(why);
    client->reply(std::move(reply));
  };
  if (!parsed) return refuse("the request cannot be read");
  if (request.version() != 1) return refuse("only version 1 of requests is spoken here");
  if (request.group() != options_.group.value) return refuse("that group does not live here");
  if (request.has_status()) return handle_status(client, request.id());
  if (request.has_get()) return handle_read(client, request.id(), request.get().key());
  if (request.has_change()) return handle_change(client, request.id(), request.change());
  if (request.has_transfer()) {
    return handle_transfer(client, request.id(), ReplicaId(request.transfer().to()));
  }
  std::optional<Command> command = from_wire(std::move(*request.mutable_command()));
  if (!command) return refuse("the operation is not known here");
  // The bound stands in the log, so no replica's own setting can differ from another's.
  command->idle_entries =
      command->kind == CommandKind::kOpenSession ? options_.session_idle_entries : 0;
  handle_command(client, request.id(), *command);
}

// R-raft-23: what no replica could execute never enters the log.
std::optional<std::string> Replica::refusal(const Command& command) const {
  if (command.kind == CommandKind::kOpenSession) return std::nullopt;
  if (command.key.empty()) return "the key is empty";
  if (command.key.size() > options_.key_bytes_max) return "the key is too long";
  if (command.value.size() > options_.value_bytes_max) return "the value is too long";
  if (command.expected.value_or(Bytes()).size() > options_.value_bytes_max) {
    return "the expected value is too long";
  }
  if (command.session && !command.sequence) return "a session's commands are numbered from 1";
  return std::nullopt;
}

// What waits for this disk, although others have made it durable, needs memory, and room once the
// disk is full; but a slow disk must not hold up those who are fast, so a lot may wait.
bool Replica::disk_is_behind() const {
  const std::uint64_t lot = 2 * options_.log.segment_bytes;
  return log_->bytes_buffered() > std::max(options_.raft.uncommitted_bytes_max, lot);
}

void Replica::handle_command(const std::shared_ptr<Connection>& client, std::uint64_t request,
                             const Command& command) {
  if (const auto why = refusal(command)) {
    wire::ClientReply reply = reply_to(request, wire::ClientReply::INVALID);
    reply.set_detail(*why);
    return client->reply(std::move(reply));
  }
  if (log_is_long()) {
    to_snapshot_.set();
    return client->reply(reply_to(request, wire::ClientReply::OVERLOADED));
  }
  if (proposals_.size() >= options_.open_proposals_max) {
    return client->reply(reply_to(request, wire::ClientReply::OVERLOADED));
  }
  if (full_) return client->reply(reply_to(request, wire::ClientReply::NO_SPACE));
  if (disk_is_behind()) {
    return client->reply(reply_to(request, wire::ClientReply::OVERLOADED));
  }
  raft::Propose propose;
  propose.entries.push_back(
      {.term = {}, .kind = raft::EntryKind::kCommand, .payload = encode(command)});
  raft::Update update = core_->step(world_.clock.now(), propose, world_.trace);
  const LogIndex index = update.accepted;
  if (index) {
    proposals_[index] = {.term = core_->term(), .client = client, .request = request};
  } else {
    refuse(*client, request, update.refusal);
  }
  carry_out(update);
}

void Replica::refuse(Connection& client, std::uint64_t request, raft::Refusal why) {
  if (why == raft::Refusal::kNotLeader) return refuse_not_leader(client, request);
  wire::ClientReply reply = reply_to(request, wire_result(why));
  reply.set_detail(raft::name_of(why));
  client.reply(std::move(reply));
}

void Replica::refuse_not_leader(Connection& client, std::uint64_t request) {
  wire::ClientReply reply = reply_to(request, wire::ClientReply::NOT_LEADER);
  reply.set_leader(leader_node().value);
  client.reply(std::move(reply));
}

void Replica::answer_proposal(LogIndex index, Term term, const Answer& answer) {
  const auto found = proposals_.find(index);
  if (found == proposals_.end()) return;
  const Proposal proposal = std::move(found->second);
  proposals_.erase(found);
  if (proposal.term != term) {
    // Another leader's entry is committed in its place, so it never will be: definite.
    world_.trace.reached(kOverwrittenProposal);
    return proposal.client->reply(reply_to(proposal.request, wire::ClientReply::NOT_COMMITTED));
  }
  if (answer.outcome == Outcome::kSessionUnknown) world_.trace.reached(kRetryAnswered);
  world_.trace.emit(kAcknowledged, index.value, term.value, answer.revision.value);
  wire::ClientReply reply = reply_to(proposal.request, wire_result(answer.outcome));
  reply.set_revision(answer.revision.value);
  reply.set_session(answer.session.value);
  if (answer.value) reply.set_value(*answer.value);
  proposal.client->reply(std::move(reply));
}

// A replica that no longer leads cannot say what becomes of what it had proposed: the new leader
// may hold it or not.
void Replica::abandon_proposals() {
  abandon_changes();
  if (proposals_.empty()) return;
  world_.trace.reached(kCommandsAbandoned);
  world_.trace.emit(kAbandoned, leading_.value, proposals_.size());
  for (auto& [index, proposal] : proposals_) {
    proposal.client->reply(reply_to(proposal.request, wire::ClientReply::UNKNOWN));
  }
  proposals_.clear();
}

// Linearizable by read-index (thesis 6.4; R-raft-3): the core says up to where the state machine
// must have come. A follower's core asks its leader.
void Replica::handle_read(const std::shared_ptr<Connection>& client, std::uint64_t request,
                          const Bytes& key) {
  const std::uint64_t cookie = next_cookie_++;
  reads_[cookie] = {.client = client, .request = request, .key = key};
  drive(raft::ReadRequest{cookie});
}

void Replica::finish_read_index(const raft::ReadResult& result) {
  const auto found = reads_.find(result.cookie);
  if (found == reads_.end()) return;
  Read read = std::move(found->second);
  reads_.erase(found);
  if (!result.ok) return refuse_not_leader(*read.client, read.request);
  if (result.index > applied_) {
    world_.trace.reached(kReadWaitedForApply);
    reads_at_index_.emplace(result.index, std::move(read));
    return;
  }
  answer_read(read);
}

void Replica::answer_reads_up_to(LogIndex applied) {
  while (!reads_at_index_.empty() && reads_at_index_.begin()->first <= applied) {
    const Read read = std::move(reads_at_index_.begin()->second);
    reads_at_index_.erase(reads_at_index_.begin());
    answer_read(read);
  }
}

void Replica::answer_read(const Read& read) {
  wire::ClientReply reply = reply_to(read.request, wire::ClientReply::OK);
  reply.set_revision(machine_.revision().value);
  if (std::optional<Bytes> value = machine_.get(read.key)) reply.set_value(std::move(*value));
  read.client->reply(std::move(reply));
}

}  // namespace plumbline::replica
