#pragma once

#include "nodes/base/time.h"

namespace plumbline {

// What a node can know of time.
//
// now() never goes back while the node runs. It may run fast or slow at a rate of its own, says
// nothing about another node's clock, and starts anew with each start of the node: an Instant must
// not be stored or sent. wall() is what the operator set: it may jump either way at any moment and
// is for people to read. Neither suspends.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
  virtual WallTime wall() const = 0;
};

}  // namespace plumbline
