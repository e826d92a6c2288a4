#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/history/history.h"
#include "nodes/base/time.h"
#include "nodes/base/unique_function.h"

namespace plumbline::scenarios {

// Writes down what clients did, on the true clock, as the checker house reads it. Lives outside the
// clients, so that a client's death leaves its operation in flight recorded as unknown.
class Recorder {
 public:
  using Now = UniqueFunction<TrueTime()>;

  explicit Recorder(Now now) : now_(std::move(now)) {}

  // Returns the operation's index, for answered(). One operation at a time per process.
  std::size_t invoked(std::int64_t process, checker::Function function, std::string key,
                      std::vector<checker::Value> arguments);
  // Fills in result, outcome, revision, server and note; the time is now.
  void answered(std::size_t index, checker::Operation answer);
  // The process is gone: what it had in flight is unknown.
  void process_ended(std::int64_t process);
  // The run is over: what is still in flight is unknown, and was waiting to the end.
  void run_ended();

  const checker::History& history() const { return history_; }
  checker::History& history() { return history_; }
  // Operations in flight now.
  std::vector<std::size_t> open() const;

 private:
  struct Open {
    std::int64_t process;
    std::size_t index;
  };
  void close(std::size_t index);

  Now now_;
  checker::History history_;
  std::vector<Open> open_;
};

}  // namespace plumbline::scenarios
