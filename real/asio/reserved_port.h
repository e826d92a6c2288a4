#pragma once

#include "nodes/world/streams.h"

namespace plumbline::real {

// A port of 127.0.0.1 that nobody else is given while this lives. A process of ours can listen on
// it meanwhile, stop and listen again, which a port that was merely found free does not promise;
// between times a connection is refused.
class ReservedPort {
 public:
  ReservedPort();
  ~ReservedPort();
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;

  Address address() const { return {"127.0.0.1", port_}; }

 private:
  int descriptor_;
  std::uint16_t port_ = 0;
};

}  // namespace plumbline::real
