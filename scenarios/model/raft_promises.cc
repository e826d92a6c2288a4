#include "scenarios/model/raft_promises.h"

#include <algorithm>
#include <string>

namespace plumbline::model {
namespace {

using raft::Message;
using raft::MessageKind;

Finding not_on_disk(const Message& message, const std::string& what) {
  return Finding{"I10 what is told is durable", "r" + std::to_string(message.from.value) +
                                                    " tells r" + std::to_string(message.to.value) +
                                                    " " + what + ", which its disk does not hold"};
}

// A later term makes the vote of this one irrelevant.
bool has_voted(const raft::HardState& disk, Term term, ReplicaId candidate) {
  return disk.term > term || (disk.term == term && disk.voted_for == candidate);
}

std::optional<Finding> check_ack(const RaftReplica& replica, const Message& message) {
  // Of a term that is over: what it acknowledged may have been replaced since.
  if (replica.core.term() != message.term) return std::nullopt;
  const auto& disk = replica.disk;
  const LogIndex disk_last = disk.base.index.plus(disk.entries.size());
  const std::string what = "that it holds the log up to " + std::to_string(message.index.value);
  if (message.index > disk_last) return not_on_disk(message, what);
  const LogIndex known = std::max(disk.base.index, replica.core.base().index);
  for (LogIndex i = known.next(); i <= message.index; i = i.next()) {
    const raft::Entry& there = disk.entries[i.value - disk.base.index.value - 1];
    if (!(there == replica.core.entry(i))) return not_on_disk(message, what);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> broken_promise(const RaftReplica& replica, const Message& message) {
  const raft::HardState& disk = replica.disk.hard_state;
  const std::string term = std::to_string(message.term.value);
  switch (message.kind) {
    case MessageKind::kPreVote:
    case MessageKind::kPreVoteReply: return std::nullopt;
    case MessageKind::kVote:
      if (has_voted(disk, message.term, message.from)) return std::nullopt;
      return not_on_disk(message, "that it votes for itself in term " + term);
    case MessageKind::kVoteReply:
      if (message.reject || has_voted(disk, message.term, message.to)) break;
      return not_on_disk(message, "its vote of term " + term);
    case MessageKind::kAppend:
    case MessageKind::kSnapshot:
    case MessageKind::kTimeoutNow:
    case MessageKind::kRead:
    case MessageKind::kReadReply: break;
    case MessageKind::kAppendReply:
      if (message.reject) break;
      if (auto finding = check_ack(replica, message)) return finding;
      break;
  }
  if (disk.term >= message.term) return std::nullopt;
  return not_on_disk(message, "term " + term);
}

}  // namespace plumbline::model
