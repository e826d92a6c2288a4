// What must happen once nothing strikes any more outside of what stays (R-raft-24, R-raft-19,
// R-raft-20): every operation ends, every replica of the core catches up, and a write succeeds
// soon. Names what does not.

#include <algorithm>

#include "scenarios/run/first_writes.h"
#include "scenarios/run/replica_of.h"
#include "scenarios/run/sim_run.h"

namespace plumbline::scenarios {
namespace {

std::string seconds_text(TrueTime time) {
  const std::string fraction = std::to_string(1'000 + time.ns / 1'000'000 % 1'000).substr(1);
  return std::to_string(time.ns / 1'000'000'000) + "." + fraction + " s";
}

// One line of several.
std::string joined(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    text.replace(at, 1, "; ");
  }
  return text;
}

}  // namespace

// Once done in peace, an idle cluster says nothing new: the run ends before its time. In safety
// mode faults strike to the end.
bool SimRun::finished() const {
  return all_is_well() && !nemesis_.waits_for_members() && cluster_.now() >= steady_until_;
}

bool SimRun::all_is_well() const {
  return scenario_.mode == Mode::kLiveness && in_peace_ && cluster_.all_clients_done() &&
         caught_up();
}

// Damage is no excuse for being down: what the format calls harmless or repairable must be
// repaired. A node stays down for good only when it has said that it cannot go on as who it is.
bool SimRun::may_stay_down(NodeId node) const {
  return is_outside(node) || cluster_.disk_was_wiped(node) || has_refused_its_log(node);
}

bool SimRun::has_refused_its_log(NodeId node) const {
  const sim::Simulation& simulation = const_cast<SimCluster&>(cluster_).simulation();
  return cluster_.disk_was_damaged(node) && is_refusal(simulation.halted(node));
}

bool SimRun::is_in_doubt(NodeId node) const {
  const sim::Simulation& simulation = const_cast<SimCluster&>(cluster_).simulation();
  const replica::Replica* const replica = replica_of(simulation, node);
  return replica != nullptr && replica->core()->hard_state().doubt;
}

bool SimRun::is_outside(NodeId node) const { return nemesis_.outside().count(node) != 0; }

bool SimRun::caught_up() const {
  const sim::Simulation& simulation = const_cast<SimCluster&>(cluster_).simulation();
  LogIndex reached;
  bool first = true;
  for (const NodeId node : cluster_.nodes()) {
    if (is_outside(node) || !cluster_.is_member(node)) continue;
    const replica::Replica* const replica = replica_of(simulation, node);
    if (replica == nullptr) {
      if (may_stay_down(node)) continue;
      return false;
    }
    if (replica->applied() != replica->core()->last_index() || is_in_doubt(node)) return false;
    if (!first && replica->applied() != reached) return false;
    reached = replica->applied();
    first = false;
  }
  return true;
}

std::optional<TrueTime> SimRun::healed_at() const {
  if (scenario_.mode != Mode::kLiveness || !in_peace_) return std::nullopt;
  return peace_at_;
}

// Looks when the time is up, for what is wrong then may be well again at the end of the run.
void SimRun::ask_for_recovery() {
  const Duration timeout = milliseconds(scenario_.cluster.election_timeout_ms.low);
  const Duration bound = timeout * scenario_.recovery_timeouts;
  cluster_.at(peace_at_ + bound, [this, timeout, bound] {
    const sim::Simulation& simulation = cluster_.simulation();
    const checker::History& history = cluster_.recorder().history();
    const SuccessfulWrites writes(history);
    const auto first = writes.first_after(peace_at_);
    const bool in_time = first && *first <= peace_at_ + bound;
    const bool tried = writes_were_tried(history, peace_at_, timeout, scenario_.recovery_timeouts);
    if (in_time || !tried || stopped_and_said_so()) return;
    late_recovery_ =
        Violation{.property = "liveness",
                  .sentence = "no write that was called after the last fault succeeded within " +
                              std::to_string(scenario_.recovery_timeouts) + " election timeouts (" +
                              std::to_string(bound.ns / 1'000'000) + " ms)" + whats_stuck(),
                  .at = simulation.now(),
                  .event = simulation.events()};
  });
}

// Thesis 4.2.3, 6.2 and 9.6: whom a leader does not reach deposes nobody who reaches a majority.
// Asked of the first leader of the core: one who lies outside may lose his majority at any time.
void SimRun::ask_for_steady_terms() {
  const Duration timeout = milliseconds(scenario_.cluster.election_timeout_ms.low);
  const TrueTime from = peace_at_ + timeout * scenario_.steady_timeouts;
  steady_until_ = from + timeout * scenario_.steady_timeouts;
  for (std::int64_t n = 0; n <= scenario_.steady_timeouts; ++n) {
    cluster_.at(from + timeout * n, [this] { look_at_terms(); });
  }
}

void SimRun::look_at_terms() {
  const sim::Simulation& simulation = cluster_.simulation();
  if (!steady_leader_) {
    const std::optional<NodeId> leader = cluster_.leader();
    if (!leader || is_outside(*leader)) return;
    steady_leader_ = leader;
    steady_term_ = replica_of(simulation, *leader)->core()->term();
  }
  for (const NodeId node : cluster_.nodes()) {
    const replica::Replica* const replica = replica_of(simulation, node);
    if (is_outside(node) || replica == nullptr || replica->core()->term() <= steady_term_) continue;
    if (unsteady_term_) return;
    unsteady_term_ = Violation{.property = "liveness",
                               .sentence = simulation.name(*steady_leader_) + " led term " +
                                           std::to_string(steady_term_.value) + " after " +
                                           std::to_string(scenario_.steady_timeouts) +
                                           " election timeouts without a fault, and now " +
                                           simulation.name(node) + " is in term " +
                                           std::to_string(replica->core()->term().value) +
                                           ": elections go on in peace" + whats_stuck(),
                               .at = simulation.now(),
                               .event = simulation.events()};
  }
}

// When so many disks are damaged that the others make no majority, the store may stop, and nothing
// else: each that does not serve for that reason has refused its log, or says that it is in doubt.
bool SimRun::stopped_and_said_so() const {
  const sim::Simulation& simulation = const_cast<SimCluster&>(cluster_).simulation();
  const Members members = cluster_.members();
  std::size_t voters = members.voters.size() + members.ghosts.size();
  if (voters == 0) voters = static_cast<std::size_t>(scenario_.cluster.nodes.low);
  std::size_t reporting = 0;
  for (const NodeId node : cluster_.nodes()) {
    const bool was_wiped = cluster_.disk_was_wiped(node) && !simulation.halted(node).empty();
    const bool damaged = cluster_.disk_was_damaged(node) && is_in_doubt(node);
    reporting += was_wiped || damaged || has_refused_its_log(node) ? 1 : 0;
  }
  return 2 * reporting >= voters;
}

std::optional<std::string> SimRun::stuck() const {
  if (scenario_.mode != Mode::kLiveness || all_is_well()) return std::nullopt;
  if (stopped_and_said_so()) return std::nullopt;
  return std::to_string(scenario_.quiet_ms / 1000) + " s after the last fault" + whats_stuck();
}

std::string SimRun::whats_stuck() const {
  const sim::Simulation& simulation = const_cast<SimCluster&>(cluster_).simulation();
  std::string what = stuck_clients() + stuck_replicas();
  for (const NodeId node : nemesis_.outside()) {
    what += "; " + simulation.name(node) + " lies outside the core, for a fault of it stays";
  }
  return what + " at " + seconds_text(simulation.now()) + "; " + joined(describe_nodes());
}

std::string SimRun::stuck_clients() const {
  SimCluster& cluster = const_cast<SimCluster&>(cluster_);
  const checker::History& history = cluster.recorder().history();
  std::string what;
  for (const ClientSlot& slot : cluster.clients()) {
    if (slot.done) continue;
    what += "; c" + std::to_string(slot.id) + " has not finished (operation " +
            std::to_string(slot.next_operation) + " of " + std::to_string(slot.spec.operations.low);
    const auto last = std::find_if(
        history.operations.rbegin(), history.operations.rend(),
        [&](const checker::Operation& operation) { return operation.process == slot.id; });
    if (last != history.operations.rend() && last->returned_at == checker::kNever) {
      what += ", waits since " + seconds_text(TrueTime{last->invoked_at}) + " for its " +
              std::string(checker::name_of(last->function)) + " of " + std::string(last->key);
    }
    what += ")";
  }
  return what;
}

// The leader, who is down, and who lags behind whom.
std::string SimRun::stuck_replicas() const {
  const sim::Simulation& simulation = const_cast<SimCluster&>(cluster_).simulation();
  std::string what = cluster_.leader() ? "" : "; nobody leads";
  LogIndex reached;
  for (const NodeId node : cluster_.nodes()) {
    const replica::Replica* const replica = replica_of(simulation, node);
    if (replica != nullptr) reached = std::max(reached, replica->core()->commit());
  }
  for (const NodeId node : cluster_.nodes()) {
    if (is_outside(node) || !cluster_.is_member(node)) continue;
    const replica::Replica* const replica = replica_of(simulation, node);
    if (replica != nullptr && replica->applied() < reached) {
      what += "; " + simulation.name(node) + " has applied up to entry " +
              std::to_string(replica->applied().value) + " of " + std::to_string(reached.value);
    }
    if (is_in_doubt(node)) what += "; " + simulation.name(node) + " is still in doubt";
    if (simulation.is_up(node) || may_stay_down(node)) continue;
    what += "; " + simulation.name(node) + " is down " + simulation.halted(node);
  }
  return what;
}

}  // namespace plumbline::scenarios
