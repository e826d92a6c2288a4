#pragma once

#include <string>

#include "scenarios/client/recorded_client.h"
#include "scenarios/workload/workload.h"

namespace plumbline::scenarios {

// The life that clients of all workloads share: think, do the next operation, and when all are done
// and the faults are over, read every key once. What an operation is, the workload says.
class ClientLoop : public Node {
 public:
  explicit ClientLoop(ClientContext context);

 protected:
  // Does operation number `n`; `decision` is the key that every draw about it starts from.
  virtual void operate(Yield& yield, std::uint64_t n) = 0;
  virtual void read_back(Yield& yield, const std::string& key) = 0;

  Key key_for(const char* purpose, std::uint64_t n) const;
  std::string pick_key(std::uint64_t n);
  std::string key_name(std::uint64_t number) const;
  // Unique over the run: client and operation number.
  std::int64_t unique_value(std::uint64_t n) const;

  ClientContext context_;
  RecordedClient client_;

 private:
  void run(Yield& yield);
};

}  // namespace plumbline::scenarios
