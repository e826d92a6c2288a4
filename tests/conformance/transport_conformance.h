#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "nodes/fiber/sync.h"
#include "tests/conformance/conformance_world.h"

namespace plumbline::conformance {

template <class W>
class TransportConformance : public ::testing::Test {
 protected:
  // Sends until `got` is true: a transport may lose, so a single send proves nothing.
  static void send_until(Yield& yield, World& world, NodeId to, const std::string& payload,
                         const bool& got) {
    for (std::uint64_t i = 0; i < 1'000 && !got; ++i) {
      world.transport.send(to, {"conformance", i, payload.size()}, payload);
      world.tasks.sleep_until(yield, world.clock.now() + milliseconds(5));
    }
  }

  W world_;
};
TYPED_TEST_SUITE_P(TransportConformance);

TYPED_TEST_P(TransportConformance, AMessageArrivesIntactWithItsSender) {
  const std::string payload = std::string("\0\xff", 2) + std::string(100'000, 'x');
  std::string received;
  NodeId sender;
  bool got = false;
  this->world_.world(1).transport.set_receiver([&](NodeId from, BytesView bytes) {
    received = bytes;
    sender = from;
    got = true;
  });
  const NodeId to = this->world_.world(1).self;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    TestFixture::send_until(yield, world, to, payload, got);
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_TRUE(received == payload);
  EXPECT_EQ(sender, this->world_.world(0).self);
}

TYPED_TEST_P(TransportConformance, AnEmptyMessageArrives) {
  bool got = false;
  this->world_.world(1).transport.set_receiver(
      [&](NodeId, BytesView bytes) { got = bytes.empty(); });
  const NodeId to = this->world_.world(1).self;
  this->world_.spawn(
      0, [&](Yield& yield, World& world) { TestFixture::send_until(yield, world, to, "", got); });
  ASSERT_TRUE(this->world_.run());
  EXPECT_TRUE(got);
}

TYPED_TEST_P(TransportConformance, ANodeCanSendToItselfAndNeverInsideTheCall) {
  bool got = false;
  bool inside = false;
  World& self = this->world_.world(0);
  self.transport.set_receiver([&](NodeId from, BytesView bytes) {
    got = from == this->world_.world(0).self && bytes == "me";
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    world.transport.send(world.self, {"conformance", 0, 0}, "me");
    inside = got;
    TestFixture::send_until(yield, world, world.self, "me", got);
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_FALSE(inside);
  EXPECT_TRUE(got);
}

TYPED_TEST_P(TransportConformance, MessagesGoBothWays) {
  bool asked = false;
  bool answered = false;
  this->world_.world(1).transport.set_receiver([&](NodeId from, BytesView) {
    asked = true;
    this->world_.world(1).transport.send(from, {"answer", 0, 0}, "answer");
  });
  this->world_.world(0).transport.set_receiver(
      [&](NodeId, BytesView bytes) { answered = bytes == "answer"; });
  const NodeId to = this->world_.world(1).self;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    TestFixture::send_until(yield, world, to, "question", answered);
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_TRUE(asked);
  EXPECT_TRUE(answered);
}

TYPED_TEST_P(TransportConformance, OnlyWhatWasSentArrives) {
  constexpr int kMessages = 200;
  std::set<std::string> sent;
  std::set<std::string> received;
  this->world_.world(1).transport.set_receiver(
      [&](NodeId, BytesView bytes) { received.insert(std::string(bytes)); });
  const NodeId to = this->world_.world(1).self;
  for (int i = 0; i < kMessages; ++i)
    sent.insert("message " + std::to_string(i) + std::string(i * 7, 'm'));
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    for (std::uint64_t round = 0; round < 1'000 && received != sent; ++round) {
      std::uint64_t i = 0;
      for (const std::string& payload : sent) {
        world.transport.send(to, {"conformance", i++, round}, payload);
      }
      world.tasks.sleep_until(yield, world.clock.now() + milliseconds(5));
    }
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_TRUE(received == sent);
}

// What was sent to an incarnation that is gone never reaches the next one.
TYPED_TEST_P(TransportConformance, AMessageToAnEarlierIncarnationNeverReachesALaterOne) {
  const NodeId to = this->world_.world(1).self;
  this->world_.stop(1);
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    for (std::uint64_t i = 0; i < 20; ++i) world.transport.send(to, {"old", i, 0}, "old");
    world.tasks.sleep_until(yield, world.clock.now() + milliseconds(20));
  });
  ASSERT_TRUE(this->world_.run());
  this->world_.restart(1);
  bool old = false;
  bool got = false;
  this->world_.world(1).transport.set_receiver([&](NodeId, BytesView bytes) {
    if (bytes == "old") old = true;
    if (bytes == "new") got = true;
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    TestFixture::send_until(yield, world, to, "new", got);
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_TRUE(got);
  EXPECT_FALSE(old);
}

TYPED_TEST_P(TransportConformance, SendingToNobodyIsSilent) {
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    world.transport.send(NodeId(60'000), {"conformance", 0, 0}, "nobody");
    world.tasks.sleep_until(yield, world.clock.now() + milliseconds(5));
  });
  EXPECT_TRUE(this->world_.run());
}

REGISTER_TYPED_TEST_SUITE_P(TransportConformance, AMessageArrivesIntactWithItsSender,
                            AnEmptyMessageArrives, ANodeCanSendToItselfAndNeverInsideTheCall,
                            MessagesGoBothWays, OnlyWhatWasSentArrives,
                            AMessageToAnEarlierIncarnationNeverReachesALaterOne,
                            SendingToNobodyIsSilent);

}  // namespace plumbline::conformance
