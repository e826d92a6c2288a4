#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/nodes_raft/cluster.h"

namespace plumbline::raft::testing {

// Runs interaction scripts. A script file is a list of blocks:
//
//   # what the block is about                  any number of comment lines
//   timeout r1                                 commands, one a line
//   deliver r1->r2
//   ----
//   r1: asks who would vote ...                what the replicas tell, up to an empty line
//
// Commands, each with an example:
//   cluster 3 pre_vote=off window=2   a new group, nothing has happened yet. Options: pre_vote,
//                                     check_quorum, noop, lease (on, off), window (appends in
//                                     flight), window_bytes, batch (entries an append), uncommitted
//                                     (bytes), trailing (entries kept behind a snapshot),
//                                     trailing_bytes (of their payloads, at most), drift_ppm (of
//                                     clocks, that leases allow for), preferred=r1
//   disk r2 term=3 log=1,1,3          crashes r2 and starts it with a log of entries of these terms
//   timeout r1                        r1's clock jumps to its next deadline
//   leads r1                          without output: r1 is elected, and all know what is committed
//   tick 10                           10 ms pass, deadlines fire in their order
//   clock r1 ppm=-20000               r1's clock runs 2 % slower than time from now on
//   propose r1 a b                    two commands as one proposal
//   read r1 7                         a read with cookie 7
//   join                              a new replica, the next number, with nothing on its disk
//   change r1 add-voter r4 replaces=r3 and remove r2
//                                     asks r1 for a change of members in one step; also:
//                                     add-learner, promote; and add-voter r4 at_once; with if=7
//                                     only while the configuration in force is that of entry 7
//   transfer r1 r2                    asks r1 to hand leadership over to r2; without r2: to anyone
//   snapshot r1                       r1's state machine as of its commit index is on its disk
//   deliver r1->r2                    all that is in flight from r1 to r2; either side may be empty
//   deliver r1->r2 first              the oldest only; also: last
//   deliver all                       whatever is in flight, and what that causes, until nothing is
//   drop r1->r2 last                  as deliver, but lost; who sent a snapshot learns of it
//   duplicate r1->r2                  as deliver, but one more of each
//   sync r1                           all of r1's batches reach its disk; `sync r1 1` the oldest
//   crash r1                          loses what is not synced; `crash r1 survive=1` keeps a batch
//   damage r1 keep=3                  crashes r1, and takes from its disk the entries behind 3, all
//                                     synced; r1 is in doubt when it starts again
//   restart r1
//   cut r1 r2                         what is delivered between these and the others gets lost
//   heal
//   settle                            syncs and delivers until nothing moves
//   run 400                           400 ms pass; everything is synced and delivered at once
//   quietly timeout r1                any command, without its output
//   state                             prints it; also: log r1, network, progress r1 (what a leader
//                                     knows of the others), members r1, waits r1 (what for)
class Script {
 public:
  // The output of a block of commands.
  std::string run(const std::vector<std::string>& commands);
  const std::optional<std::string>& violation() const { return violation_; }

 private:
  using Words = std::vector<std::string>;
  enum class Pick { kAll, kFirst, kLast };
  struct Link {
    ReplicaId from, to;  // zero is anyone
    Pick pick = Pick::kAll;
  };

  void command(const Words& words);
  void make_cluster(const Words& words);
  void lead(ReplicaId id);
  void load_disk(const Words& words);
  void tick(Duration time, bool settling);
  void propose(const Words& words);
  void read(const Words& words);
  void join();
  void change_members(const Words& words);
  void transfer(const Words& words);
  void damage(const Words& words);
  void transport(const Words& words);
  void sync(const Words& words);
  void crash(const Words& words);
  void cut(const Words& words);
  void settle();
  void print(const Words& words);
  void print_state(ReplicaId id);
  void print_log(ReplicaId id);
  void print_progress(ReplicaId id);
  void print_members(ReplicaId id);
  void print_waits(ReplicaId id);

  std::vector<std::size_t> places(const Link& link);
  void deliver(std::size_t place);
  bool sync_everyone();
  // Of a node's deadline in time, and of time on its clock.
  Duration wait_of(ReplicaId id) const;
  Duration on_clock(ReplicaId id, Duration time) const;
  void tell_reads();
  void say(const std::string& line) { narrator_->say(line); }

  std::unique_ptr<Narrator> narrator_;
  std::unique_ptr<Cluster> cluster_;
  std::map<ReplicaId, bool> cut_off_;
  std::map<ReplicaId, std::int64_t> clock_ppm_;
  std::optional<std::string> violation_;
};

// "r2".
ReplicaId replica_named(const std::string& name);

// Runs a script file's text; the result is the same text with the outputs as they are now.
// Fills `violation` when an invariant broke on the way.
std::string run_script(const std::string& text, std::optional<std::string>& violation);

}  // namespace plumbline::raft::testing
