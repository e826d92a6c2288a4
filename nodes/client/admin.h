#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "network/wire/messages.pb.h"
#include "nodes/client/channel.h"
#include "nodes/client/kv_client.h"
#include "nodes/world/world.h"

namespace plumbline::client {

struct MemberChange {
  enum class Kind {
    kAddLearner,
    kAddVoter,  // a learner that becomes a voter by itself when it has caught up
    kPromote,
    kRemove,
  };
  Kind kind = Kind::kAddLearner;
  ReplicaId replica;   // one that is added bears a number that no member ever had
  NodeId node;         // where the added one lives
  ReplicaId replaces;  // kAddVoter: leaves when the other becomes a voter
  bool at_once = false;
};

// All of them in one step, or none.
struct MemberChanges {
  std::vector<MemberChange> changes;
  // When set, they are made only while the members are those of this index (Status: members.index).
  LogIndex if_configuration = {};
};

struct AdminOutcome {
  Fate fate = Fate::kUnknown;
  // Why it failed, by name: CHANGE_PENDING, INVALID, NOT_CAUGHT_UP... Of the last answer.
  wire::ClientReply::Result result = wire::ClientReply::UNSPECIFIED;
  std::string detail;
  NodeId server;  // who answered; zero when nobody did
};

// What an operator asks of a store: its state and changes of its members. One request at a time;
// each ends by its deadline. Suspends in every call.
class Admin {
 public:
  Admin(World& world, Options options);

  // What one server says of itself; nothing when it does not answer in time.
  std::optional<wire::Status> status(Yield& yield, const Server& server, Instant deadline);
  // Asked of whoever leads. Refusals that pass by themselves are tried
  // again until the deadline. Never sent again once its fate is open: after kUnknown, status()
  // tells what the members are.
  AdminOutcome change_members(Yield& yield, const MemberChanges& changes, Instant deadline);
  // To the voter `to`; zero: to whoever is furthest.
  AdminOutcome transfer_leadership(Yield& yield, ReplicaId to, Instant deadline);

 private:
  wire::ClientRequest request();
  AdminOutcome ask_leader(Yield& yield, wire::ClientRequest request, Instant deadline);
  void go_to(NodeId hint);

  World& world_;
  Options options_;
  std::size_t current_ = 0;
  std::uint64_t next_request_ = 1;
};

}  // namespace plumbline::client
