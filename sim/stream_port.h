#pragma once

#include <deque>
#include <memory>

#include "sim/connections.h"
#include "sim/machine.h"

namespace plumbline::sim {

class SimStream : public Stream {
 public:
  SimStream(Connections& connections, std::shared_ptr<Connection> connection, int side)
      : connections_(connections), connection_(std::move(connection)), side_(side) {
    connection_->ends[side_].attached = true;
  }
  ~SimStream() override { connections_.detach(connection_, side_); }

  Result<std::size_t> read(Yield& yield, std::span<char> into) override {
    return connections_.read(yield, *connection_, side_, into);
  }
  Status write(Yield& yield, BytesView bytes) override {
    return connections_.write(yield, connection_, side_, bytes);
  }
  void finish_writing() override { connections_.finish_writing(connection_, side_); }
  void reset() override { connections_.reset(connection_, side_); }

 private:
  Connections& connections_;
  std::shared_ptr<Connection> connection_;
  int side_;
};

class SimListener : public Listener {
 public:
  SimListener(Connections& connections, Owner owner, std::uint16_t port)
      : connections_(connections), owner_(owner), port_(port) {}
  ~SimListener() override { connections_.close(*this); }

  Result<std::unique_ptr<Stream>> accept(Yield& yield) override {
    while (waiting_.empty()) {
      acceptor_ = yield.waker();
      yield.suspend();
    }
    std::unique_ptr<Stream> stream = std::move(waiting_.front());
    waiting_.pop_front();
    return stream;
  }
  void push(std::unique_ptr<Stream> stream) {
    waiting_.push_back(std::move(stream));
    acceptor_.wake();
  }
  Owner owner() const { return owner_; }
  std::uint16_t port() const { return port_; }

 private:
  Connections& connections_;
  Owner owner_;
  std::uint16_t port_;
  std::deque<std::unique_ptr<Stream>> waiting_;
  fiber::Waker acceptor_;
};

}  // namespace plumbline::sim
