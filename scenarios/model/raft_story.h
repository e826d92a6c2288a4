#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/model/raft_safety.h"
#include "scenarios/model/raft_settle.h"
#include "scenarios/model/raft_words.h"

namespace plumbline::model {

// Makes a run again, twice at once: with cores that nothing is taken out of, whose traces are told,
// and with the parts that the walk compares, whose invariants are checked. After each step both
// must be the same but for what does not matter (raft_quotient.h): every replay tests that.
class RaftStory : public Story {
 public:
  explicit RaftStory(const RaftScope& scope);

  std::optional<std::string> make(const std::string& words) override;
  const std::optional<Finding>& finding() const override { return finding_; }
  std::vector<std::string> take_lines() override;

 private:
  class Narrator : public trace::Sink {
   public:
    void emit(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
              std::uint64_t d) override;
    void reached(const trace::Probe&) override {}
    std::string speaker;
    std::vector<std::string> lines;
  };
  struct Sent {
    std::uint32_t id;  // of what the walk compares
    raft::Message message;
  };

  std::uint32_t argument_of(const RaftStepWords& step) const;
  void step_parts(const RaftStepWords& step, std::uint32_t argument);
  bool step_core(const RaftStepWords& step, std::uint32_t argument);

  RaftSpace space_;
  RaftSteps steps_;
  RaftSettler settler_;
  RaftSafety safety_;
  RaftState state_;
  std::vector<RaftReplica> replicas_;
  std::vector<Instant> clocks_;
  std::vector<Sent> sent_;
  Narrator narrator_;
  std::optional<Finding> finding_;
};

}  // namespace plumbline::model
