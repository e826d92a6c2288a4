#include "nodes/replica/state_machine.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace plumbline::replica {

// For messages of failed tests.
void PrintTo(const Answer& answer, std::ostream* out) {
  *out << "{outcome " << static_cast<int>(answer.outcome) << ", revision " << answer.revision.value
       << ", value " << answer.value.value_or("none") << ", session " << answer.session.value
       << "}";
}

namespace {

Command put(Bytes key, Bytes value) {
  return {.kind = CommandKind::kPut, .key = std::move(key), .value = std::move(value)};
}
Command append(Bytes key, Bytes value) {
  return {.kind = CommandKind::kAppend, .key = std::move(key), .value = std::move(value)};
}
Command remove(Bytes key) { return {.kind = CommandKind::kDelete, .key = std::move(key)}; }
Command swap(Bytes key, std::optional<Bytes> expected, Bytes value) {
  return {.kind = CommandKind::kCompareAndSwap,
          .key = std::move(key),
          .value = std::move(value),
          .expected = std::move(expected)};
}
Command open_session(std::uint64_t idle_entries = 0) {
  return {.kind = CommandKind::kOpenSession, .idle_entries = idle_entries};
}
Command in_session(Command command, SessionId session, std::uint64_t sequence,
                   std::uint64_t first_unfinished = 1) {
  command.session = session;
  command.sequence = Sequence(sequence);
  command.first_unfinished = Sequence(first_unfinished);
  return command;
}

Answer ok(std::uint64_t revision) {
  return {.outcome = Outcome::kOk, .revision = Revision(revision), .value = {}, .session = {}};
}
Answer mismatch(std::uint64_t revision, std::optional<Bytes> found) {
  return {.outcome = Outcome::kMismatch,
          .revision = Revision(revision),
          .value = std::move(found),
          .session = {}};
}
Answer session_unknown(std::uint64_t revision) {
  return {.outcome = Outcome::kSessionUnknown,
          .revision = Revision(revision),
          .value = {},
          .session = {}};
}

// A state machine that is given a log, one entry after the other.
class Log {
 public:
  Answer operator()(const Command& command) { return machine.apply(index = index.next(), command); }
  SessionId session(std::uint64_t idle_entries = 0) {
    return (*this)(open_session(idle_entries)).session;
  }

  StateMachine machine;
  LogIndex index;
};

TEST(StateMachine, EachCommandAnswersWithItsRevision) {
  struct Row {
    Command command;
    Answer answer;
    std::optional<Bytes> after;  // what is then under "k"
  };
  const std::vector<Row> rows = {
      {remove("k"), ok(0), std::nullopt},  // nothing was there, nothing changed
      {append("k", "a"), ok(1), "a"},      // to what is absent, as to what is empty
      {append("k", "b"), ok(2), "ab"},
      {put("k", "c"), ok(3), "c"},
      {put("k", "c"), ok(4), "c"},  // the same value once more is a mutation
      {swap("k", "x", "d"), mismatch(4, "c"), "c"},
      {swap("k", std::nullopt, "d"), mismatch(4, "c"), "c"},
      {swap("k", "c", "d"), ok(5), "d"},
      {remove("k"), ok(6), std::nullopt},
      {remove("k"), ok(6), std::nullopt},
      {swap("k", "d", "e"), mismatch(6, std::nullopt), std::nullopt},
      {swap("k", "", "e"), mismatch(6, std::nullopt), std::nullopt},  // absent is not empty
      {swap("k", std::nullopt, "e"), ok(7), "e"},
      {put("k", ""), ok(8), ""},
      {swap("k", std::nullopt, "f"), mismatch(8, ""), ""},
      {swap("k", "", "f"), ok(9), "f"},
      {put("other", "g"), ok(10), "f"},
  };
  Log log;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(log(rows[i].command), rows[i].answer) << "row " << i;
    EXPECT_EQ(log.machine.get("k"), rows[i].after) << "row " << i;
    EXPECT_EQ(log.machine.revision(), rows[i].answer.revision) << "row " << i;
  }
}

// R-raft-23: no value grows so long that a reply could not hold it.
TEST(StateMachine, RefusesAnAppendThatMakesAValueTooLong) {
  Log log;
  const Bytes half(StateMachine::kValueBytesMax / 2, 'x');
  EXPECT_EQ(log(append("k", half)), ok(1));
  EXPECT_EQ(log(append("k", half)), ok(2));
  const Answer refused = log(append("k", "y"));
  EXPECT_EQ(refused.outcome, Outcome::kInvalid);
  EXPECT_EQ(refused.revision, Revision(2));
  EXPECT_EQ(log.machine.get("k")->size(), StateMachine::kValueBytesMax);
  EXPECT_EQ(log(put("k", "")), ok(3));
  EXPECT_EQ(log(append("k", "y")), ok(4));
}

TEST(Sessions, AreNamedByTheEntryThatOpenedThem) {
  Log log;
  log(put("k", "v"));
  const Answer opened = log(open_session());
  EXPECT_EQ(opened.outcome, Outcome::kOk);
  EXPECT_EQ(opened.session, SessionId(2));
  EXPECT_EQ(opened.revision, Revision(1)) << "opening a session is no mutation";
  EXPECT_EQ(log.session(), SessionId(3));
  EXPECT_EQ(log.machine.session_count(), 2U);
}

// R-raft-25.
TEST(Sessions, ARetryIsAnsweredWithTheFirstReplyAndHasNoEffect) {
  Log log;
  const SessionId session = log.session();
  EXPECT_EQ(log(in_session(append("k", "a"), session, 1)), ok(1));
  EXPECT_EQ(log(put("other", "x")), ok(2));
  EXPECT_EQ(log(in_session(append("k", "a"), session, 1)), ok(1));
  EXPECT_EQ(log.machine.get("k"), "a");
  EXPECT_EQ(log.machine.revision(), Revision(2));
  // A comparison is not made again either, though it would hold by now.
  EXPECT_EQ(log(in_session(swap("k", "b", "c"), session, 2)), mismatch(2, "a"));
  log(put("k", "b"));
  EXPECT_EQ(log(in_session(swap("k", "b", "c"), session, 2)), mismatch(2, "a"));
  EXPECT_EQ(log.machine.get("k"), "b");
}

TEST(Sessions, NumberEachOneItsOwnCommands) {
  Log log;
  const SessionId first = log.session();
  const SessionId second = log.session();
  EXPECT_EQ(log(in_session(append("k", "a"), first, 1)), ok(1));
  EXPECT_EQ(log(in_session(append("k", "b"), second, 1)), ok(2));
  EXPECT_EQ(log.machine.get("k"), "ab");
}

TEST(Sessions, WhatTheClientHasFinishedIsForgottenAndThenUnknown) {
  Log log;
  const SessionId session = log.session();
  log(in_session(append("k", "a"), session, 1));
  log(in_session(append("k", "b"), session, 2));
  EXPECT_EQ(log(in_session(append("k", "c"), session, 3, /*first_unfinished=*/2)), ok(3));
  EXPECT_EQ(log(in_session(append("k", "a"), session, 1)), session_unknown(3));
  EXPECT_EQ(log(in_session(append("k", "b"), session, 2)), ok(2)) << "not finished, so still known";
  // A late message of an earlier time does not move the line back.
  EXPECT_EQ(log(in_session(append("k", "a"), session, 1, /*first_unfinished=*/1)),
            session_unknown(3));
  EXPECT_EQ(log.machine.get("k"), "abc");
}

TEST(Sessions, ACommandThatWasNeverSeenIsRefusedBelowTheLineToo) {
  Log log;
  const SessionId session = log.session();
  log(in_session(append("k", "b"), session, 5, /*first_unfinished=*/5));
  EXPECT_EQ(log(in_session(append("k", "late"), session, 4)), session_unknown(1));
  EXPECT_EQ(log.machine.get("k"), "b");
}

TEST(Sessions, AnUnknownOneIsRefused) {
  Log log;
  log(put("k", "v"));
  EXPECT_EQ(log(in_session(put("k", "w"), SessionId(77), 1)), session_unknown(1));
  EXPECT_EQ(log(in_session(put("k", "w"), SessionId(1), 1)), session_unknown(1))
      << "entry 1 opened none";
  EXPECT_EQ(log.machine.get("k"), "v");
}

TEST(Sessions, TheOneUsedLongestAgoMakesRoom) {
  Log log;
  std::vector<SessionId> sessions;
  for (std::size_t i = 0; i < Sessions::kSessionsMax; ++i) sessions.push_back(log.session());
  log(in_session(put("k", "v"), sessions[0], 1));  // by log order sessions[1] is now the oldest
  EXPECT_EQ(log.machine.session_count(), Sessions::kSessionsMax);
  const SessionId fresh = log.session();
  EXPECT_EQ(log.machine.session_count(), Sessions::kSessionsMax);
  EXPECT_EQ(log(in_session(put("k", "w"), sessions[1], 1)).outcome, Outcome::kSessionUnknown);
  for (const SessionId session : {sessions[0], sessions[2], sessions.back(), fresh}) {
    EXPECT_EQ(log(in_session(put("k", "w"), session, 2)).outcome, Outcome::kOk) << session.value;
  }
  // Even a refused command below the line counts as use: sessions[3] is the next to go.
  log.session();
  EXPECT_EQ(log(in_session(put("k", "w"), sessions[3], 1)).outcome, Outcome::kSessionUnknown);
}

// R-raft-25: decided by the log's indices, whatever the clocks say.
TEST(Sessions, OneThatIsIdleForTooManyEntriesIsDropped) {
  Log log;
  const SessionId short_lived = log.session(/*idle_entries=*/3);
  const SessionId long_lived = log.session(/*idle_entries=*/100);
  log(put("k", "v"));
  EXPECT_EQ(log(in_session(put("k", "w"), short_lived, 1)).outcome, Outcome::kOk) << "3 entries on";
  log(put("k", "x"));
  log(put("k", "x"));
  EXPECT_EQ(log(in_session(put("k", "w"), short_lived, 1)), ok(2)) << "the use counts anew";
  for (int i = 0; i < 3; ++i) log(put("k", "x"));
  EXPECT_EQ(log.machine.session_count(), 2U);
  EXPECT_EQ(log(in_session(put("k", "y"), short_lived, 1)).outcome, Outcome::kSessionUnknown);
  EXPECT_EQ(log.machine.session_count(), 1U);
  EXPECT_EQ(log.machine.get("k"), "x");
  EXPECT_EQ(log(in_session(put("k", "y"), long_lived, 1)).outcome, Outcome::kOk);
}

TEST(Sessions, EntriesThatAreNoCommandsCountAsWell) {
  StateMachine machine;
  const SessionId session = machine.apply(LogIndex(5), open_session(10)).session;
  EXPECT_EQ(machine.apply(LogIndex(16), in_session(put("k", "v"), session, 1)).outcome,
            Outcome::kSessionUnknown);
}

TEST(Sessions, OneWithoutABoundIsNeverTooOld) {
  StateMachine machine;
  const SessionId forever = machine.apply(LogIndex(1), open_session()).session;
  const SessionId nearly = machine.apply(LogIndex(2), open_session(~std::uint64_t{0})).session;
  const LogIndex late(~std::uint64_t{0} - 1);
  EXPECT_EQ(machine.apply(late, in_session(put("k", "v"), forever, 1)).outcome, Outcome::kOk);
  EXPECT_EQ(machine.apply(late.next(), in_session(put("k", "v"), nearly, 1)).outcome, Outcome::kOk);
}

TEST(Sessions, ManyUnfinishedCommandsFinishTheFirst) {
  Log log;
  const SessionId session = log.session();
  for (std::uint64_t i = 1; i <= Sessions::kAnswersMax; ++i) {
    EXPECT_EQ(log(in_session(append("k", "x"), session, i)), ok(i));
  }
  EXPECT_EQ(log(in_session(append("k", "x"), session, 1)), ok(1)) << "still known";
  log(in_session(append("k", "x"), session, Sessions::kAnswersMax + 1));
  EXPECT_EQ(log(in_session(append("k", "x"), session, 1)).outcome, Outcome::kSessionUnknown);
  EXPECT_EQ(log(in_session(append("k", "x"), session, 2)), ok(2));
  EXPECT_EQ(log.machine.get("k")->size(), Sessions::kAnswersMax + 1);
}

// ---- The dumb twin: it keeps the whole history and works everything out of it. ----

struct Event {
  LogIndex index;
  Command command;
  Answer answer;
  bool executed = false;
};

class Twin {
 public:
  Answer apply(LogIndex index, const Command& command) {
    Event event{index, command, {}, false};
    event.answer = answer(index, command, event.executed);
    history_.push_back(event);
    return event.answer;
  }
  std::map<Bytes, Bytes> values;
  std::uint64_t revision = 0;

 private:
  Answer answer(LogIndex index, const Command& command, bool& executed) {
    if (command.kind == CommandKind::kOpenSession) {
      Answer opened = ok(revision);
      opened.session = SessionId(index.value);
      return opened;
    }
    if (command.session) {
      if (!lives(command.session, index)) return session_unknown(revision);
      Sequence line = command.first_unfinished;
      for (const Event& event : history_) {
        // Who named the session before it was opened told nobody anything.
        const bool after_opening = event.index.value > command.session.value;
        if (event.command.session != command.session || !after_opening) continue;
        line = std::max(line, event.command.first_unfinished);
      }
      if (command.sequence < line) return session_unknown(revision);
      for (const Event& event : history_) {
        if (event.executed && event.command.session == command.session &&
            event.command.sequence == command.sequence) {
          return event.answer;
        }
      }
    }
    executed = true;
    return execute(command);
  }
  bool lives(SessionId session, LogIndex at) const {
    std::optional<Event> opened;
    std::uint64_t last_used = session.value;
    const auto idle = [&](LogIndex index) {
      const std::uint64_t bound = opened->command.idle_entries;
      return bound != 0 && index.value - last_used > bound;
    };
    for (const Event& event : history_) {
      const bool opens = event.command.kind == CommandKind::kOpenSession;
      if (opens && event.index.value == session.value) opened = event;
      if (!opened || opens || event.command.session != session) continue;
      if (idle(event.index)) return false;
      last_used = event.index.value;
    }
    return opened && !idle(at);
  }
  Answer execute(const Command& command) {
    const bool there = values.count(command.key) != 0;
    const std::optional<Bytes> before =
        there ? std::optional<Bytes>(values[command.key]) : std::nullopt;
    std::optional<Bytes> after = command.value;
    if (command.kind == CommandKind::kDelete) after.reset();
    if (command.kind == CommandKind::kAppend) after = before.value_or("") + command.value;
    if (command.kind == CommandKind::kCompareAndSwap && before != command.expected) {
      return mismatch(revision, before);
    }
    if (after) {
      values[command.key] = *after;
    } else {
      values.erase(command.key);
    }
    const bool nothing_to_delete = command.kind == CommandKind::kDelete && !there;
    return ok(nothing_to_delete ? revision : ++revision);
  }

  std::vector<Event> history_;
};

// Few keys, values, sessions and numbers, so that retries, mismatches and refusals are common.
Command arbitrary_command() {
  Command command;
  command.kind =
      *rc::gen::element(CommandKind::kOpenSession, CommandKind::kPut, CommandKind::kDelete,
                        CommandKind::kCompareAndSwap, CommandKind::kAppend, CommandKind::kAppend);
  if (command.kind == CommandKind::kOpenSession) {
    command.idle_entries = *rc::gen::element<std::uint64_t>(0, 2, 5);
    return command;
  }
  command.key = *rc::gen::element<Bytes>("a", "b");
  command.value = *rc::gen::element<Bytes>("", "x", "y");
  command.expected = *rc::gen::element<std::optional<Bytes>>(std::nullopt, "", "x", "y", "xy");
  if (*rc::gen::inRange(0, 4) == 0) return command;
  command.session = SessionId(*rc::gen::inRange<std::uint64_t>(1, 6));
  command.sequence = Sequence(*rc::gen::inRange<std::uint64_t>(1, 6));
  command.first_unfinished =
      Sequence(*rc::gen::inRange<std::uint64_t>(1, command.sequence.value + 1));
  return command;
}

// R-raft-25.
RC_GTEST_PROP(StateMachine, BehavesAsOneThatRemembersEverything, ()) {
  const auto steps = *rc::gen::inRange<std::uint64_t>(0, 60);
  StateMachine machine;
  Twin twin;
  for (std::uint64_t i = 1; i <= steps; ++i) {
    const Command command = arbitrary_command();
    RC_ASSERT(machine.apply(LogIndex(i), command) == twin.apply(LogIndex(i), command));
    RC_ASSERT(machine.revision().value == twin.revision);
    RC_ASSERT(machine.values() == twin.values);
  }
}

// I11: the digest is what tells replicas apart.
RC_GTEST_PROP(StateMachine, EqualHistoriesHaveEqualDigestsAndOthersDoNot, ()) {
  const auto steps = *rc::gen::inRange<std::uint64_t>(1, 30);
  std::vector<Command> history;
  for (std::uint64_t i = 0; i < steps; ++i) history.push_back(arbitrary_command());
  StateMachine one;
  StateMachine same;
  StateMachine other;
  const auto changed_at = *rc::gen::inRange<std::uint64_t>(0, steps);
  Command changed = history[changed_at];
  changed.kind = CommandKind::kPut;
  changed.key = "c";
  for (std::uint64_t i = 0; i < steps; ++i) {
    one.apply(LogIndex(i + 1), history[i]);
    same.apply(LogIndex(i + 1), history[i]);
    other.apply(LogIndex(i + 1), i == changed_at ? changed : history[i]);
    RC_ASSERT(one.digest() == same.digest());
    RC_ASSERT((one.digest() == other.digest()) == (i < changed_at));
  }
}

// What two replicas know of sessions decides what they answer tomorrow, so today's digests must
// differ.
TEST(StateMachine, TheDigestTellsSessionsApart) {
  const auto digest_after = [](const Command& last) {
    Log log;
    log.session();
    log.session();
    log(last);
    return log.machine.digest();
  };
  const Command command = put("k", "v");
  const std::vector<std::uint64_t> digests = {digest_after(command),
                                              digest_after(in_session(command, SessionId(1), 1)),
                                              digest_after(in_session(command, SessionId(2), 1)),
                                              digest_after(in_session(command, SessionId(1), 2)),
                                              digest_after(in_session(command, SessionId(1), 2, 2)),
                                              digest_after(append("k", "v"))};
  for (std::size_t i = 0; i < digests.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(digests[i], digests[j]) << i << " and " << j;
  }
}

TEST(StateMachine, ACopyIsAMachineOfItsOwn) {
  Log log;
  log(put("k", "v"));
  StateMachine copy = log.machine;
  copy.apply(LogIndex(2), put("k", "w"));
  EXPECT_EQ(log.machine.get("k"), "v");
  EXPECT_NE(log.machine.digest(), copy.digest());
}

}  // namespace
}  // namespace plumbline::replica
