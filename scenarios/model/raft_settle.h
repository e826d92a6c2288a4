#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scenarios/model/raft_fate.h"

namespace plumbline::model {

// Takes out of a state the messages that can never again change anything, and gives it the
// fingerprint that it shares with all states that differ from it in names of replicas, or in which
// of several equally good messages is kept.
class RaftSettler {
 public:
  RaftSettler(RaftSpace& space, RaftSteps& steps);

  // The fingerprint, or what the core did to a message that should have been spent.
  struct Settled {
    std::uint64_t fingerprint = 0;
    std::optional<Finding> finding;
  };
  Settled settle(RaftState& state);

 private:
  using Row = const std::uint64_t*;

  void add(Row row) { rows_.push_back(row); }
  std::uint64_t fingerprint(const RaftState& state) const;
  void keep_all(const RaftState& state);
  // Of the stand-ins in the fingerprint.
  Row trigger_row(const raft::Message& m) const;
  Row informs_row(const raft::Message& m) const;
  // Whether a message of this kind is kept already.
  bool takes(std::uint64_t& kept, unsigned bit) const;
  std::optional<Finding> drop(const RaftState& state, std::uint32_t message, Fate fate);
  bool is_overtaken(const RaftState& state, const raft::Message& m) const;

  RaftSpace& space_;
  RaftSteps& steps_;
  std::size_t width_;
  std::vector<std::uint64_t> triggers_;  // rows for each pair
  std::vector<std::uint64_t> informs_;   // rows for each receiver and term
  std::vector<Row> rows_;                // of all that the state is made of
};

}  // namespace plumbline::model
