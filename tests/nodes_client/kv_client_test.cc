#include "nodes/client/kv_client.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "network/wire/frame.h"
#include "tests/nodes_client/fixture.h"

namespace plumbline::client::test {
namespace {

using Reply = wire::ClientReply;

Instant in(World& world, Duration time) { return world.clock.now() + time; }

// One put with two seconds to live: what came of it.
Outcome put(Bench& bench, Options options = {}) {
  Outcome outcome;
  bench.run(std::move(options), [&outcome](Yield& yield, World& world, KvClient& store) {
    const Instant deadline = in(world, seconds(2));
    outcome = store.put(yield, "k", "v", deadline);
    EXPECT_LE(world.clock.now(), deadline + milliseconds(1)) << "R-raft-24";
  });
  return outcome;
}

TEST(KvClient, SaysWhatItWasAsked) {
  Bench bench(1);
  bench.run({}, [](Yield& yield, World& world, KvClient& store) {
    const Instant deadline = in(world, seconds(2));
    store.compare_and_swap(yield, "k", "old", "new", deadline);
    store.compare_and_swap(yield, "k", std::nullopt, "new", deadline);
    store.append(yield, "k", "more", deadline);
    store.remove(yield, "k", deadline);
    store.get(yield, "k", deadline);
  });
  ASSERT_EQ(bench.seen().size(), 5U);
  const auto& swapped = bench.seen()[0].command();
  EXPECT_EQ(swapped.kind(), wire::Command::COMPARE_AND_SWAP);
  EXPECT_EQ(swapped.key() + "," + swapped.value() + "," + swapped.expected(), "k,new,old");
  EXPECT_FALSE(bench.seen()[1].command().has_expected());
  EXPECT_EQ(bench.seen()[2].command().kind(), wire::Command::APPEND);
  EXPECT_EQ(bench.seen()[2].command().value(), "more");
  EXPECT_EQ(bench.seen()[3].command().kind(), wire::Command::DELETE);
  EXPECT_EQ(bench.seen()[4].get().key(), "k");
  for (const wire::ClientRequest& request : bench.seen()) {
    EXPECT_EQ(request.version(), 1U);
    EXPECT_EQ(request.group(), 1U);
    EXPECT_EQ(request.command().session(), 0U);
  }
}

TEST(KvClient, HandsOnWhatTheServerSays) {
  Bench bench(1);
  bench.all_answer([](Yield& yield, World&, Stream& stream, const wire::ClientRequest& request) {
    Reply reply = reply_to(request, request.has_get() ? Reply::OK : Reply::MISMATCH);
    reply.set_revision(7);
    reply.set_value("there");
    send(yield, stream, reply);
  });
  bench.run({}, [](Yield& yield, World& world, KvClient& store) {
    const Outcome read = store.get(yield, "k", in(world, seconds(2)));
    EXPECT_EQ(read.fate, Fate::kOk);
    EXPECT_EQ(read.value, "there");
    EXPECT_EQ(read.revision, Revision(7));
    EXPECT_EQ(read.server, NodeId(1));
    const Outcome swapped = store.compare_and_swap(yield, "k", "x", "y", in(world, seconds(2)));
    EXPECT_EQ(swapped.fate, Fate::kFailed);
    EXPECT_TRUE(swapped.mismatch);
    EXPECT_EQ(swapped.value, "there");
  });
}

// R-raft-15: the hint leads straight to the leader.
TEST(KvClient, FollowsTheHint) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Bench bench(5, {.seed = seed});
    bench.all_answer(always(Reply::NOT_LEADER, 4));
    bench.server(4).answer = always(Reply::OK);
    EXPECT_EQ(put(bench).fate, Fate::kOk);
    EXPECT_EQ(bench.server(4).seen.size(), 1U);
    EXPECT_LE(bench.seen().size(), 2U);
  }
}

TEST(KvClient, WithoutAHintItAsksEachServerInTurn) {
  Bench bench(4);
  bench.all_answer(always(Reply::NOT_LEADER));
  bench.server(2).answer = always(Reply::OK);
  EXPECT_EQ(put(bench).fate, Fate::kOk);
  for (const std::uint32_t other : {1U, 3U, 4U}) EXPECT_LE(bench.server(other).seen.size(), 1U);
}

TEST(KvClient, AHintToNobodyLeadsToTheNextServer) {
  Bench bench(2);
  bench.server(1).answer = always(Reply::NOT_LEADER, 77);
  bench.server(2).answer = always(Reply::OK);
  EXPECT_EQ(put(bench).fate, Fate::kOk);
  EXPECT_LE(bench.server(1).seen.size(), 1U);
}

TEST(KvClient, TriesAgainAfterADefiniteRefusal) {
  for (const Reply::Result refusal : {Reply::NOT_LEADER, Reply::NOT_COMMITTED, Reply::OVERLOADED,
                                      Reply::TRANSFERRING, Reply::NOT_READY, Reply::NO_SPACE}) {
    Bench bench(1);
    bench.server(1).answer = [&](Yield& yield, World& world, Stream& stream,
                                 const wire::ClientRequest& request) {
      always(bench.seen().size() < 4 ? refusal : Reply::OK)(yield, world, stream, request);
    };
    EXPECT_EQ(put(bench).fate, Fate::kOk);
    EXPECT_EQ(bench.seen().size(), 4U);
  }
}

TEST(KvClient, RefusedToTheEndItHasFailed) {
  Bench bench(2);
  bench.all_answer(always(Reply::OVERLOADED));
  EXPECT_EQ(put(bench).fate, Fate::kFailed);
  Bench nobody(2);
  nobody.simulation.kill(NodeId(1));
  nobody.simulation.kill(NodeId(2));
  EXPECT_EQ(put(nobody).fate, Fate::kFailed);
  Bench invalid(2);
  invalid.all_answer(always(Reply::INVALID));
  EXPECT_EQ(put(invalid).fate, Fate::kFailed);
  EXPECT_EQ(invalid.seen().size(), 1U) << "what is impossible is impossible everywhere";
}

// The ways in which a request can be left without an answer that settles it.
struct Unsettled {
  const char* name;
  FakeServer::Answer answer;
};

const std::vector<Unsettled>& ways_to_leave_open() {
  static const std::vector<Unsettled> ways = {
      {"no answer", silence()},
      {"the stream breaks",
       [](Yield&, World&, Stream& stream, const wire::ClientRequest&) { stream.reset(); }},
      {"the stream ends",
       [](Yield&, World&, Stream& stream, const wire::ClientRequest&) { stream.finish_writing(); }},
      {"the server does not know", always(Reply::UNKNOWN)},
      {"an answer of a later release", always(static_cast<Reply::Result>(42))},
      {"no answer of this version",
       [](Yield& yield, World&, Stream& stream, const wire::ClientRequest& request) {
         Reply reply = reply_to(request, Reply::OK);
         reply.set_version(2);
         send(yield, stream, reply);
       }},
      {"half an answer",
       [](Yield& yield, World&, Stream& stream, const wire::ClientRequest& request) {
         const Bytes whole = wire::frame(reply_to(request, Reply::OK).SerializeAsString());
         static_cast<void>(stream.write(yield, BytesView(whole).substr(0, whole.size() - 1)));
       }},
      {"garbage",
       [](Yield& yield, World&, Stream& stream, const wire::ClientRequest&) {
         static_cast<void>(stream.write(yield, wire::frame("\xff\xff\xff")));
       }},
      {"an absurd frame",
       [](Yield& yield, World&, Stream& stream, const wire::ClientRequest&) {
         static_cast<void>(stream.write(yield, "\xff\xff\xff\xff"));
       }},
  };
  return ways;
}

// Without a session a second sending could take effect a second time.
TEST(KvClient, WithoutASessionWhatIsLeftOpenIsUnknownAndNeverSentAgain) {
  for (const Unsettled& way : ways_to_leave_open()) {
    SCOPED_TRACE(way.name);
    Bench bench(3);
    bench.all_answer(way.answer);
    EXPECT_EQ(put(bench).fate, Fate::kUnknown);
    EXPECT_EQ(bench.seen().size(), 1U);
  }
}

// R-raft-25.
TEST(KvClient, WithASessionWhatIsLeftOpenIsSentAgainUnderItsNumber) {
  for (const Unsettled& way : ways_to_leave_open()) {
    SCOPED_TRACE(way.name);
    Bench bench(3);
    bench.all_answer(with_session(
        9, [&](Yield& yield, World& world, Stream& stream, const wire::ClientRequest& request) {
          (bench.seen().size() < 4 ? way.answer : always(Reply::OK))(yield, world, stream, request);
        }));
    EXPECT_EQ(put(bench, {.session = true}).fate, Fate::kOk);
    ASSERT_EQ(bench.seen().size(), 4U);
    const wire::Command& first = bench.seen()[1].command();
    EXPECT_EQ(first.session(), 9U);
    EXPECT_EQ(first.sequence(), 1U);
    for (std::size_t i = 2; i < 4; ++i) {
      EXPECT_EQ(bench.seen()[i].command().SerializeAsString(), first.SerializeAsString());
      EXPECT_NE(bench.seen()[i].id(), bench.seen()[i - 1].id());
    }
  }
}

// What was left open stays open, whatever refusal comes after it.
TEST(KvClient, UnknownIsNeverTurnedIntoFailed) {
  for (const Reply::Result later : {Reply::NOT_LEADER, Reply::NOT_COMMITTED, Reply::OVERLOADED,
                                    Reply::INVALID, Reply::SESSION_UNKNOWN, Reply::UNKNOWN}) {
    Bench bench(2);
    bench.all_answer(with_session(
        9, [&](Yield& yield, World& world, Stream& stream, const wire::ClientRequest& request) {
          (bench.seen().size() < 3 ? silence() : always(later))(yield, world, stream, request);
        }));
    EXPECT_EQ(put(bench, {.session = true}).fate, Fate::kUnknown) << later;
    EXPECT_GE(bench.seen().size(), 3U);
  }
}

TEST(KvClient, AComparisonThatIsAnsweredOnRetryIsSettled) {
  Bench bench(2);
  bench.all_answer(with_session(9, [&](Yield& yield, World& world, Stream& stream,
                                       const wire::ClientRequest& request) {
    (bench.seen().size() < 3 ? silence() : always(Reply::MISMATCH))(yield, world, stream, request);
  }));
  EXPECT_EQ(put(bench, {.session = true}).fate, Fate::kFailed);
}

TEST(KvClient, ARefusedSessionIsUnknownAndTheNextCommandOpensAnother) {
  Bench bench(1);
  std::uint64_t opened = 20;
  bench.server(1).answer = [&](Yield& yield, World& world, Stream& stream,
                               const wire::ClientRequest& request) {
    const bool opens = request.command().kind() == wire::Command::OPEN_SESSION;
    const auto rest =
        always(request.command().session() == 21 ? Reply::SESSION_UNKNOWN : Reply::OK);
    with_session(opens ? ++opened : 0, rest)(yield, world, stream, request);
  };
  bench.run({.session = true}, [](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.put(yield, "k", "v", in(world, seconds(2))).fate, Fate::kUnknown);
    EXPECT_EQ(store.put(yield, "k", "v", in(world, seconds(2))).fate, Fate::kOk);
  });
  ASSERT_EQ(bench.seen().size(), 4U);
  EXPECT_EQ(bench.seen()[3].command().session(), 22U);
  EXPECT_EQ(bench.seen()[3].command().sequence(), 1U);
}

TEST(KvClient, EachCommandHasTheNextNumberAndGivesUpThoseBefore) {
  Bench bench(1);
  bench.all_answer(with_session(9, always(Reply::OK)));
  bench.run({.session = true}, [](Yield& yield, World& world, KvClient& store) {
    for (int i = 0; i < 100; ++i) store.put(yield, "k", "v", in(world, seconds(2)));
  });
  ASSERT_EQ(bench.seen().size(), 101U);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    EXPECT_EQ(bench.seen()[i].command().sequence(), i);
    EXPECT_EQ(bench.seen()[i].command().first_unfinished(), i);
  }
}

TEST(KvClient, ReadsAreRepeatedAndWithoutAnAnswerHaveFailed) {
  Bench bench(3);
  bench.all_answer(silence());
  bench.run({}, [](Yield& yield, World& world, KvClient& store) {
    const Instant deadline = in(world, seconds(2));
    EXPECT_EQ(store.get(yield, "k", deadline).fate, Fate::kFailed);
    EXPECT_LE(world.clock.now(), deadline + milliseconds(1));
  });
  EXPECT_GE(bench.seen().size(), 3U);
}

TEST(KvClient, TakesNoAnswerToAnotherRequestForItsOwn) {
  for (const bool first : {true, false}) {
    Bench bench(1);
    bench.all_answer(
        [first](Yield& yield, World&, Stream& stream, const wire::ClientRequest& request) {
          Reply other = reply_to(request, Reply::INVALID);
          other.set_id(request.id() + (first ? -1 : 1000));
          const Bytes late = wire::frame(other.SerializeAsString());
          const Bytes own = wire::frame(reply_to(request, Reply::OK).SerializeAsString());
          static_cast<void>(stream.write(yield, first ? late + own : own + late));
        });
    bench.run({}, [](Yield& yield, World& world, KvClient& store) {
      for (int i = 0; i < 3; ++i)
        EXPECT_EQ(store.put(yield, "k", "v", in(world, seconds(2))).fate, Fate::kOk);
    });
    EXPECT_EQ(bench.seen().size(), 3U);
  }
}

// An answer that comes when its try was given up settles nothing for the command after it.
TEST(KvClient, AnAnswerThatComesTooLateIsIgnored) {
  Bench bench(1);
  bench.all_answer(
      [&](Yield& yield, World& world, Stream& stream, const wire::ClientRequest& request) {
        const bool first = bench.seen().size() == 1;
        if (first) world.tasks.sleep_until(yield, in(world, milliseconds(700)));
        Reply reply = reply_to(request, Reply::OK);
        reply.set_revision(first ? 1 : 2);
        send(yield, stream, reply);
      });
  bench.run({}, [](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.put(yield, "k", "v", in(world, milliseconds(500))).fate, Fate::kUnknown);
    EXPECT_EQ(store.put(yield, "k", "w", in(world, seconds(2))).revision, Revision(2));
  });
}

TEST(KvClient, PutsAnAnswerTogetherThatComesByteByByte) {
  Bench bench(1);
  bench.all_answer(
      [](Yield& yield, World& world, Stream& stream, const wire::ClientRequest& request) {
        Reply reply = reply_to(request, Reply::OK);
        reply.set_value("in pieces");
        for (const char c : wire::frame(reply.SerializeAsString())) {
          static_cast<void>(stream.write(yield, {&c, 1}));
          world.tasks.sleep_until(yield, in(world, milliseconds(3)));
        }
      });
  bench.run({}, [](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.get(yield, "k", in(world, seconds(2))).value, "in pieces");
  });
  EXPECT_EQ(bench.seen().size(), 1U);
}

// R-raft-24: also while the server's window is full and nobody reads.
TEST(KvClient, ALongRequestToAServerThatDoesNotReadEndsByItsDeadline) {
  Bench bench(1);
  bench.all_answer(always(Reply::OK));
  bench.run({}, [&](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.put(yield, "k", "v", in(world, seconds(2))).fate, Fate::kOk);
    bench.simulation.pause(NodeId(1));
    const Instant deadline = in(world, seconds(2));
    EXPECT_EQ(store.put(yield, "k", Bytes(1 << 20, 'v'), deadline).fate, Fate::kUnknown);
    EXPECT_LE(world.clock.now(), deadline + milliseconds(1));
    bench.simulation.resume(NodeId(1));
    EXPECT_EQ(store.put(yield, "k", "v", in(world, seconds(2))).fate, Fate::kOk);
  });
}

TEST(KvClient, ADeadlineThatHasPassedSendsNothing) {
  Bench bench(1);
  bench.run({}, [](Yield& yield, World& world, KvClient& store) {
    EXPECT_EQ(store.put(yield, "k", "v", world.clock.now()).fate, Fate::kFailed);
  });
  EXPECT_TRUE(bench.seen().empty());
}

TEST(KvClient, WithoutADiskToReserveNumbersOnNoCommandIsSent) {
  Bench bench(1);
  bench.all_answer(with_session(9, always(Reply::OK)));
  bench.simulation.set_disk_faults(Bench::kClient, {.sync_error_ppm = 1'000'000});
  EXPECT_EQ(put(bench, {.session = true}).fate, Fate::kFailed);
  for (const wire::ClientRequest& request : bench.seen()) {
    EXPECT_EQ(request.command().kind(), wire::Command::OPEN_SESSION);
  }
}

}  // namespace
}  // namespace plumbline::client::test
