#pragma once

#include <map>
#include <memory>
#include <optional>

#include "network/wire/messages.pb.h"
#include "nodes/client/channel.h"
#include "real/asio/asio_world.h"

namespace plumbline::harness {

// Asks each server of a cluster how far it is, again and again while it lives. A node of its own,
// so that it needs nothing but what a client may ask.
class Observer {
 public:
  // Errors: those of opening a world.
  static Result<std::unique_ptr<Observer>> open(real::EventLoop& loop,
                                                std::vector<client::Server> servers);
  ~Observer();

  // Each answered lately, and all have applied the same log to its end.
  bool all_caught_up() const;
  // A line per server.
  std::string describe() const;
  // The one that last said that it leads the highest term.
  std::optional<NodeId> leader() const;

 private:
  struct Parts;
  explicit Observer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace plumbline::harness
