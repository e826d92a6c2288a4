#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"

namespace plumbline {

class Yield;

struct Address {
  std::string
      host;  // a name or an address that the world understands; simulated nodes are "n1", "n2", ...
  std::uint16_t port = 0;

  friend bool operator==(const Address&, const Address&) = default;
};

// One end of a connection: bytes in order until it ends or breaks.
//
// A break may strike at any byte; what was written and not yet read by the peer may be lost, and
// both ends see kReset at their next call. How bytes were split over writes is not preserved.
// Destroying a stream breaks it unless both sides had finished writing.
class Stream {
 public:
  virtual ~Stream() = default;
  // Suspends until at least one byte is there. Returns how many, 0 when the peer has finished
  // writing.
  virtual Result<std::size_t> read(Yield& yield, std::span<char> into) = 0;
  // Suspends while the peer's window is full. Success says only that the bytes left.
  virtual Status write(Yield& yield, BytesView bytes) = 0;
  // The peer reads to the end and then sees 0; reading here goes on.
  virtual void finish_writing() = 0;
  virtual void reset() = 0;
};

class Listener {
 public:
  virtual ~Listener() = default;
  // Suspends until somebody connects.
  virtual Result<std::unique_ptr<Stream>> accept(Yield& yield) = 0;
};

// Connections, for clients.
class Streams {
 public:
  virtual ~Streams() = default;
  // Errors: kExists when the port is taken, kInvalid for an address that is not this node's.
  virtual Result<std::unique_ptr<Listener>> listen(const Address& address) = 0;
  // Suspends until connected. Errors: kRefused; kReset; it may also take very long, so a caller
  // sets a limit of its own.
  virtual Result<std::unique_ptr<Stream>> connect(Yield& yield, const Address& address) = 0;
};

}  // namespace plumbline
