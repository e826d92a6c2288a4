#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"
#include "nodes/client/channel.h"
#include "nodes/client/session_file.h"
#include "nodes/world/world.h"

namespace plumbline::client {

// What became of an operation. There are three answers, not two: an operation that is *unknown* may
// have taken effect, may yet, or never will, and no client may turn that into a failure.
enum class Fate { kOk, kFailed, kUnknown };

struct Outcome {
  Fate fate = Fate::kUnknown;
  // kOk: of the mutation made or of the state read. Zero when unknown.
  Revision revision;
  // get: the value, none when absent. compare_and_swap that failed: what was there, when
  // `observed`.
  std::optional<Bytes> value;
  bool mismatch = false;  // kFailed because another value was there; `value` is what it was
  NodeId server;          // who answered; zero when nobody did
  std::string detail;
};

struct Options {
  std::vector<Server> servers;
  GroupId group{1};
  // One try on one server; an operation tries until its deadline.
  Duration attempt_timeout = milliseconds(500);
  Duration pause_between_attempts = milliseconds(20);
  // With a session, mutations are retried and take effect at most once (R-raft-25); without, a
  // mutation that was sent and not answered is unknown at once.
  bool session = false;
};

// A client of a replicated store. One operation at a time; each takes a deadline on the node's
// clock and always ends by it (R-raft-24). Suspends in every call.
class KvClient {
 public:
  KvClient(World& world, Options options);
  ~KvClient();

  Outcome get(Yield& yield, const Bytes& key, Instant deadline);
  Outcome put(Yield& yield, const Bytes& key, const Bytes& value, Instant deadline);
  Outcome remove(Yield& yield, const Bytes& key, Instant deadline);
  Outcome append(Yield& yield, const Bytes& key, const Bytes& value, Instant deadline);
  // `expected` none: the key must be absent.
  Outcome compare_and_swap(Yield& yield, const Bytes& key, const std::optional<Bytes>& expected,
                           const Bytes& value, Instant deadline);

 private:
  Outcome mutate(Yield& yield, wire::Command command, Instant deadline);
  bool ensure_session(Yield& yield, Instant deadline);
  // Tries servers until one gives a final answer or the deadline passes. `may_repeat`: sending it
  // twice is harmless.
  Outcome attempt_until(Yield& yield, wire::ClientRequest request, bool may_repeat,
                        Instant deadline);
  void choose_next_server(NodeId hint);
  void forget_session();

  World& world_;
  Options options_;
  std::size_t current_ = 0;
  std::unique_ptr<Channel> channel_;
  std::uint64_t next_request_ = 1;
  SessionFile session_file_;
  SessionState session_;
  bool session_loaded_ = false;
  SessionId opened_;  // set by the answer to OPEN_SESSION
};

}  // namespace plumbline::client
