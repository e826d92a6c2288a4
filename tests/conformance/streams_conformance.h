#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "nodes/fiber/sync.h"
#include "tests/conformance/conformance_world.h"

namespace plumbline::conformance {

template <class W>
class StreamsConformance : public ::testing::Test {
 protected:
  using Server = UniqueFunction<void(Yield&, World&, Stream&)>;

  // Everything up to the end of the peer's writing.
  static Result<std::string> read_all(Yield& yield, Stream& stream) {
    std::string all;
    std::array<char, 4096> buffer;
    for (;;) {
      const Result<std::size_t> count = stream.read(yield, buffer);
      if (!count) return count.error();
      if (*count == 0) return all;
      all.append(buffer.data(), *count);
    }
  }
  static Result<std::string> read_exactly(Yield& yield, Stream& stream, std::size_t wanted) {
    std::string all;
    std::array<char, 4096> buffer;
    while (all.size() < wanted) {
      const std::size_t room = std::min(buffer.size(), wanted - all.size());
      const Result<std::size_t> count = stream.read(yield, std::span(buffer.data(), room));
      if (!count) return count.error();
      if (*count == 0) return all;
      all.append(buffer.data(), *count);
    }
    return all;
  }
  // Node 1 accepts one connection on its first port and serves it.
  void serve(Server server) {
    const Address address = world_.address(1, 0);
    auto listener = world_.world(1).streams.listen(address);
    ASSERT_TRUE(listener.ok()) << listener.error().message();
    world_.spawn(1, [listener = std::move(*listener), server = std::move(server)](
                        Yield& yield, World& world) mutable {
      auto stream = listener->accept(yield);
      if (stream.ok()) server(yield, world, **stream);
    });
  }
  std::unique_ptr<Stream> connect(Yield& yield, World& world) {
    auto stream = world.streams.connect(yield, world_.address(1, 0));
    EXPECT_TRUE(stream.ok());
    return stream.ok() ? std::move(*stream) : nullptr;
  }
  static std::string pattern(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
    return text;
  }

  W world_;
};
TYPED_TEST_SUITE_P(StreamsConformance);

TYPED_TEST_P(StreamsConformance, BytesArriveInOrderInBothDirections) {
  std::string answer;
  this->serve([](Yield& yield, World&, Stream& stream) {
    const auto question = TestFixture::read_exactly(yield, stream, 8);
    ASSERT_TRUE(question.ok());
    EXPECT_TRUE(stream.write(yield, "<" + *question + ">").ok());
    stream.finish_writing();
    EXPECT_EQ(TestFixture::read_all(yield, stream).value(), "");
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = this->connect(yield, world);
    ASSERT_NE(stream, nullptr);
    EXPECT_TRUE(stream->write(yield, "ques").ok());
    EXPECT_TRUE(stream->write(yield, "tion").ok());
    answer = TestFixture::read_all(yield, *stream).value();
    stream->finish_writing();
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(answer, "<question>");
}

TYPED_TEST_P(StreamsConformance, AMegabyteArrivesWholeThroughTheWindow) {
  const std::string sent = TestFixture::pattern(1 << 20);
  std::string received;
  this->serve([&](Yield& yield, World&, Stream& stream) {
    received = TestFixture::read_all(yield, stream).value();
    stream.finish_writing();
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = this->connect(yield, world);
    ASSERT_NE(stream, nullptr);
    EXPECT_TRUE(stream->write(yield, sent).ok());
    stream->finish_writing();
    EXPECT_EQ(TestFixture::read_all(yield, *stream).value(), "");
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_TRUE(received == sent);
}

TYPED_TEST_P(StreamsConformance, AWriterWaitsWhileTheReaderDoesNotRead) {
  const std::string sent = TestFixture::pattern(32 << 20);
  bool written = false;
  bool early = true;
  std::size_t received = 0;
  this->serve([&](Yield& yield, World& world, Stream& stream) {
    world.tasks.sleep_until(yield, world.clock.now() + milliseconds(50));
    early = written;
    received = TestFixture::read_all(yield, stream).value().size();
    stream.finish_writing();
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = this->connect(yield, world);
    ASSERT_NE(stream, nullptr);
    EXPECT_TRUE(stream->write(yield, sent).ok());
    written = true;
    stream->finish_writing();
    EXPECT_TRUE(TestFixture::read_all(yield, *stream).ok());
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_FALSE(early);
  EXPECT_EQ(received, sent.size());
}

TYPED_TEST_P(StreamsConformance, HalfClosedInOneDirectionTheOtherGoesOn) {
  std::string answer;
  this->serve([](Yield& yield, World& world, Stream& stream) {
    EXPECT_EQ(TestFixture::read_all(yield, stream).value(), "all of it");
    world.tasks.sleep_until(yield, world.clock.now() + milliseconds(2));
    EXPECT_TRUE(stream.write(yield, "late answer").ok());
    stream.finish_writing();
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = this->connect(yield, world);
    ASSERT_NE(stream, nullptr);
    EXPECT_TRUE(stream->write(yield, "all of it").ok());
    stream->finish_writing();
    answer = TestFixture::read_all(yield, *stream).value();
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(answer, "late answer");
}

TYPED_TEST_P(StreamsConformance, AResetIsSeenByTheReaderAtTheOtherEnd) {
  Errc seen = Errc::kInvalid;
  this->serve([](Yield& yield, World& world, Stream& stream) {
    EXPECT_TRUE(TestFixture::read_exactly(yield, stream, 2).ok());
    stream.reset();
    world.tasks.sleep_until(yield, world.clock.now() + milliseconds(1));
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = this->connect(yield, world);
    ASSERT_NE(stream, nullptr);
    EXPECT_TRUE(stream->write(yield, "hi").ok());
    const auto result = TestFixture::read_all(yield, *stream);
    if (!result.ok()) seen = result.error().code;
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(seen, Errc::kReset);
}

TYPED_TEST_P(StreamsConformance, AfterItsOwnResetAnEndSaysReset) {
  Errc read_error = Errc::kInvalid;
  Errc write_error = Errc::kInvalid;
  this->serve([](Yield& yield, World&, Stream& stream) {
    EXPECT_FALSE(TestFixture::read_all(yield, stream).ok());
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = this->connect(yield, world);
    ASSERT_NE(stream, nullptr);
    stream->reset();
    std::array<char, 8> buffer;
    const auto read = stream->read(yield, buffer);
    if (!read.ok()) read_error = read.error().code;
    const Status write = stream->write(yield, "x");
    if (!write.ok()) write_error = write.error().code;
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(read_error, Errc::kReset);
  EXPECT_EQ(write_error, Errc::kReset);
}

TYPED_TEST_P(StreamsConformance, DestroyingAnUnfinishedStreamBreaksIt) {
  bool broken = false;
  this->serve([](Yield& yield, World&, Stream& stream) {
    EXPECT_TRUE(TestFixture::read_exactly(yield, stream, 2).ok());
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = this->connect(yield, world);
    ASSERT_NE(stream, nullptr);
    EXPECT_TRUE(stream->write(yield, "hi").ok());
    broken = !TestFixture::read_all(yield, *stream).ok();
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_TRUE(broken);
}

TYPED_TEST_P(StreamsConformance, ConnectingWhereNobodyListensIsRefused) {
  Errc seen = Errc::kInvalid;
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = world.streams.connect(yield, this->world_.address(1, 1));
    if (!stream.ok()) seen = stream.error().code;
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(seen, Errc::kRefused);
}

TYPED_TEST_P(StreamsConformance, ConnectingToAStoppedNodeIsRefused) {
  Errc seen = Errc::kInvalid;
  const Address address = this->world_.address(1, 0);
  auto listener = this->world_.world(1).streams.listen(address);
  ASSERT_TRUE(listener.ok());
  listener->reset();
  this->world_.stop(1);
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = world.streams.connect(yield, address);
    if (!stream.ok()) seen = stream.error().code;
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_EQ(seen, Errc::kRefused);
}

TYPED_TEST_P(StreamsConformance, ATakenPortIsSaidToBeTakenAndIsFreeAgainAfterwards) {
  Streams& streams = this->world_.world(1).streams;
  const Address address = this->world_.address(1, 0);
  auto first = streams.listen(address);
  ASSERT_TRUE(first.ok());
  const auto second = streams.listen(address);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Errc::kExists);
  first->reset();
  EXPECT_TRUE(streams.listen(address).ok());
}

TYPED_TEST_P(StreamsConformance, TheEndOfANodeBreaksItsConnections) {
  bool broken = false;
  bool connected = false;
  this->serve([&](Yield& yield, World& world, Stream&) {
    connected = true;
    world.tasks.sleep_until(yield, world.clock.now() + seconds(3600));
  });
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    const auto stream = this->connect(yield, world);
    ASSERT_NE(stream, nullptr);
    while (!connected) world.tasks.sleep_until(yield, world.clock.now() + milliseconds(1));
    broken = !TestFixture::read_all(yield, *stream).ok();
  });
  // Node 0's body ends only because node 1 is stopped by a third body, on node 0, once both are
  // connected.
  this->world_.spawn(0, [&](Yield& yield, World& world) {
    while (!connected) world.tasks.sleep_until(yield, world.clock.now() + milliseconds(1));
    this->world_.stop(1);
  });
  ASSERT_TRUE(this->world_.run());
  EXPECT_TRUE(broken);
}

REGISTER_TYPED_TEST_SUITE_P(
    StreamsConformance, BytesArriveInOrderInBothDirections, AMegabyteArrivesWholeThroughTheWindow,
    AWriterWaitsWhileTheReaderDoesNotRead, HalfClosedInOneDirectionTheOtherGoesOn,
    AResetIsSeenByTheReaderAtTheOtherEnd, AfterItsOwnResetAnEndSaysReset,
    DestroyingAnUnfinishedStreamBreaksIt, ConnectingWhereNobodyListensIsRefused,
    ConnectingToAStoppedNodeIsRefused, ATakenPortIsSaidToBeTakenAndIsFreeAgainAfterwards,
    TheEndOfANodeBreaksItsConnections);

}  // namespace plumbline::conformance
