// Writes a captured state out, piece by piece (FORMAT.md).

#include "nodes/base/assert.h"
#include "nodes/replica/state_format.h"
#include "nodes/replica/state_machine.h"

namespace plumbline::replica {
namespace {

void append_value(Bytes& into, const Bytes& key, const Bytes& value) {
  append_number(into, static_cast<std::uint32_t>(key.size()));
  append_number(into, static_cast<std::uint32_t>(value.size()));
  into += key;
  into += value;
}

void append_answer(Bytes& into, Sequence sequence, const Answer& answer) {
  const Bytes value = answer.value.value_or(Bytes());
  append_number(into, sequence.value);
  append_number(into, answer.revision.value);
  append_number(into, answer.session.value);
  append_number(into, static_cast<std::uint8_t>(answer.outcome));
  append_number(into, static_cast<std::uint8_t>(answer.value ? 1 : 0));
  append_number(into, std::uint16_t{0});
  append_number(into, static_cast<std::uint32_t>(value.size()));
  into += value;
}

void append_session(Bytes& into, SessionId id, const Sessions::Session& session) {
  append_number(into, id.value);
  append_number(into, session.last_used.value);
  append_number(into, session.idle_entries);
  append_number(into, session.first_unfinished.value);
  append_number(into, std::uint64_t{session.answers.size()});
  for (const auto& [sequence, answer] : session.answers) append_answer(into, sequence, answer);
}

}  // namespace

std::uint64_t StateMachine::capture() {
  PLUMB_ASSERT(!capture_);
  capture_.emplace();
  Bytes& head = capture_->head;
  append_number(head, kStateVersion);
  append_number(head, std::uint32_t{0});
  append_number(head, revision_.value);
  append_number(head, digest_);
  append_number(head, std::uint64_t{values().size()});
  append_number(head, std::uint64_t{session_count()});
  PLUMB_ASSERT(head.size() == kStateHeadBytes);
  capture_->bytes_left = encoded_bytes();
  values_.freeze();
  sessions_.states().freeze();
  return capture_->bytes_left;
}

void StateMachine::drop_capture() {
  capture_.reset();
  values_.thaw();
  sessions_.states().thaw();
}

Bytes StateMachine::next_captured(std::size_t bytes) {
  PLUMB_ASSERT(capture_ && bytes > 0);
  Capture& capture = *capture_;
  if (capture.taken >= capture.pending.size() / 2) {
    capture.pending.erase(0, capture.taken);
    capture.taken = 0;
  }
  while (capture.pending.size() - capture.taken < bytes && capture.part != Part::kEnd) {
    append_captured(capture.pending);
  }
  Bytes piece = capture.pending.substr(capture.taken, bytes);
  capture.taken += piece.size();
  PLUMB_ASSERT(!piece.empty() && piece.size() <= capture.bytes_left);
  capture.bytes_left -= piece.size();
  if (capture.bytes_left == 0) drop_capture();
  return piece;
}

// One more item of the state, or on to the next part of it.
void StateMachine::append_captured(Bytes& into) {
  const auto value = [&](const Bytes& key, const Bytes& held) { append_value(into, key, held); };
  const auto session = [&](SessionId id, const Sessions::Session& state) {
    append_session(into, id, state);
  };
  switch (capture_->part) {
    case Part::kHead:
      into += capture_->head;
      capture_->part = Part::kValues;
      return;
    case Part::kValues:
      if (values_.visit_next(value)) return;
      values_.thaw();
      capture_->part = Part::kSessions;
      return;
    case Part::kSessions:
      if (!sessions_.states().visit_next(session)) capture_->part = Part::kEnd;
      return;
    case Part::kEnd: return;
  }
}

}  // namespace plumbline::replica
