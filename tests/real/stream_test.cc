#include "tests/real/support.h"

namespace plumbline::real {
namespace {

// One world that listens and one that dials, on the same loop.
class RealStreams : public RealTest {
 protected:
  void SetUp() override {
    auto listener = server_->world().streams.listen(loopback());
    ASSERT_TRUE(listener.ok()) << listener.error().message();
    listener_ = std::move(*listener);
    address_ = local_address(*listener_);
  }
  void serve(UniqueFunction<void(Yield&, Stream&)> body) {
    server_->world().tasks.spawn("server", [this, body = std::move(body)](Yield& yield) mutable {
      auto stream = listener_->accept(yield);
      ASSERT_TRUE(stream.ok()) << stream.error().message();
      body(yield, **stream);
      served_ = true;
    });
  }
  void dial(UniqueFunction<void(Yield&, Stream&)> body) {
    in_fiber(*client_, [&](Yield& yield) {
      auto stream = client_->world().streams.connect(yield, address_);
      ASSERT_TRUE(stream.ok()) << stream.error().message();
      body(yield, **stream);
    });
  }
  static std::string read_to_end(Yield& yield, Stream& stream) {
    std::string all;
    char piece[4096];
    for (;;) {
      const auto got = stream.read(yield, piece);
      if (!got) return all + "(" + name_of(got.error().code) + ")";
      if (*got == 0) return all;
      all.append(piece, *got);
    }
  }

  std::unique_ptr<AsioWorld> server_ = node(1);
  std::unique_ptr<AsioWorld> client_ = node(2);
  std::unique_ptr<Listener> listener_;
  Address address_;
  bool served_ = false;
};

TEST_F(RealStreams, ReadsMayBeSmallerThanWrites) {
  serve([](Yield& yield, Stream& stream) { ASSERT_TRUE(stream.write(yield, "plumbline").ok()); });
  dial([](Yield& yield, Stream& stream) {
    std::string all;
    char piece[2];
    while (all.size() < 9) {
      const auto got = stream.read(yield, piece);
      ASSERT_TRUE(got.ok());
      ASSERT_GT(*got, 0u);
      all.append(piece, *got);
    }
    EXPECT_EQ(all, "plumbline");
  });
}

TEST_F(RealStreams, HalfCloseLetsTheOtherSideGoOn) {
  serve([](Yield& yield, Stream& stream) {
    const std::string asked = read_to_end(yield, stream);
    ASSERT_TRUE(stream.write(yield, asked + " answered").ok());
    stream.finish_writing();
    EXPECT_EQ(read_to_end(yield, stream), "") << "the end stays the end";
  });
  dial([](Yield& yield, Stream& stream) {
    ASSERT_TRUE(stream.write(yield, "question").ok());
    stream.finish_writing();
    EXPECT_EQ(read_to_end(yield, stream), "question answered");
  });
  EXPECT_TRUE(eventually([&] { return served_; }));
}

TEST_F(RealStreams, ResetIsSeenByBothAndStays) {
  serve([](Yield& yield, Stream& stream) {
    char piece[16];
    ASSERT_EQ(stream.read(yield, piece).value(), 5u);
    stream.reset();
    EXPECT_EQ(error_of(stream.read(yield, piece)), Errc::kReset);
    EXPECT_EQ(error_of(stream.write(yield, "x")), Errc::kReset);
  });
  dial([](Yield& yield, Stream& stream) {
    char piece[16];
    ASSERT_TRUE(stream.write(yield, "hello").ok());
    for (int i = 0; i < 3; ++i) EXPECT_EQ(error_of(stream.read(yield, piece)), Errc::kReset);
    EXPECT_EQ(error_of(stream.write(yield, "x")), Errc::kReset);
  });
}

// "Destroying a stream breaks it unless both sides had finished writing".
TEST_F(RealStreams, DestroyingAnUnfinishedStreamBreaksIt) {
  serve([](Yield& yield, Stream& stream) {
    char piece[16];
    ASSERT_EQ(stream.read(yield, piece).value(), 5u);
  });
  dial([](Yield& yield, Stream& stream) {
    ASSERT_TRUE(stream.write(yield, "hello").ok());
    EXPECT_EQ(read_to_end(yield, stream), "(connection reset)");
  });
}

TEST_F(RealStreams, DestroyingAFinishedStreamLosesNothing) {
  const std::string much(100'000, 'm');
  serve([&](Yield& yield, Stream& stream) {
    EXPECT_EQ(read_to_end(yield, stream), "");
    ASSERT_TRUE(stream.write(yield, much).ok());
    stream.finish_writing();
  });
  dial([&](Yield& yield, Stream& stream) {
    stream.finish_writing();
    // Reading begins after the server's end is gone.
    fiber::Event gone;
    server_->world().tasks.spawn("tells", [&](Yield& other) {
      while (!served_) server_->world().tasks.sleep_until(other, Instant{});
      gone.set();
    });
    gone.wait(yield);
    EXPECT_EQ(read_to_end(yield, stream), much);
  });
}

TEST_F(RealStreams, WriterWaitsForASlowReader) {
  constexpr std::size_t kTotal = 64u << 20;
  std::size_t written = 0;
  bool finished = false;
  fiber::Event drain;
  serve([&](Yield& yield, Stream& stream) {
    const std::string block(1 << 20, 'b');
    for (; written < kTotal; written += block.size()) ASSERT_TRUE(stream.write(yield, block).ok());
    finished = true;
    stream.finish_writing();
    EXPECT_EQ(read_to_end(yield, stream), "");
  });
  std::size_t read = 0;
  bool done = false;
  client_->world().tasks.spawn("reader", [&](Yield& yield) {
    auto stream = client_->world().streams.connect(yield, address_);
    ASSERT_TRUE(stream.ok());
    drain.wait(yield);
    std::string piece(1 << 16, '\0');
    for (;;) {
      const auto got = (*stream)->read(yield, piece);
      ASSERT_TRUE(got.ok());
      if (*got == 0) break;
      read += *got;
    }
    (*stream)->finish_writing();
    done = true;
  });
  // The kernel's buffers fill up; the writer stands still although the loop goes on turning.
  std::size_t before = 0;
  int idle_turns = 0;
  ASSERT_TRUE(eventually([&] {
    idle_turns = written > 0 && written == before ? idle_turns + 1 : 0;
    before = written;
    loop_.post([] {});
    return idle_turns > 20'000;
  }));
  EXPECT_FALSE(finished);
  EXPECT_LT(written, kTotal);
  drain.set();
  ASSERT_TRUE(eventually([&] { return done; }));
  EXPECT_EQ(read, kTotal);
}

TEST_F(RealStreams, CancelledReaderLeavesTheStreamUsable) {
  char never_read[16];
  serve([&](Yield& yield, Stream& stream) {
    bool reading = false;
    const TaskId reader = server_->world().tasks.spawn("reader", [&](Yield& inner) {
      reading = true;
      (void)stream.read(inner, never_read);
      ADD_FAILURE() << "read something after it was cancelled";
    });
    while (!reading) server_->world().tasks.sleep_until(yield, Instant{});
    server_->world().tasks.cancel(reader);
    ASSERT_TRUE(stream.write(yield, "go").ok());
    char piece[16];
    EXPECT_EQ(stream.read(yield, piece).value(), 5u);
  });
  dial([&](Yield& yield, Stream& stream) {
    char piece[16];
    ASSERT_EQ(stream.read(yield, piece).value(), 2u);
    ASSERT_TRUE(stream.write(yield, "after").ok());
    ASSERT_EQ(read_to_end(yield, stream), "(connection reset)");
  });
}

// A reader that always finds bytes still lets the rest of its node run.
TEST_F(RealStreams, BusyReaderLeavesOthersTheirTurn) {
  constexpr int kReads = 1000;
  serve([&](Yield& yield, Stream& stream) {
    ASSERT_TRUE(stream.write(yield, std::string(kReads, 'b')).ok());
    stream.finish_writing();
    EXPECT_EQ(read_to_end(yield, stream), "");
  });
  dial([&](Yield& yield, Stream& stream) {
    char byte[1];
    ASSERT_EQ(stream.read(yield, byte).value(), 1u);
    bool other_ran = false;
    client_->world().tasks.spawn("other", [&](Yield&) { other_ran = true; });
    for (int i = 1; i < kReads; ++i) ASSERT_EQ(stream.read(yield, byte).value(), 1u);
    EXPECT_TRUE(other_ran);
    stream.finish_writing();
  });
}

TEST_F(RealStreams, StoppingTheNodeBreaksItsConnections) {
  bool waiting = false;
  serve([&](Yield& yield, Stream& stream) {
    waiting = true;
    char piece[16];
    (void)stream.read(yield, piece);
    ADD_FAILURE() << "ran on after the end of its node";
  });
  std::string seen;
  client_->world().tasks.spawn("client", [&](Yield& yield) {
    auto stream = client_->world().streams.connect(yield, address_);
    ASSERT_TRUE(stream.ok());
    seen = read_to_end(yield, **stream);
  });
  ASSERT_TRUE(eventually([&] { return waiting; }));
  server_->stop();
  ASSERT_TRUE(eventually([&] { return !seen.empty(); }));
  EXPECT_EQ(seen, "(connection reset)");
}

TEST_F(RealStreams, NobodyListensIsRefused) {
  listener_.reset();
  in_fiber(*client_, [&](Yield& yield) {
    const auto refused = client_->world().streams.connect(yield, address_);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(error_of(refused), Errc::kRefused);
    EXPECT_NE(refused.error().detail.find(text_of(address_)), std::string::npos);
  });
}

TEST_F(RealStreams, BusyPortIsNamed) {
  const auto second = client_->world().streams.listen(address_);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(error_of(second), Errc::kExists);
  EXPECT_NE(second.error().detail.find(text_of(address_)), std::string::npos);
}

TEST_F(RealStreams, ForeignAddressIsInvalid) {
  // 192.0.2.0/24 is for documentation (RFC 5737) and belongs to no machine.
  EXPECT_EQ(error_of(client_->world().streams.listen({"192.0.2.1", 1})), Errc::kInvalid);
}

TEST_F(RealStreams, NamesAreLookedUp) {
  address_.host = "localhost";
  serve([](Yield& yield, Stream& stream) { ASSERT_TRUE(stream.write(yield, "here").ok()); });
  dial([](Yield& yield, Stream& stream) {
    char piece[16];
    EXPECT_EQ(stream.read(yield, piece).value(), 4u);
  });
}

TEST_F(RealStreams, CancelledConnectLeavesNothingBehind) {
  bool dialling = false;
  const TaskId task = client_->world().tasks.spawn("dials", [&](Yield& yield) {
    dialling = true;
    (void)client_->world().streams.connect(yield, address_);
    ADD_FAILURE() << "ran on after it was cancelled";
  });
  ASSERT_TRUE(eventually([&] { return dialling; }));
  client_->world().tasks.cancel(task);
  serve([](Yield& yield, Stream& stream) { EXPECT_EQ(read_to_end(yield, stream), "x"); });
  dial([](Yield& yield, Stream& stream) {
    ASSERT_TRUE(stream.write(yield, "x").ok());
    stream.finish_writing();
  });
}

TEST(RealAddress, Parses) {
  EXPECT_EQ(parse_address("127.0.0.1:80").value(), (Address{"127.0.0.1", 80}));
  EXPECT_EQ(parse_address("[::1]:80").value(), (Address{"::1", 80}));
  EXPECT_EQ(text_of({"::1", 80}), "[::1]:80");
  for (const char* bad : {"", "host", ":80", "host:", "host:x", "host:65536", "::1:80", "h:1x"}) {
    EXPECT_EQ(error_of(parse_address(bad)), Errc::kInvalid) << bad;
  }
}

}  // namespace
}  // namespace plumbline::real
