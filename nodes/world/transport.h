#pragma once

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"
#include "nodes/base/unique_function.h"

namespace plumbline {

// What a message is about: the name of its kind (a literal) and two numbers that tell it from
// others of that kind, such as term and index. The simulator decides a message's fate by it, so
// that the fate does not depend on how it is encoded.
struct MessageLabel {
  const char* kind = "message";
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

// Messages between nodes.
//
// A message may be lost, delayed, duplicated and overtaken by others. One that is delivered is
// intact and was sent. A message to an earlier incarnation of a node is never delivered to a later
// one; a message from an earlier incarnation of the sender may still arrive. send() never suspends
// and says nothing about delivery.
class Transport {
 public:
  using Receiver = UniqueFunction<void(NodeId from, BytesView payload)>;

  virtual ~Transport() = default;
  virtual void send(NodeId to, MessageLabel label, Bytes payload) = 0;
  // Called for each delivered message, between tasks; it must not suspend. Until one is set,
  // messages are lost.
  virtual void set_receiver(Receiver receiver) = 0;
};

}  // namespace plumbline
