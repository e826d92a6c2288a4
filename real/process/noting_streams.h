#pragma once

#include <memory>

#include "nodes/base/unique_function.h"
#include "nodes/world/streams.h"
#include "real/asio/address.h"

namespace plumbline::process {

// A node's Streams, with somebody told where the node listens, or why it cannot: a replica listens
// when it has recovered, so that is also when it is ready.
class NotingStreams : public Streams {
 public:
  using Listening = UniqueFunction<void(const Result<Address>& where)>;

  NotingStreams(Streams& inner, Listening listening)
      : inner_(inner), listening_(std::move(listening)) {}

  Result<std::unique_ptr<Listener>> listen(const Address& address) override {
    Result<std::unique_ptr<Listener>> listener = inner_.listen(address);
    listening_(listener ? Result<Address>(real::local_address(**listener))
                        : Result<Address>(listener.error()));
    return listener;
  }
  Result<std::unique_ptr<Stream>> connect(Yield& yield, const Address& address) override {
    return inner_.connect(yield, address);
  }

 private:
  Streams& inner_;
  Listening listening_;
};

}  // namespace plumbline::process
