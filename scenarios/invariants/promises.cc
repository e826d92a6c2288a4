// I10: whoever is told something can rely on it after a loss of power at that very instant. First
// against what the core itself takes for synced; then, for a sample, against what recovery makes of
// the durable image of the disk, which is the only witness that does not share the core's mistakes.

#include <algorithm>

#include "nodes/fiber/fiber.h"
#include "nodes/log/recovery.h"
#include "nodes/replica/recovery.h"
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
  raft::SnapshotMeta base;  // entries up to it are in a snapshot that can be read
  bool base_is_committed = false;
  std::vector<raft::Entry> entries;

  bool keeps(const Mirror& mirror, LogIndex up_to) const {
    if (!holds_base(mirror)) return false;
    for (LogIndex i = base.index.next(); i <= up_to; i = i.next()) {
      const std::uint64_t at = i.value - base.index.value - 1;
      if (at >= entries.size() || !mirror.holds(i, logged(entries[at]))) return false;
    }
    return true;
  }
  // A leader's snapshot that is whole, and that the core was not told of yet, may reach further
  // than the log does.
  bool holds_base(const Mirror& mirror) const {
    const std::uint64_t index = base.index.value;
    if (index > mirror.log.size()) return base_is_committed;
    return index == 0 || mirror.log[index - 1].term == base.term;
  }
};

RaftInvariants::Image RaftInvariants::recover_image(const Mirror& mirror) const {
  Image image;
  Yield& now = Yield::never();
  const std::unique_ptr<Disk> disk = simulation_.durable_image(mirror.node);
  replica::GroupLog log(mirror.group);
  const auto found = log::recover(now, *disk, replica::Replica::kLogDirectory, mirror.log_options,
                                  [&](const log::Record& record) { log.take(record); });
  trace::NullSink silent;
  log::SnapshotStore store(*disk, silent, replica::Replica::kSnapshotDirectory,
                           mirror.log_options.identity);
  if (!found) {
    image.error = found.error().message();
    return image;
  }
  const auto loaded = replica::load_group(now, store, log, found->damages);
  if (!loaded) {
    image.error = loaded.error().message();
    return image;
  }
  const replica::RecoveredGroup& group = loaded->group;
  image.error = group.doubt;
  image.hard_state = group.core.hard_state;
  image.base = group.core.base;
  const std::uint64_t base = image.base.index.value;
  image.base_is_committed =
      base > 0 && base <= committed_.size() && committed_[base - 1].entry.term == image.base.term;
  image.entries = group.core.entries;
  return image;
}

// The core knows the latest term and vote to be synced or not; when they are not, an earlier
// promise may still stand, and the disk is asked.
void RaftInvariants::check_promise(const Mirror& mirror, const raft::Raft& core,
                                   const raft::Message& message) {
  const bool is_vote = message.kind == raft::MessageKind::kVoteReply;
  const bool term_kept = mirror.promised.term > message.term ||
                         (mirror.promised.term == message.term &&
                          (!is_vote || mirror.promised.voted_for == message.to));
  const bool entries_kept =
      is_vote || core.term() > message.term || message.index <= core.durable_index();
  const Harm harm = harm_to(mirror);
  if ((term_kept && entries_kept) || harm == Harm::kOften) return;
  const Image image = recover_image(mirror);
  const std::string who = name(mirror.node);
  const std::string term = std::to_string(message.term.value);
  if (harm == Harm::kOnce && !image.error.empty()) return;
  const bool has_term = image.hard_state.term > message.term ||
                        (image.hard_state.term == message.term &&
                         (!is_vote || image.hard_state.voted_for == message.to));
  if (!image.error.empty() || !has_term) {
    return fail(kProperty, who + (is_vote ? " votes in term " : " answers in term ") + term +
                               " before that is synced");
  }
  const LogIndex kept_for_sure = harm == Harm::kNone ? message.index : mirror.durable_before;
  if (entries_kept || image.keeps(mirror, std::min(message.index, kept_for_sure))) return;
  fail(kProperty, who + " acknowledges entries up to " + std::to_string(message.index.value) +
                      " of term " + term + ", which a loss of power now would not leave");
}

// What a replica has acknowledged and then given up for a snapshot that is not yet its log's base
// is on its disk, though its core no longer says so.
bool RaftInvariants::has_synced(const Mirror& mirror, LogIndex index,
                                const LoggedEntry& entry) const {
  if (mirror.holds_durably(index, entry)) return true;
  if (!mirror.incarnation || !mirror.holds(index, entry)) return false;
  const Image image = recover_image(mirror);
  return image.error.empty() && image.keeps(mirror, index);
}

void RaftInvariants::check_durable_image(const Mirror& mirror) {
  const Harm harm = harm_to(mirror);
  if (harm == Harm::kOften) return;
  ++images_checked_;
  const Image image = recover_image(mirror);
  // It would refuse to start, or start in doubt.
  if (harm == Harm::kOnce && !image.error.empty()) return;
  const std::string who = "after a loss of power now " + name(mirror.node);
  if (!image.error.empty()) return fail(kProperty, who + " could not recover: " + image.error);
  const raft::HardState& kept = image.hard_state;
  // A vote that nobody was told of yet may be there already.
  const bool vote_lost = mirror.promised.voted_for && kept.voted_for != mirror.promised.voted_for;
  if (kept.term < mirror.promised.term || (kept.term == mirror.promised.term && vote_lost)) {
    return fail(kProperty, who + " would be in term " + std::to_string(kept.term.value) +
                               ", and has promised term " +
                               std::to_string(mirror.promised.term.value));
  }
  const LogIndex kept_for_sure = harm == Harm::kNone ? mirror.durable : mirror.durable_before;
  if (!image.keeps(mirror, kept_for_sure)) {
    fail(kProperty, who + " would lack an entry up to " + std::to_string(kept_for_sure.value) +
                        ", all of which it takes for synced");
  }
}

}  // namespace plumbline::scenarios
