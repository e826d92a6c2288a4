#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/model.h"

namespace plumbline::model {

// Walks every state of a model, breadth first: all states of one depth before any of the next, so
// that the first thing found broken is broken in the fewest steps that can break anything.

struct ExploreOptions {
  unsigned jobs = 1;
  std::uint64_t memory_max = std::uint64_t{8} << 30;
  std::uint64_t states_max = UINT64_MAX;
  // Where levels that outgrow memory and the trail go, without a name; "" for where temporary files
  // are.
  std::string folder;
  // A walk that ends early leaves this file behind, and goes on from it when there is one; every so
  // often it is written on the way, lest the process be killed. "" for none.
  std::string checkpoint;
  double checkpoint_seconds = 120;
  // What a walk is of: core, scope and build. Only with the same is one gone on with.
  std::string identity;
  std::function<bool()> interrupted = [] { return false; };
};

struct Progress {
  std::uint64_t depth = 0;
  std::uint64_t states = 0;
  std::uint64_t frontier = 0;
  std::uint64_t successors = 0;
  double seconds = 0;
};

enum class End : std::uint8_t {
  kExhausted,
  kBroken,
  kInterrupted,
  kLimit,
  kMemory,
  kDisk,
  kRefused
};

struct Exploration {
  End end = End::kExhausted;
  std::uint64_t states = 0;
  std::uint64_t depth = 0;
  std::uint64_t successors = 0;
  std::uint64_t visited_bytes = 0;   // the table of fingerprints
  std::uint64_t trail_bytes = 0;     // on disk
  std::uint64_t frontier_bytes = 0;  // of the widest level
  std::uint64_t table_bytes = 0;     // of the model
  double seconds = 0;
  double processor_seconds = 0;
  std::uint64_t resumed_at = 0;  // states that a former process had met
  std::string refusal;           // why the checkpoint cannot be gone on from
  std::optional<Finding> finding;
  std::vector<Action> path;  // to what is broken, the breaking step last
};

Exploration explore(Model& model, const ExploreOptions& options,
                    const std::function<void(const Progress&)>& tell);

}  // namespace plumbline::model
