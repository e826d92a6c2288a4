// I10: whoever is told something can rely on it after a loss of power at that very instant. First against what the core
// itself takes for synced; then, for a sample, against what recovery makes of the durable image of the disk, which is the
// only witness that does not share the core's mistakes.

#include "nodes/log/recovery.h"
#include "nodes/fiber/fiber.h"
#include "scenarios/invariants/raft_invariants.h"

namespace plumbline::scenarios {
namespace {

std::string name(NodeId node) { return "n" + std::to_string(node.value); }

constexpr const char* kProperty = "I10 durability";

}  // namespace

void RaftInvariants::check_promise(const Mirror& mirror, const raft::Raft& core,
                                   const raft::Message& message) {
  const std::string who = name(mirror.node);
  const std::string term = std::to_string(message.term.value);
  if (mirror.promised.term < message.term) {
    return fail(kProperty, who + " answers in term " + term + " before that term is synced");
  }
  if (message.kind == raft::MessageKind::kVoteReply) {
    if (mirror.promised.term > message.term || mirror.promised.voted_for == message.to) return;
    return fail(kProperty, who + " votes in term " + term + " before that vote is synced");
  }
  if (message.index <= core.durable_index() || core.term() > message.term) return;
  fail(kProperty, who + " acknowledges entries up to " + std::to_string(message.index.value) +
                      ", and has synced them up to " + std::to_string(core.durable_index().value));
}

void RaftInvariants::check_durable_image(const Mirror& mirror, const replica::Replica& replica) {
  if (options_.is_excused && options_.is_excused(mirror.node)) return;
  ++images_checked_;
  raft::HardState hard_state;
  std::vector<LoggedEntry> entries;
  const auto replay = [&](const log::Record& record) {
    if (record.group != replica.options().group) return;
    if (record.kind == log::RecordKind::kHardState) {
      hard_state = {record.term, record.voted_for, record.commit};
      return;
    }
    entries.resize(std::min<std::size_t>(entries.size(), record.index.value - 1));
    entries.push_back(logged({record.term, static_cast<raft::EntryKind>(record.entry_kind), record.payload}));
  };
  const std::unique_ptr<Disk> image = simulation_.durable_image(mirror.node);
  const auto found = log::recover(Yield::never(), *image, replica::Replica::kLogDirectory,
                                  replica.options().log, replay);
  const std::string who = "after a loss of power now " + name(mirror.node);
  if (!found) return fail(kProperty, who + " could not recover: " + found.error().message());
  if (hard_state.term < mirror.promised.term ||
      (hard_state.term == mirror.promised.term && hard_state.voted_for != mirror.promised.voted_for)) {
    return fail(kProperty, who + " would be in term " + std::to_string(hard_state.term.value) +
                               ", and has promised term " + std::to_string(mirror.promised.term.value));
  }
  for (LogIndex i(1); i <= mirror.durable; i = i.next()) {
    if (i.value <= entries.size() && entries[i.value - 1] == mirror.log[i.value - 1]) continue;
    return fail(kProperty, who + " would lack entry " + std::to_string(i.value) +
                               ", which it takes for synced");
  }
}

}  // namespace plumbline::scenarios
