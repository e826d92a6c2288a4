// A proxy between the transports of two nodes.

#include "real/harness/link_proxy.h"

#include "real/asio/reserved_port.h"
#include "tests/real/support.h"

namespace plumbline::harness {
namespace {

using real::AsioWorld;
using real::AsioWorldOptions;

class LinkProxyTest : public real::RealTest {
 protected:
  std::unique_ptr<LinkProxy> proxy_to(const Address& target) {
    auto proxy = LinkProxy::open(loop_, target, 1);
    EXPECT_TRUE(proxy.ok());
    return std::move(*proxy);
  }
  // Node 2, which keeps what it is sent.
  std::unique_ptr<AsioWorld> receiver(std::uint32_t incarnation, std::uint16_t port = 0) {
    auto world = node(2, incarnation, port);
    world->world().transport.set_receiver([this, incarnation](NodeId, BytesView payload) {
      got_.push_back(std::to_string(incarnation) + ":" + std::string(payload));
    });
    return world;
  }
  std::unique_ptr<AsioWorld> sender(const Address& to) {
    AsioWorldOptions options;
    options.self = NodeId(1);
    options.book = {{NodeId(2), to}};
    return open(std::move(options));
  }
  void connect(AsioWorld& from) {
    ASSERT_TRUE(eventually([&] { return from.connected(NodeId(2)); }));
  }
  static void send(AsioWorld& from, const std::string& text) {
    from.world().transport.send(NodeId(2), {}, text);
  }
  bool has(const std::string& text) const {
    return std::find(got_.begin(), got_.end(), text) != got_.end();
  }

  std::vector<std::string> got_;
};

TEST_F(LinkProxyTest, CarriesMessagesInOrder) {
  const auto two = receiver(1);
  const auto proxy = proxy_to(two->transport_address());
  const auto one = sender(proxy->address());
  connect(*one);
  for (int i = 0; i < 100; ++i) send(*one, std::to_string(i));
  ASSERT_TRUE(eventually([&] { return got_.size() == 100; }));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(got_[i], "1:" + std::to_string(i));
  EXPECT_GT(proxy->counters().carried, 0u);
  EXPECT_EQ(proxy->counters().held, 0u);
}

TEST_F(LinkProxyTest, HoldsWhatIsSentWhileBlockedAndDeliversItLater) {
  const auto two = receiver(1);
  const auto proxy = proxy_to(two->transport_address());
  const auto one = sender(proxy->address());
  connect(*one);
  proxy->set({.blocked = true});
  send(*one, "held");
  ASSERT_TRUE(eventually([&] { return proxy->counters().held > 0; }));
  EXPECT_TRUE(got_.empty());
  EXPECT_TRUE(one->connected(NodeId(2))) << "a partition is no reset";
  proxy->set({});
  ASSERT_TRUE(eventually([&] { return has("1:held"); }));
  EXPECT_EQ(proxy->counters().connections, 1u);
}

// What is cut is one direction: the other has a proxy of its own.
TEST_F(LinkProxyTest, OneDirectionAloneCanBeBlocked) {
  const real::ReservedPort port_one;
  const real::ReservedPort port_two;
  const auto to_two = proxy_to(port_two.address());
  const auto to_one = proxy_to(port_one.address());
  std::vector<std::string> got_by_one;
  const auto open_at = [&](std::uint32_t self, std::uint32_t peer, const Address& peer_at,
                           const Address& at, std::vector<std::string>& got) {
    AsioWorldOptions options;
    options.self = NodeId(self);
    options.listen = at;
    options.book = {{NodeId(peer), peer_at}};
    auto world = open(std::move(options));
    world->world().transport.set_receiver(
        [&got](NodeId, BytesView payload) { got.emplace_back(payload); });
    return world;
  };
  const auto one = open_at(1, 2, to_two->address(), port_one.address(), got_by_one);
  const auto two = open_at(2, 1, to_one->address(), port_two.address(), got_);
  ASSERT_TRUE(eventually([&] { return one->connected(NodeId(2)) && two->connected(NodeId(1)); }));
  to_two->set({.blocked = true});
  one->world().transport.send(NodeId(2), {}, "there");
  two->world().transport.send(NodeId(1), {}, "back");
  ASSERT_TRUE(eventually([&] { return got_by_one.size() == 1; }));
  ASSERT_TRUE(eventually([&] { return to_two->counters().held > 0; }));
  EXPECT_TRUE(got_.empty());
}

TEST_F(LinkProxyTest, DelayKeepsTheOrder) {
  const auto two = receiver(1);
  const auto proxy = proxy_to(two->transport_address());
  const auto one = sender(proxy->address());
  connect(*one);
  proxy->set({.delay_max = milliseconds(20)});
  for (int i = 0; i < 10; ++i) {
    send(*one, std::to_string(i));
    loop_.run_until([] { return false; }, milliseconds(3));  // pieces of their own
  }
  ASSERT_TRUE(eventually([&] { return got_.size() == 10; }));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(got_[i], "1:" + std::to_string(i));
}

TEST_F(LinkProxyTest, ResetConnectionsAreMadeAnew) {
  const auto two = receiver(1);
  const auto proxy = proxy_to(two->transport_address());
  const auto one = sender(proxy->address());
  connect(*one);
  proxy->reset_connections();
  ASSERT_TRUE(eventually([&] { return !one->connected(NodeId(2)); }));
  connect(*one);
  EXPECT_GE(proxy->counters().connections, 2u);
  send(*one, "after");
  ASSERT_TRUE(eventually([&] { return has("1:after"); }));
}

// The transport's contract: a message to an earlier incarnation is never delivered to a later one.
TEST_F(LinkProxyTest, WhatWasHeldForADeadProcessIsNotDeliveredToItsSuccessor) {
  const real::ReservedPort port;
  auto two = receiver(1, port.address().port);
  const auto proxy = proxy_to(port.address());
  const auto one = sender(proxy->address());
  connect(*one);
  proxy->set({.blocked = true});
  send(*one, "for the dead");
  ASSERT_TRUE(eventually([&] { return proxy->counters().held > 0; }));
  two.reset();
  ASSERT_TRUE(eventually([&] { return !one->connected(NodeId(2)); }));
  two = receiver(2, port.address().port);
  proxy->set({});
  connect(*one);
  send(*one, "for the living");
  ASSERT_TRUE(eventually([&] { return has("2:for the living"); }));
  EXPECT_EQ(got_.size(), 1u);
}

}  // namespace
}  // namespace plumbline::harness
