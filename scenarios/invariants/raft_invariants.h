#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nodes/base/bytes.h"
#include "nodes/raft/types.h"
#include "nodes/replica/replica.h"
#include "scenarios/invariants/mirror.h"
#include "sim/world.h"

namespace plumbline::scenarios {

// The first thing that should never have been seen.
struct Violation {
  std::string property;  // "I3 log matching"
  std::string sentence;
  TrueTime at;
  std::uint64_t event = 0;
};

// The state invariants of a Raft group, checked over all replicas of a simulated cluster after
// every event (I1 to I9, I11) and, sampled, against what a loss of power would leave at that
// instant (I10). It sees the nodes' own cores, so it speaks long before a client could notice.
// Whatever it knows is kept here, outside of the nodes: what a node has forgotten in a crash still
// binds it.
class RaftInvariants {
 public:
  struct Options {
    // One of so many promises is checked against the durable image of the disk.
    std::uint64_t durable_image_every = 64;
    // How often a node's durable bytes were changed behind its back, under the identity that it
    // has now. None says: never.
    std::function<std::uint64_t(NodeId)> damages;
  };

  RaftInvariants(sim::Simulation& simulation, const std::vector<NodeId>& nodes, Options options);

  // Of every message as it leaves.
  void message_sent(std::string_view kind, BytesView payload);
  void after_event(NodeId node);
  // When the run is over: compares every log as a whole, and each disk with what its node believes
  // of it.
  void at_end();

  const std::optional<Violation>& violation() const { return violation_; }
  std::uint64_t durable_images_checked() const { return images_checked_; }

 private:
  Mirror* find(NodeId node);
  Mirror* find(ReplicaId replica);
  const replica::Replica* replica(NodeId node) const;
  void fail(const char* property, std::string sentence);
  std::uint64_t damages(NodeId node) const { return options_.damages ? options_.damages(node) : 0; }
  Harm harm_to(const Mirror& mirror) const;

  // log_matching.cc: I3.
  void observe_start(Mirror& mirror, const replica::Replica& replica);
  void check_restart(Mirror& mirror, const raft::Raft& core);
  void observe_log(Mirror& mirror, const raft::Raft& core);
  void observe_base(Mirror& mirror, const raft::Raft& core);
  void compare_log_from(Mirror& mirror, const raft::Raft& core, LogIndex first);
  void know_entry(const Mirror& mirror, const raft::Raft& core, LogIndex index);
  // configurations.cc: I9.
  void know_configuration(const Mirror& mirror, const raft::Raft& core, LogIndex index);
  // elections.cc: I1, I4, I8.
  void observe_leadership(Mirror& mirror, const raft::Raft& core);
  void check_elected(const raft::Raft& core, const std::string& who);
  void observe_vote(const raft::Message& message);
  // commits.cc: I5, I6, I7, I11.
  void observe_commit(Mirror& mirror, const raft::Raft& core);
  void first_commit(const Mirror& mirror, const raft::Raft& core, LogIndex index);
  void observe_progress(const Mirror& mirror, const raft::Raft& core);
  void observe_applied(Mirror& mirror, const replica::Replica& replica);
  // promises.cc: I10.
  struct Image;
  Image recover_image(const Mirror& mirror) const;
  void check_promise(const Mirror& mirror, const raft::Raft& core, const raft::Message& message);
  bool has_synced(const Mirror& mirror, LogIndex index, const LoggedEntry& entry) const;
  void check_durable_image(const Mirror& mirror);

  sim::Simulation& simulation_;
  Options options_;
  std::vector<Mirror> mirrors_;
  std::optional<Violation> violation_;

  std::map<Term, NodeId> leaders_;
  std::map<std::pair<Term, ReplicaId>, ReplicaId> votes_;
  struct Known {
    std::uint64_t payload = 0;
    LoggedEntry previous;
  };
  std::map<std::pair<LogIndex, Term>, Known> known_;
  struct Committed {
    LoggedEntry entry;
    Term in;  // the term in which it was committed, which binds the leaders of later ones
  };
  std::vector<Committed> committed_;
  struct Digest {
    std::uint64_t digest = 0;
    NodeId node;
  };
  std::map<LogIndex, Digest> digests_;
  std::vector<raft::Message> promises_;  // sent in the event that is running
  std::uint64_t promises_seen_ = 0;
  std::uint64_t images_checked_ = 0;
};

}  // namespace plumbline::scenarios
