#include "real/asio/transport_format.h"
#include "tests/real/support.h"

namespace plumbline::real {
namespace {

class RealTransport : public RealTest {
 protected:
  using Received = std::vector<std::pair<std::uint32_t, std::string>>;

  static void record(AsioWorld& world, Received& into) {
    world.world().transport.set_receiver([&into](NodeId from, BytesView payload) {
      into.emplace_back(from.value, std::string(payload));
    });
  }
  static void send(AsioWorld& world, std::uint32_t to, std::string payload) {
    world.world().transport.send(NodeId(to), {}, std::move(payload));
  }
  static void introduce(AsioWorld& one, std::uint32_t id, AsioWorld& other,
                        std::uint32_t other_id) {
    one.set_peer(NodeId(other_id), other.transport_address());
    other.set_peer(NodeId(id), one.transport_address());
  }
  void await_connected(AsioWorld& world, std::uint32_t peer) {
    ASSERT_TRUE(eventually([&] { return world.connected(NodeId(peer)); }));
  }
  // Opens a plain connection to the transport of `world`, writes `bytes`, and returns what came
  // until the end.
  std::string talk_rudely(AsioWorld& world, const std::string& bytes) {
    std::string heard;
    const auto rude = node(99);
    in_fiber(*rude, [&](Yield& yield) {
      auto stream = rude->world().streams.connect(yield, world.transport_address());
      ASSERT_TRUE(stream.ok());
      ASSERT_TRUE((*stream)->write(yield, bytes).ok());
      char piece[64];
      for (;;) {
        const auto got = (*stream)->read(yield, piece);
        if (!got || *got == 0) break;
        heard.append(piece, *got);
      }
    });
    return heard;
  }

  std::unique_ptr<AsioWorld> one_ = node(1);
  std::unique_ptr<AsioWorld> two_ = node(2);
};

TEST_F(RealTransport, DeliversIntactWithTheSendersName) {
  Received at_two;
  Received at_one;
  record(*one_, at_one);
  record(*two_, at_two);
  introduce(*one_, 1, *two_, 2);
  await_connected(*one_, 2);
  await_connected(*two_, 1);
  const std::string large(5 << 20, 'L');
  send(*one_, 2, "a");
  send(*one_, 2, "");
  send(*one_, 2, large);
  send(*two_, 1, "b");
  ASSERT_TRUE(eventually([&] { return at_two.size() == 3 && at_one.size() == 1; }));
  EXPECT_EQ(at_two, (Received{{1, "a"}, {1, ""}, {1, large}}));
  EXPECT_EQ(at_one, (Received{{2, "b"}}));
}

TEST_F(RealTransport, MessageToOneselfArrivesLater) {
  Received received;
  record(*one_, received);
  send(*one_, 1, "self");
  EXPECT_TRUE(received.empty());
  ASSERT_TRUE(eventually([&] { return !received.empty(); }));
  EXPECT_EQ(received, (Received{{1, "self"}}));
}

TEST_F(RealTransport, UnknownPeerIsALossNotAnError) {
  Received received;
  record(*one_, received);
  send(*one_, 77, "nobody");
  send(*one_, 1, "after");
  ASSERT_TRUE(eventually([&] { return !received.empty(); }));
  EXPECT_EQ(received.size(), 1u);
}

TEST_F(RealTransport, ReconnectsAfterThePeerRestarts) {
  introduce(*one_, 1, *two_, 2);
  await_connected(*one_, 2);
  const std::uint16_t port = two_->transport_address().port;
  two_->stop();
  ASSERT_TRUE(eventually([&] { return !one_->connected(NodeId(2)); }));
  two_ = node(2, 2, port);
  Received received;
  record(*two_, received);
  await_connected(*one_, 2);
  send(*one_, 2, "welcome back");
  ASSERT_TRUE(eventually([&] { return !received.empty(); }));
  EXPECT_EQ(received, (Received{{1, "welcome back"}}));
}

// Transport: "a message to an earlier incarnation of a node is never delivered to a later one".
TEST_F(RealTransport, NothingMeantForTheDeadReachesItsSuccessor) {
  introduce(*one_, 1, *two_, 2);
  await_connected(*one_, 2);
  const std::uint16_t port = two_->transport_address().port;
  // More than the kernel takes while nobody reads, so that what follows waits in the queue when the
  // connection ends.
  send(*one_, 2, std::string(16 << 20, 'x'));
  loop_.post([&] {
    send(*one_, 2, "to the first incarnation, before its end");
    two_->stop();
    send(*one_, 2, "to the first incarnation, after its end");
  });
  ASSERT_TRUE(eventually([&] { return !one_->connected(NodeId(2)); }));
  send(*one_, 2, "to nobody");
  two_ = node(2, 2, port);
  Received received;
  record(*two_, received);
  await_connected(*one_, 2);
  send(*one_, 2, "to the second");
  ASSERT_TRUE(eventually([&] { return !received.empty(); }));
  EXPECT_EQ(received, (Received{{1, "to the second"}}));
}

TEST_F(RealTransport, FollowsAPeerThatMoved) {
  introduce(*one_, 1, *two_, 2);
  await_connected(*one_, 2);
  two_->stop();
  two_ = node(2, 2);
  Received received;
  record(*two_, received);
  one_->set_peer(NodeId(2), two_->transport_address());
  EXPECT_FALSE(one_->connected(NodeId(2)));
  await_connected(*one_, 2);
  send(*one_, 2, "found");
  ASSERT_TRUE(eventually([&] { return !received.empty(); }));
}

// A peer that reads nothing: the queue fills to its bound and the rest is lost, while send()
// returns at once.
TEST_F(RealTransport, FullQueueDropsAndNeverBlocks) {
  AsioWorldOptions options;
  options.self = NodeId(3);
  options.queue_bytes_max = 1 << 20;
  const auto sender = open(std::move(options));
  auto listener = two_->world().streams.listen(loopback());
  ASSERT_TRUE(listener.ok());
  two_->world().tasks.spawn("deaf", [&](Yield& yield) {
    auto stream = (*listener)->accept(yield);
    char hello[kHelloBytes];
    std::size_t got = 0;
    while (got < kHelloBytes) got += (*stream)->read(yield, std::span(hello).subspan(got)).value();
    const Bytes answer = encode_hello({0, NodeId(5), Incarnation(1), NodeId(3)});
    ASSERT_TRUE((*stream)->write(yield, answer).ok());
    two_->world().tasks.sleep_until(yield, Instant::never());
  });
  sender->set_peer(NodeId(5), local_address(**listener));
  await_connected(*sender, 5);
  const std::string message(100'000, 'q');
  ASSERT_TRUE(eventually([&] {
    send(*sender, 5, message);
    return sink_.saw("asio.queue_full");
  }));
  EXPECT_TRUE(sender->connected(NodeId(5)));
}

TEST_F(RealTransport, MalformedFrameClosesTheConnection) {
  Received received;
  record(*one_, received);
  std::string bytes = encode_hello({0, NodeId(8), Incarnation(1), NodeId(1)});
  append_frame(bytes, "good");
  std::string bad;
  append_frame(bad, "spoilt");
  bad.back() ^= 1;
  const std::string answer = talk_rudely(*one_, bytes + bad + bytes);
  EXPECT_EQ(answer.size(), kHelloBytes) << "the hello was answered";
  EXPECT_EQ(received, (Received{{8, "good"}}));
  EXPECT_TRUE(sink_.saw("asio.frame_malformed"));
}

TEST_F(RealTransport, EndlessFrameIsRefusedByItsLength) {
  std::string bytes = encode_hello({0, NodeId(8), Incarnation(1), NodeId(1)});
  EXPECT_EQ(talk_rudely(*one_, bytes + std::string(8, '\xff')).size(), kHelloBytes);
  EXPECT_TRUE(sink_.saw("asio.frame_malformed"));
}

TEST_F(RealTransport, OnlyAHelloToThisNodeOfThisClusterIsAnswered) {
  const std::vector<std::string> refused = {
      encode_hello({0, NodeId(8), Incarnation(1), NodeId(2)}),  // to another node
      encode_hello({1, NodeId(8), Incarnation(1), NodeId(1)}),  // of another cluster
      encode_hello({0, NodeId(1), Incarnation(1), NodeId(1)}),  // from somebody of its own name
      "GET / HTTP/1.1\r\nHost: plumbline\r\n\r\n",
      std::string(kHelloBytes, '\0'),
  };
  for (const std::string& bytes : refused) EXPECT_EQ(talk_rudely(*one_, bytes), "");
  EXPECT_TRUE(sink_.saw("asio.hello_refused"));
}

TEST_F(RealTransport, WrongAddressInTheBookIsNotMistakenForThePeer) {
  one_->set_peer(NodeId(3), two_->transport_address());
  ASSERT_TRUE(eventually([&] { return sink_.saw("asio.hello_refused"); }));
  EXPECT_FALSE(one_->connected(NodeId(3)));
}

TEST_F(RealTest, BusyTransportPortIsNamed) {
  const auto first = node(1);
  AsioWorldOptions options;
  options.self = NodeId(2);
  options.listen = first->transport_address();
  const auto second = AsioWorld::open(loop_, std::move(options), sink_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(error_of(second), Errc::kExists);
  EXPECT_NE(second.error().detail.find(text_of(first->transport_address())), std::string::npos);
}

TEST(RealFrames, SurviveAnyCutting) {
  std::vector<std::string> sent = {"", "a", std::string(300'000, 'x'), "tail", ""};
  std::string bytes;
  for (const std::string& payload : sent) append_frame(bytes, payload);
  for (const std::size_t step : {1ul, 7ul, 8ul, 4096ul, 1ul << 20}) {
    FrameReader reader;
    std::vector<std::string> got;
    for (std::size_t at = 0; at < bytes.size();) {
      const auto room = reader.room();
      const std::size_t size = std::min({step, bytes.size() - at, room.size()});
      std::copy_n(bytes.data() + at, size, room.data());
      reader.committed(size);
      at += size;
      while (reader.next() == FrameReader::Next::kFrame) got.emplace_back(reader.frame());
    }
    EXPECT_EQ(got, sent) << "cut into " << step;
  }
}

TEST(RealFrames, NoFlippedBitPasses) {
  std::string bytes;
  append_frame(bytes, "payload");
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    FrameReader reader;
    std::copy(flipped.begin(), flipped.end(), reader.room().begin());
    reader.committed(flipped.size());
    EXPECT_NE(reader.next(), FrameReader::Next::kFrame) << "bit " << bit;
  }
}

TEST(RealFrames, HelloRoundTripAndEveryFlippedBit) {
  const Bytes bytes = encode_hello({0x1122334455667788, NodeId(3), Incarnation(9), NodeId(4)});
  const auto hello = decode_hello(bytes);
  ASSERT_TRUE(hello.has_value());
  EXPECT_EQ(hello->cluster, 0x1122334455667788u);
  EXPECT_EQ(hello->from, NodeId(3));
  EXPECT_EQ(hello->incarnation, Incarnation(9));
  EXPECT_EQ(hello->to, NodeId(4));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(decode_hello(flipped).has_value()) << "bit " << bit;
  }
}

}  // namespace
}  // namespace plumbline::real
