#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/ids.h"
#include "real/asio/reserved_port.h"
#include "real/harness/child_process.h"

namespace plumbline::harness {

// One store node of the cluster: its ports and files, which stay, and its process, which comes and
// goes.
class StoreProcess {
 public:
  struct Options {
    NodeId node;
    std::string plumbd;
    std::string data;
    std::string log;  // of all its processes, one after the other
  };

  explicit StoreProcess(Options options) : options_(std::move(options)) {}

  NodeId node() const { return options_.node; }
  const std::string& log() const { return options_.log; }
  Address peers_address() const { return peers_port_.address(); }
  Address clients_address() const { return clients_port_.address(); }
  // Everything but what this object knows itself.
  void set_flags(std::vector<std::string> flags) { flags_ = std::move(flags); }

  // Nothing when it is up. Errors: kNotFound, kIo.
  Status start();
  // Ends its process at an instant.
  void kill();
  // Asks its process to end in good order. Until that has ended, start() kills it first.
  void terminate();
  void signal(int number);
  bool is_up();
  // Whether its last process is gone, and no longer on its way.
  bool has_ended() { return !child_ || child_->ended(); }
  // Whether the process that runs now has said that it serves clients.
  bool is_ready();
  // A process that nobody had killed ended, or not in good order when it was asked to: how, and its
  // last words. The first one counts.
  const std::optional<std::string>& died_by_itself();
  bool died_by_signal() const { return died_by_signal_; }
  pid_t process() const { return child_ ? child_->id() : 0; }

 private:
  enum class Ending { kNotExpected, kAsked, kKilled };

  void notice_end();
  void note_death(const std::string& how, const ProcessEnd& end);

  Options options_;
  std::vector<std::string> flags_;
  real::ReservedPort peers_port_;
  real::ReservedPort clients_port_;
  std::unique_ptr<ChildProcess> child_;
  Ending ending_ = Ending::kNotExpected;
  std::uint64_t log_begins_at_ = 0;  // of the process that runs now
  std::optional<std::string> died_;
  bool died_by_signal_ = false;
};

}  // namespace plumbline::harness
