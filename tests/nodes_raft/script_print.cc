#include <gtest/gtest.h>

#include "tests/nodes_raft/script.h"

namespace plumbline::raft::testing {
namespace {

std::string number(std::uint64_t n) { return std::to_string(n); }

}  // namespace

// What a script looks at. The words for it are the core's own where it has some (describe.h).
void Script::print(const Words& words) {
  const std::string& verb = words.at(0);
  if (verb == "network") {
    for (const Message& m : cluster_->network()) {
      say("in flight " + describe(m.from) + " -> " + describe(m.to) + ": " + describe(m));
    }
    return;
  }
  const std::vector<ReplicaId> ids =
      words.size() > 1 ? std::vector<ReplicaId>{replica_named(words[1])} : cluster_->ids();
  for (const ReplicaId id : ids) {
    if (!cluster_->at(id).core) {
      say(describe(id) + " is down");
    } else if (verb == "state") {
      print_state(id);
    } else if (verb == "log") {
      print_log(id);
    } else if (verb == "progress") {
      print_progress(id);
    } else if (verb == "members") {
      print_members(id);
    } else if (verb == "waits") {
      print_waits(id);
    } else {
      ADD_FAILURE() << "unknown verb: " << verb;
    }
  }
}

void Script::print_state(ReplicaId id) {
  const Cluster::Node& node = cluster_->at(id);
  const Raft& core = *node.core;
  std::string line = describe(id) + " " + name_of(core.role()) + " of term " +
                     number(core.term().value) + ", log " + number(core.last_index().value) + "^" +
                     number(core.term_at(core.last_index()).value) + ", on disk " +
                     number(core.durable_index().value) + ", commit " + number(core.commit().value);
  if (core.voted_for()) line += ", voted for " + describe(core.voted_for());
  if (core.in_doubt()) line += ", in doubt up to " + number(core.hard_state().doubt.until.value);
  if (!node.held.empty()) line += ", holds back " + number(node.held.size()) + " messages";
  say(line);
}

void Script::print_log(ReplicaId id) {
  const Raft& core = *cluster_->at(id).core;
  std::string line = describe(id) + " terms";
  const SnapshotMeta& base = core.base();
  if (base.index)
    line += " (behind " + number(base.index.value) + "^" + number(base.term.value) + ")";
  if (base.index && base.index == core.commit()) line += " |";
  for (LogIndex i = base.index.next(); i <= core.last_index(); i = i.next()) {
    line += " " + number(core.term_at(i).value);
    if (i == core.commit()) line += " |";
  }
  say(line);
}

void Script::print_progress(ReplicaId id) {
  const Leader* leader = cluster_->at(id).core->leading();
  if (leader == nullptr) return say(describe(id) + " does not lead");
  for (const Progress& peer : leader->peers) {
    say(describe(id) + " knows of " + describe(peer) + (peer.caught_up ? ", caught up" : ""));
  }
}

void Script::print_members(ReplicaId id) {
  const Raft& core = *cluster_->at(id).core;
  const bool none = core.configuration().voters.empty();
  say(describe(id) + (none ? " knows no members"
                           : " goes by entry " + number(core.configuration_index().value) + ": " +
                                 describe(core.configuration())));
}

void Script::print_waits(ReplicaId id) {
  const std::string what = waits_for(*cluster_->at(id).core);
  say(describe(id) + (what.empty() ? " waits for nothing" : " waits " + what));
}

}  // namespace plumbline::raft::testing
