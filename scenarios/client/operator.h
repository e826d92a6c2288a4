#pragma once

#include <deque>
#include <vector>

#include "nodes/client/admin.h"
#include "nodes/world/world.h"
#include "scenarios/cluster/cluster.h"

namespace plumbline::scenarios {

// Asks the store for what operators ask: other members, another leader. A node of its own, which
// speaks to the servers as any client does, and may be refused or left without an answer as they
// are. Each wish is asked once, in a fiber of its own, for they wait for each other at the store.
class Operator : public Node {
 public:
  struct Wish {
    client::MemberChanges members;  // none: `leader` shall lead
    ReplicaId leader;
    WishDone done;
  };

  // Wishes are taken from `wishes`, which outlives this; what came of each is told to its `done`.
  Operator(World& world, client::Options store, std::deque<Wish>& wishes);

 private:
  void run(Yield& yield);
  void ask(Yield& yield, Wish& wish);

  World& world_;
  client::Options store_;
  std::deque<Wish>& wishes_;
};

}  // namespace plumbline::scenarios
