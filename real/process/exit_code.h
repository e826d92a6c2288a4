#pragma once

namespace plumbline::process {

// How plumbd ends; the same numbers as of every program of ours.
enum class Exit : int {
  kStopped = 0,  // asked to by a signal
  kHalted = 1,   // the node could not go on: a corrupt log, a failed sync
  kUsage = 2,    // usage or configuration; nothing was touched
};

}  // namespace plumbline::process
