#include "nodes/replica/state_machine.h"

#include "nodes/base/hash.h"
#include "nodes/replica/state_format.h"

namespace plumbline::replica {
namespace {

std::uint64_t encoded_bytes_of(const Bytes& key, const Bytes& value) {
  return kValueHeadBytes + key.size() + value.size();
}

}  // namespace

std::uint64_t StateMachine::encoded_bytes() const {
  return kStateHeadBytes + values_bytes_ + sessions_.encoded_bytes();
}

Answer StateMachine::apply(LogIndex index, const Command& command) {
  sessions_.expire(index);
  Answer answer;
  if (command.kind == CommandKind::kOpenSession) {
    answer = open_session(index, command);
  } else if (command.session) {
    answer = apply_once(index, command);
  } else {
    answer = mutate(command);
  }
  fold(index, command, answer);
  return answer;
}

std::optional<Bytes> StateMachine::get(const Bytes& key) const {
  const auto found = values().find(key);
  return found == values().end() ? std::nullopt : std::optional<Bytes>(found->second);
}

Answer StateMachine::open_session(LogIndex index, const Command& command) {
  const SessionId id = sessions_.open(index, command.idle_entries);
  return {.outcome = Outcome::kOk, .revision = revision_, .value = {}, .session = id};
}

Answer StateMachine::apply_once(LogIndex index, const Command& command) {
  Sessions::Session* const session = sessions_.use(index, command);
  if (session == nullptr) {
    return {.outcome = Outcome::kSessionUnknown, .revision = revision_, .value = {}, .session = {}};
  }
  const auto known = session->answers.find(command.sequence);
  if (known != session->answers.end()) return known->second;
  const Answer answer = mutate(command);
  sessions_.remember(*session, command.sequence, answer);
  return answer;
}

Answer StateMachine::mutate(const Command& command) {
  switch (command.kind) {
    case CommandKind::kPut: store(command.key, command.value); return changed();
    case CommandKind::kAppend: return append(command);
    case CommandKind::kDelete:
      if (remove(command.key)) return changed();
      return {.outcome = Outcome::kOk, .revision = revision_, .value = {}, .session = {}};
    case CommandKind::kCompareAndSwap: return compare_and_swap(command);
    case CommandKind::kOpenSession: break;
  }
  return {.outcome = Outcome::kInvalid, .revision = revision_, .value = {}, .session = {}};
}

Answer StateMachine::append(const Command& command) {
  const auto found = values().find(command.key);
  const std::size_t before = found == values().end() ? 0 : found->second.size();
  if (before + command.value.size() > kValueBytesMax) {
    return {.outcome = Outcome::kInvalid, .revision = revision_, .value = {}, .session = {}};
  }
  if (found == values().end()) {
    store(command.key, command.value);
  } else {
    values_.change(command.key) += command.value;
    values_bytes_ += command.value.size();
  }
  return changed();
}

Answer StateMachine::compare_and_swap(const Command& command) {
  const std::optional<Bytes> current = get(command.key);
  if (current != command.expected) {
    return {.outcome = Outcome::kMismatch, .revision = revision_, .value = current, .session = {}};
  }
  store(command.key, command.value);
  return changed();
}

void StateMachine::store(const Bytes& key, const Bytes& value) {
  const auto found = values().find(key);
  if (found != values().end()) values_bytes_ -= encoded_bytes_of(key, found->second);
  values_bytes_ += encoded_bytes_of(key, value);
  values_.change(key) = value;
}

bool StateMachine::remove(const Bytes& key) {
  const auto found = values().find(key);
  if (found == values().end()) return false;
  values_bytes_ -= encoded_bytes_of(key, found->second);
  return values_.erase(key);
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
  if (command.idle_entries != 0) digest_ = combine(digest_, command.idle_entries);
  digest_ = combine(digest_, hash_bytes(command.key));
  const auto now = values().find(command.key);
  digest_ = combine(digest_, now == values().end() ? 0 : hash_bytes(now->second, 1));
  digest_ = combine(digest_, static_cast<std::uint64_t>(answer.outcome));
  digest_ = combine(digest_, answer.revision.value);
  digest_ = combine(digest_, hash_bytes(answer.value.value_or(Bytes()), answer.value ? 1 : 0));
}

}  // namespace plumbline::replica
