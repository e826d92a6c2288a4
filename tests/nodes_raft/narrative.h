#pragma once

#include <map>
#include <string>
#include <vector>

#include "nodes/raft/describe.h"
#include "nodes/trace/trace.h"

namespace plumbline::raft::testing {

// The text of a record: {a} to {d} replaced by its numbers.
std::string narrate(const trace::Kind& kind, const std::uint64_t (&numbers)[4]);

// Keeps what is told as lines "r2: text", and counts the probes.
class Narrator : public trace::Sink {
 public:
  explicit Narrator(bool keep_lines) : keep_lines_(keep_lines) {}

  void speak_for(ReplicaId id) { speaker_ = id; }
  void say(const std::string& line);
  void emit(const trace::Kind& kind, std::uint64_t a, std::uint64_t b, std::uint64_t c,
            std::uint64_t d) override;
  void reached(const trace::Probe& probe) override;

  // What was said since the last call.
  std::vector<std::string> take_lines();
  const std::map<std::string, std::uint64_t>& probes() const { return probes_; }

 private:
  bool keep_lines_;
  ReplicaId speaker_;
  std::vector<std::string> lines_;
  std::map<std::string, std::uint64_t> probes_;
};

}  // namespace plumbline::raft::testing
