#pragma once

#include <memory>

#include "nodes/world/streams.h"
#include "real/asio/life.h"

namespace plumbline::real {

// TCP connections for clients.
class AsioStreams : public Streams {
 public:
  explicit AsioStreams(std::shared_ptr<Life> life) : life_(std::move(life)) {}

  Result<std::unique_ptr<Listener>> listen(const Address& address) override;
  Result<std::unique_ptr<Stream>> connect(Yield& yield, const Address& address) override;

 private:
  std::shared_ptr<Life> life_;
};

}  // namespace plumbline::real
