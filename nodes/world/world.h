#pragma once

#include "nodes/base/ids.h"
#include "nodes/trace/trace.h"
#include "nodes/world/clock.h"
#include "nodes/world/disk.h"
#include "nodes/world/random.h"
#include "nodes/world/streams.h"
#include "nodes/world/tasks.h"
#include "nodes/world/transport.h"

namespace plumbline {

// Everything that a node may ask of the outside, and all that it is constructed with besides its
// configuration. The ports outlive the node. After the node has died they may still be called from
// destructors and then do nothing.
struct World {
  NodeId self;
  Incarnation incarnation;
  Clock& clock;
  Tasks& tasks;
  Transport& transport;
  Streams& streams;
  Disk& disk;
  Random& random;
  trace::Sink& trace;
};

// A node: what a World is given to. Construction must not suspend; work begins in the tasks that it
// spawns. Destroyed after all its tasks have been unwound.
class Node {
 public:
  virtual ~Node() = default;
};

}  // namespace plumbline
