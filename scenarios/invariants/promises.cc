// I10: whoever is told something can rely on it after a loss of power at that very instant. First
// against what the core itself takes for synced; then, for a sample, against what recovery makes of
// the durable image of the disk, which is the only witness that does not share the core's mistakes.

#include "nodes/fiber/fiber.h"
#include "nodes/log/recovery.h"
#include "scenarios/invariants/raft_invariants.h"

namespace plumbline::scenarios {
namespace {

std::string name(NodeId node) { return "n" + std::to_string(node.value); }

constexpr const char* kProperty = "I10 durability";

}  // namespace

// What recovery makes of the durable image of a node's disk.
struct RaftInvariants::Image {
  std::string error;  // why it cannot be recovered; empty when it can
  raft::HardState hard_state;
  std::vector<LoggedEntry> entries;

  bool keeps(const Mirror& mirror, LogIndex up_to) const {
    for (LogIndex i(1); i <= up_to; i = i.next()) {
      if (i.value > entries.size() || entries[i.value - 1] != mirror.log[i.value - 1]) return false;
    }
    return true;
  }
};

RaftInvariants::Image RaftInvariants::recover_image(const replica::Replica& replica,
                                                    NodeId node) const {
  Image image;
  const auto replay = [&](const log::Record& record) {
    if (record.group != replica.options().group) return;
    if (record.kind == log::RecordKind::kHardState) {
      image.hard_state = {record.term, record.voted_for, record.commit};
      return;
    }
    image.entries.push_back(
        logged({record.term, static_cast<raft::EntryKind>(record.entry_kind), record.payload}));
  };
  const std::unique_ptr<Disk> disk = simulation_.durable_image(node);
  const auto found = log::recover(Yield::never(), *disk, replica::Replica::kLogDirectory,
                                  replica.options().log, replay);
  if (!found) image.error = found.error().message();
  if (found && !found->damages.empty()) image.error = found->damages.front().where;
  return image;
}

// The core knows the latest term and vote to be synced or not; when they are not, an earlier
// promise may still stand, and the disk is asked.
void RaftInvariants::check_promise(const Mirror& mirror, const replica::Replica& replica,
                                   const raft::Message& message) {
  const raft::Raft& core = *replica.core();
  const bool is_vote = message.kind == raft::MessageKind::kVoteReply;
  const bool term_kept = mirror.promised.term > message.term ||
                         (mirror.promised.term == message.term &&
                          (!is_vote || mirror.promised.voted_for == message.to));
  const bool entries_kept =
      is_vote || core.term() > message.term || message.index <= core.durable_index();
  if ((term_kept && entries_kept) || is_excused(mirror.node)) return;
  const Image image = recover_image(replica, mirror.node);
  const std::string who = name(mirror.node);
  const std::string term = std::to_string(message.term.value);
  const bool has_term = image.hard_state.term > message.term ||
                        (image.hard_state.term == message.term &&
                         (!is_vote || image.hard_state.voted_for == message.to));
  if (!image.error.empty() || !has_term) {
    return fail(kProperty, who + (is_vote ? " votes in term " : " answers in term ") + term +
                               " before that is synced");
  }
  if (entries_kept || image.keeps(mirror, message.index)) return;
  fail(kProperty, who + " acknowledges entries up to " + std::to_string(message.index.value) +
                      " of term " + term + ", which a loss of power now would not leave");
}

void RaftInvariants::check_durable_image(const Mirror& mirror, const replica::Replica& replica) {
  if (is_excused(mirror.node)) return;
  ++images_checked_;
  const Image image = recover_image(replica, mirror.node);
  const std::string who = "after a loss of power now " + name(mirror.node);
  if (!image.error.empty()) return fail(kProperty, who + " could not recover: " + image.error);
  const raft::HardState& kept = image.hard_state;
  if (kept.term < mirror.promised.term ||
      (kept.term == mirror.promised.term && kept.voted_for != mirror.promised.voted_for)) {
    return fail(kProperty, who + " would be in term " + std::to_string(kept.term.value) +
                               ", and has promised term " +
                               std::to_string(mirror.promised.term.value));
  }
  if (!image.keeps(mirror, mirror.durable)) {
    fail(kProperty, who + " would lack an entry up to " + std::to_string(mirror.durable.value) +
                        ", all of which it takes for synced");
  }
}

}  // namespace plumbline::scenarios
