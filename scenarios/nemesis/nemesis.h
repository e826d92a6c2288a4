#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "scenarios/cluster/cluster.h"
#include "scenarios/nemesis/torment.h"

namespace plumbline::scenarios {

// Makes the faults of a drawn scenario on a cluster, simulated or real. Lives as long as the run:
// what it schedules on the cluster points back to it.
class Nemesis {
 public:
  // What became of the faults of one kind. One that an override took away is not counted.
  struct Tally {
    std::uint32_t drawn = 0;
    std::uint32_t struck = 0;      // had an effect: killed a node that was up, cut a link
    std::uint32_t impossible = 0;  // this world cannot make it
  };

  // REQUIRES: check_scenario() found nothing wrong with the scenario that the faults are of.
  Nemesis(Cluster& cluster, const std::vector<Fault>& faults);

  // Schedules everything, with now as the start of the run. Asks for each fault whether it is
  // enabled (the key "fault.enabled" with its id), so that whoever shrinks the run can take it
  // away.
  void arm();
  // The quiet time: everything is undone but what stays, every node that is down is started, and no
  // fault strikes any more.
  void heal_all();
  // Whether a change of members that a fault is to bring about has not come about. Operators go on
  // with it for a few seconds of the quiet time, except for what costs a node.
  bool waits_for_members() const;
  // The nodes of faults that stay: nothing is asked of them in the quiet time.
  std::set<NodeId> outside() const;

  std::map<FaultKind, Tally> tallies() const;

 private:
  struct Planned {
    Fault fault;
    bool armed = false;
    bool impossible = false;
    bool in_force = false;
    bool struck = false;
  };

  void schedule(std::size_t index, TrueTime start);
  void begin(std::size_t index);
  void aim(Fault& fault) const;
  void end(std::size_t index);
  std::vector<NodeId> outside_nodes(const Fault& fault) const;
  bool struck(const Planned& planned) const;

  Cluster& cluster_;
  Torment torment_;
  std::vector<Planned> plan_;
  bool healed_ = false;
};

}  // namespace plumbline::scenarios
