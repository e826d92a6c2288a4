// A captured state: what is written while commands go on being applied is the state of one instant,
// and what is read back behaves like it.

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "nodes/replica/freezable_map.h"
#include "nodes/replica/state_format.h"
#include "nodes/replica/state_loader.h"
#include "nodes/replica/state_machine.h"

namespace plumbline::replica {
namespace {

Bytes written(StateMachine machine, std::size_t piece_bytes = 64) {
  Bytes all;
  const std::uint64_t promised = machine.capture();
  while (machine.capturing()) all += machine.next_captured(piece_bytes);
  EXPECT_EQ(all.size(), promised);
  return all;
}

Result<StateMachine> loaded(BytesView bytes, std::size_t piece_bytes = 7) {
  StateLoader loader;
  for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
    if (const Status fed = loader.feed(bytes.substr(at, piece_bytes)); !fed) return fed.error();
  }
  return loader.finish();
}

bool same_state(const StateMachine& a, const StateMachine& b) {
  return a.revision() == b.revision() && a.digest() == b.digest() && a.values() == b.values() &&
         a.sessions().all() == b.sessions().all();
}

// Few keys, values, sessions and numbers, so that what is captured is changed, deleted and retried.
Command arbitrary_command() {
  Command command;
  command.kind =
      *rc::gen::element(CommandKind::kOpenSession, CommandKind::kPut, CommandKind::kPut,
                        CommandKind::kDelete, CommandKind::kCompareAndSwap, CommandKind::kAppend);
  if (command.kind == CommandKind::kOpenSession) {
    command.idle_entries = *rc::gen::element<std::uint64_t>(0, 3, 20);
    return command;
  }
  command.key = std::string(1, *rc::gen::inRange('a', 'h'));
  command.value = *rc::gen::element<Bytes>("", "x", "y", Bytes(200, 'z'));
  command.expected = *rc::gen::element<std::optional<Bytes>>(std::nullopt, "", "x");
  if (*rc::gen::arbitrary<bool>()) return command;
  command.session = SessionId(*rc::gen::inRange<std::uint64_t>(1, 9));
  command.sequence = Sequence(*rc::gen::inRange<std::uint64_t>(1, 6));
  command.first_unfinished = Sequence(*rc::gen::inRange<std::uint64_t>(1, 4));
  return command;
}

LogIndex apply_some(StateMachine& machine, LogIndex index, int commands) {
  for (int i = 0; i < commands; ++i) machine.apply(index = index.next(), arbitrary_command());
  return index;
}

// R-raft-22.
RC_GTEST_PROP(StateCapture, IsTheStateOfOneInstantWhateverIsAppliedMeanwhile, ()) {
  StateMachine machine;
  LogIndex index = apply_some(machine, LogIndex(), *rc::gen::inRange(0, 60));
  const StateMachine then = machine;
  const Bytes expected = written(then);
  Bytes found;
  machine.capture();
  while (machine.capturing()) {
    index = apply_some(machine, index, *rc::gen::inRange(0, 4));
    found += machine.next_captured(*rc::gen::inRange<std::size_t>(1, 300));
  }
  RC_ASSERT(found == expected);
  const Result<StateMachine> restored = loaded(found, *rc::gen::inRange<std::size_t>(1, 100));
  RC_ASSERT(restored.ok());
  RC_ASSERT(same_state(*restored, then));
}

RC_GTEST_PROP(StateCapture, ChangesNothingOfWhatIsApplied, ()) {
  StateMachine captured;
  StateMachine left_alone;
  for (std::uint64_t i = 1; i < 40; ++i) {
    if (i % 8 == 0 && !captured.capturing()) captured.capture();
    if (captured.capturing()) captured.next_captured(40);
    const Command command = arbitrary_command();
    RC_ASSERT(captured.apply(LogIndex(i), command) == left_alone.apply(LogIndex(i), command));
    RC_ASSERT(same_state(captured, left_alone));
  }
}

RC_GTEST_PROP(StateCapture, WhatIsRestoredGoesOnAlike, ()) {
  StateMachine machine;
  LogIndex index = apply_some(machine, LogIndex(), *rc::gen::inRange(0, 60));
  Result<StateMachine> restored = loaded(written(machine));
  RC_ASSERT(restored.ok());
  for (int i = 0; i < 30; ++i) {
    index = index.next();
    const Command command = arbitrary_command();
    RC_ASSERT(restored->apply(index, command) == machine.apply(index, command));
    RC_ASSERT(same_state(*restored, machine));
  }
}

TEST(StateCapture, HasTheSameBytesInPiecesOfAnySize) {
  StateMachine machine;
  for (std::uint64_t i = 1; i <= 50; ++i) {
    machine.apply(LogIndex(i), {.key = "k" + std::to_string(i), .value = Bytes(i, 'v')});
  }
  const Bytes whole = written(machine, 1 << 20);
  for (const std::size_t bytes : {1, 10, 100, 1000}) EXPECT_EQ(written(machine, bytes), whole);
}

// The worked example of nodes/replica/FORMAT.md.
TEST(StateCapture, HasTheBytesOfTheWorkedExample) {
  StateMachine machine;
  machine.apply(LogIndex(1), {.kind = CommandKind::kOpenSession, .idle_entries = 9});
  machine.apply(LogIndex(2), {.key = "a", .value = "1"});
  std::string lines;
  const Bytes bytes = written(machine);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    static constexpr char kDigits[] = "0123456789abcdef";
    lines += kDigits[static_cast<unsigned char>(bytes[i]) >> 4];
    lines += kDigits[static_cast<unsigned char>(bytes[i]) & 15];
    lines += i % 16 == 15 ? '\n' : ' ';
  }
  EXPECT_EQ(lines,
            "01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00\n"
            "0e 3e 7d de 4f 88 0b 10 01 00 00 00 00 00 00 00\n"
            "01 00 00 00 00 00 00 00 01 00 00 00 01 00 00 00\n"
            "61 31 01 00 00 00 00 00 00 00 01 00 00 00 00 00\n"
            "00 00 09 00 00 00 00 00 00 00 01 00 00 00 00 00\n"
            "00 00 00 00 00 00 00 00 00 00 ");
}

// Retries must not take effect twice because a snapshot lies between them (R-raft-25).
TEST(StateCapture, HoldsTheSessionsAndTheirAnswers) {
  StateMachine machine;
  const SessionId session = machine.apply(LogIndex(1), {.kind = CommandKind::kOpenSession}).session;
  const Command append{.kind = CommandKind::kAppend,
                       .key = "k",
                       .value = "a",
                       .session = session,
                       .sequence = Sequence(1),
                       .first_unfinished = Sequence(1)};
  const Answer first = machine.apply(LogIndex(2), append);
  Result<StateMachine> restored = loaded(written(machine));
  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(restored->apply(LogIndex(3), append), first);
  EXPECT_EQ(restored->get("k"), "a");
}

// Who is next to be dropped is part of the state: by longest disuse and by idle entries.
TEST(StateCapture, HoldsWhatDecidesTheEndOfSessions) {
  StateMachine machine;
  LogIndex index;
  const SessionId idle =
      machine.apply(index = index.next(), {.kind = CommandKind::kOpenSession, .idle_entries = 5000})
          .session;
  for (std::size_t i = 1; i < Sessions::kSessionsMax; ++i) {
    machine.apply(index = index.next(), {.kind = CommandKind::kOpenSession});
  }
  const Command use{.key = "k", .value = "v", .session = SessionId(2), .sequence = Sequence(1)};
  machine.apply(index = index.next(), use);
  Result<StateMachine> restored = loaded(written(machine), 100);
  ASSERT_TRUE(restored.ok());
  index = index.next();
  for (StateMachine* each : {&machine, &*restored}) {
    each->apply(index, {.kind = CommandKind::kOpenSession});
    EXPECT_EQ(each->sessions().all().count(idle), 0U) << "unused for longest";
    EXPECT_EQ(each->sessions().all().count(SessionId(2)), 1U);
  }
  EXPECT_TRUE(same_state(machine, *restored));
}

TEST(StateCapture, CanBeGivenUpAndBegunAgain) {
  StateMachine machine;
  machine.apply(LogIndex(1), {.key = "a", .value = "1"});
  machine.capture();
  machine.next_captured(1);
  machine.drop_capture();
  machine.apply(LogIndex(2), {.key = "a", .value = "2"});
  EXPECT_FALSE(machine.capturing());
  const Result<StateMachine> restored = loaded(written(machine));
  ASSERT_TRUE(restored.ok());
  EXPECT_EQ(restored->get("a"), "2");
}

// ---- What cannot be read. ----

Bytes some_state() {
  StateMachine machine;
  machine.apply(LogIndex(1), {.kind = CommandKind::kOpenSession, .idle_entries = 9});
  machine.apply(LogIndex(2), {.key = "a", .value = "1"});
  machine.apply(LogIndex(3), {.kind = CommandKind::kCompareAndSwap,
                              .key = "a",
                              .value = "2",
                              .expected = "0",
                              .session = SessionId(1),
                              .sequence = Sequence(1)});
  machine.apply(LogIndex(4), {.key = "b", .value = "3"});
  return written(machine);
}

TEST(StateLoader, RefusesWhatIsCutShortAnywhere) {
  const Bytes whole = some_state();
  ASSERT_TRUE(loaded(whole).ok());
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    const auto result = loaded(BytesView(whole).substr(0, bytes));
    ASSERT_FALSE(result.ok()) << bytes << " of " << whole.size();
    EXPECT_EQ(result.error().code, Errc::kCorrupt);
  }
}

TEST(StateLoader, RefusesMoreThanTheState) {
  EXPECT_EQ(loaded(some_state() + '\0').error().code, Errc::kCorrupt);
}

TEST(StateLoader, RefusesAnotherVersionByName) {
  Bytes bytes = some_state();
  bytes[0] = 2;
  const auto result = loaded(bytes);
  EXPECT_EQ(result.error().code, Errc::kInvalid);
  EXPECT_NE(result.error().message().find("version 2"), std::string::npos);
}

TEST(StateLoader, RefusesKeysOutOfOrder) {
  Bytes bytes = some_state();
  const std::size_t first_key = kStateHeadBytes + kValueHeadBytes;
  ASSERT_EQ(bytes[first_key], 'a');
  bytes[first_key] = 'c';
  EXPECT_EQ(loaded(bytes).error().code, Errc::kCorrupt);
  bytes[first_key] = 'b';
  EXPECT_EQ(loaded(bytes).error().code, Errc::kCorrupt) << "and the same key twice";
}

// The file's checksum keeps such bytes away; nothing here rests on it.
RC_GTEST_PROP(StateLoader, LivesThroughDamage, ()) {
  Bytes bytes = some_state();
  const auto flips = *rc::gen::inRange(1, 4);
  for (int i = 0; i < flips; ++i) {
    bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^=
        static_cast<char>(*rc::gen::inRange(1, 256));
  }
  const Result<StateMachine> result = loaded(bytes, *rc::gen::inRange<std::size_t>(1, 50));
  // What is taken for a state is one: it can be written again and is the same.
  if (result) RC_ASSERT(written(*result) == bytes);
}

// ---- The map beneath. ----

RC_GTEST_PROP(FreezableMap, ShowsWhatACopyWouldHold, ()) {
  FreezableMap<int, int> map;
  const auto change = [&] {
    const int key = *rc::gen::inRange(0, 12);
    if (*rc::gen::arbitrary<bool>()) {
      map.change(key) = *rc::gen::inRange(0, 100);
    } else {
      map.erase(key);
    }
  };
  for (int rounds = *rc::gen::inRange(1, 4); rounds > 0; --rounds) {
    for (int i = *rc::gen::inRange(0, 20); i > 0; --i) change();
    const std::map<int, int> copy = map.now();
    std::map<int, int> shown;
    map.freeze();
    bool more = true;
    while (more) {
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) change();
      more = map.visit_next([&](int key, int value) {
        const bool in_order = shown.empty() || shown.rbegin()->first < key;
        RC_ASSERT(in_order);
        shown[key] = value;
      });
    }
    map.thaw();
    RC_ASSERT(shown == copy);
  }
}

TEST(FreezableMap, KeepsOnlyWhatChangesBeforeItIsShown) {
  FreezableMap<int, int> map;
  for (int i = 0; i < 100; ++i) map.change(i) = i;
  map.freeze();
  EXPECT_EQ(map.kept(), 0U);
  for (int i = 0; i < 50; ++i) map.visit_next([](int, int) {});
  for (int i = 0; i < 60; ++i) map.change(i) = -1;
  EXPECT_EQ(map.kept(), 10U);
  for (int i = 50; i < 60; ++i) map.change(i) = -2;
  EXPECT_EQ(map.kept(), 10U) << "once each";
  while (map.visit_next([](int, int) {})) {
  }
  EXPECT_EQ(map.kept(), 0U);
}

}  // namespace
}  // namespace plumbline::replica
