#include "nodes/replica/state_machine.h"

#include <algorithm>

#include "nodes/base/hash.h"

namespace plumbline::replica {

Answer StateMachine::apply(LogIndex index, const Command& command) {
  Answer answer;
  if (command.kind == CommandKind::kOpenSession) {
    answer = open_session(index);
  } else if (command.session) {
    answer = apply_once(index, command);
  } else {
    answer = mutate(command);
  }
  fold(index, command, answer);
  return answer;
}

std::optional<Bytes> StateMachine::get(const Bytes& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::nullopt : std::optional<Bytes>(found->second);
}

Answer StateMachine::open_session(LogIndex index) {
  if (sessions_.size() == kSessionsMax) {
    sessions_.erase(std::min_element(
        sessions_.begin(), sessions_.end(),
        [](const auto& a, const auto& b) { return a.second.last_used < b.second.last_used; }));
  }
  const SessionId id(index.value);
  sessions_[id] = {.last_used = index, .first_unfinished = Sequence(1), .answers = {}};
  return {.outcome = Outcome::kOk, .revision = revision_, .value = {}, .session = id};
}

Answer StateMachine::apply_once(LogIndex index, const Command& command) {
  const Answer refused{
      .outcome = Outcome::kSessionUnknown, .revision = revision_, .value = {}, .session = {}};
  const auto found = sessions_.find(command.session);
  if (found == sessions_.end()) return refused;
  Session& session = found->second;
  session.last_used = index;
  session.first_unfinished = std::max(session.first_unfinished, command.first_unfinished);
  session.answers.erase(session.answers.begin(),
                        session.answers.lower_bound(session.first_unfinished));
  // Its answer was given up by the client, and forgotten here: whether it was executed cannot be
  // said any more.
  if (command.sequence < session.first_unfinished) return refused;
  const auto known = session.answers.find(command.sequence);
  if (known != session.answers.end()) return known->second;
  const Answer answer = mutate(command);
  session.answers.emplace(command.sequence, answer);
  return answer;
}

Answer StateMachine::mutate(const Command& command) {
  switch (command.kind) {
    case CommandKind::kPut: values_[command.key] = command.value; return changed();
    case CommandKind::kAppend: return append(command);
    case CommandKind::kDelete:
      if (values_.erase(command.key) != 0) return changed();
      return {.outcome = Outcome::kOk, .revision = revision_, .value = {}, .session = {}};
    case CommandKind::kCompareAndSwap: return compare_and_swap(command);
    case CommandKind::kOpenSession: break;
  }
  return {.outcome = Outcome::kInvalid, .revision = revision_, .value = {}, .session = {}};
}

Answer StateMachine::append(const Command& command) {
  const auto found = values_.find(command.key);
  const std::size_t before = found == values_.end() ? 0 : found->second.size();
  if (before + command.value.size() > kValueBytesMax) {
    return {.outcome = Outcome::kInvalid, .revision = revision_, .value = {}, .session = {}};
  }
  values_[command.key] += command.value;
  return changed();
}

Answer StateMachine::compare_and_swap(const Command& command) {
  const std::optional<Bytes> current = get(command.key);
  if (current != command.expected) {
    return {.outcome = Outcome::kMismatch, .revision = revision_, .value = current, .session = {}};
  }
  values_[command.key] = command.value;
  return changed();
}

Answer StateMachine::changed() {
  revision_ = revision_.next();
  return {.outcome = Outcome::kOk, .revision = revision_, .value = {}, .session = {}};
}

void StateMachine::fold(LogIndex index, const Command& command, const Answer& answer) {
  digest_ = combine(digest_, index.value);
  digest_ = combine(digest_, static_cast<std::uint64_t>(command.kind));
  digest_ = combine(digest_, command.session.value);
  digest_ = combine(digest_, command.sequence.value);
  digest_ = combine(digest_, command.first_unfinished.value);
  digest_ = combine(digest_, hash_bytes(command.key));
  const auto now = values_.find(command.key);
  digest_ = combine(digest_, now == values_.end() ? 0 : hash_bytes(now->second, 1));
  digest_ = combine(digest_, static_cast<std::uint64_t>(answer.outcome));
  digest_ = combine(digest_, answer.revision.value);
  digest_ = combine(digest_, hash_bytes(answer.value.value_or(Bytes()), answer.value ? 1 : 0));
}

}  // namespace plumbline::replica
