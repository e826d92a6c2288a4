#include "nodes/replica/sessions.h"

#include <algorithm>
#include <limits>

#include "nodes/base/assert.h"
#include "nodes/replica/state_format.h"

namespace plumbline::replica {
namespace {

LogIndex deadline_of(const Sessions::Session& session) {
  const std::uint64_t room = std::numeric_limits<std::uint64_t>::max() - session.last_used.value;
  return session.last_used.plus(std::min(session.idle_entries, room));
}

std::uint64_t encoded_bytes_of(const Answer& answer) {
  return kAnswerHeadBytes + (answer.value ? answer.value->size() : 0);
}

std::uint64_t encoded_bytes_of(const Sessions::Session& session) {
  std::uint64_t bytes = kSessionHeadBytes;
  for (const auto& [sequence, answer] : session.answers) bytes += encoded_bytes_of(answer);
  return bytes;
}

}  // namespace

void Sessions::expire(LogIndex index) {
  while (!deadlines_.empty() && deadlines_.begin()->first < index) {
    drop(deadlines_.begin()->second);
  }
}

SessionId Sessions::open(LogIndex index, std::uint64_t idle_entries) {
  if (all().size() >= kSessionsMax) drop(by_use_.begin()->second);
  const SessionId id(index.value);
  restore(id, {.last_used = index, .idle_entries = idle_entries, .answers = {}});
  return id;
}

Sessions::Session* Sessions::use(LogIndex index, const Command& command) {
  if (all().count(command.session) == 0) return nullptr;
  Session& session = sessions_.change(command.session);
  unschedule(command.session, session);
  session.last_used = index;
  session.first_unfinished = std::max(session.first_unfinished, command.first_unfinished);
  auto& answers = session.answers;
  while (!answers.empty() && answers.begin()->first < session.first_unfinished) {
    encoded_bytes_ -= encoded_bytes_of(answers.begin()->second);
    answers.erase(answers.begin());
  }
  schedule(command.session, session);
  // Its answer was given up by the client, and forgotten here: whether it was executed cannot be
  // said any more.
  return command.sequence < session.first_unfinished ? nullptr : &session;
}

void Sessions::remember(Session& session, Sequence sequence, const Answer& answer) {
  auto& answers = session.answers;
  if (!answers.emplace(sequence, answer).second) return;
  encoded_bytes_ += encoded_bytes_of(answer);
  if (answers.size() <= kAnswersMax) return;
  session.first_unfinished = answers.begin()->first.next();
  encoded_bytes_ -= encoded_bytes_of(answers.begin()->second);
  answers.erase(answers.begin());
}

void Sessions::restore(SessionId id, Session session) {
  PLUMB_ASSERT(all().count(id) == 0 && by_use_.count(session.last_used) == 0);
  schedule(id, session);
  encoded_bytes_ += encoded_bytes_of(session);
  sessions_.change(id) = std::move(session);
}

void Sessions::drop(SessionId id) {
  const Session& session = all().at(id);
  unschedule(id, session);
  encoded_bytes_ -= encoded_bytes_of(session);
  sessions_.erase(id);
}

void Sessions::schedule(SessionId id, const Session& session) {
  by_use_.emplace(session.last_used, id);
  if (session.idle_entries != 0) deadlines_.emplace(deadline_of(session), id);
}

void Sessions::unschedule(SessionId id, const Session& session) {
  by_use_.erase(session.last_used);
  deadlines_.erase({deadline_of(session), id});
}

}  // namespace plumbline::replica
