#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/model/checkpoint.h"
#include "scenarios/model/model.h"
#include "scenarios/model/spill.h"

namespace plumbline::model {

// How each state was reached first: the number of the state before it, and the step. Eight bytes a
// state in a file that is read only when a path is asked for.
class Trail {
 public:
  struct Link {
    std::uint32_t parent = 0;
    Action action = 0;
  };

  explicit Trail(const std::string& folder) : spill_(folder) {}

  // The links of the states first, first+1, ..
  void put(std::uint32_t first, const std::vector<Link>& links);
  // The steps that lead from state 0 to this one.
  std::vector<Action> path_to(std::uint32_t state) const;
  bool failed() const { return spill_.failed(); }
  void save(CheckpointWriter& to) const;
  void load(CheckpointReader& from);

 private:
  Spill spill_;
};

}  // namespace plumbline::model
