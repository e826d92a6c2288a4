#pragma once

#include "nodes/base/ids.h"
#include "nodes/world/world.h"

namespace plumbline::client {

// Where a client stands in its session. Sequence numbers are reserved on disk in blocks before they
// are used, so a client that restarts under its identity goes on behind every number that it may
// have used.
struct SessionState {
  SessionId id;
  Sequence next{1};         // not used yet
  Sequence reserved_to{1};  // numbers below it may be used without asking the disk
};

// Keeps a client's session across its restarts.
class SessionFile {
 public:
  static constexpr std::uint64_t kBlock = 32;

  explicit SessionFile(Disk& disk) : disk_(disk) {}
  // The state to go on from; a zero id when there is none, or none that can be read: then a new
  // session must be opened.
  SessionState load(Yield& yield);
  // Reserves the next block, durable when this returns true.
  bool reserve(Yield& yield, SessionState& state);

 private:
  Disk& disk_;
};

}  // namespace plumbline::client
