#pragma once

#include <cstdint>
#include <optional>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"
#include "nodes/replica/state_machine.h"

namespace plumbline::replica {

// Makes a state machine of the bytes that a capture handed out, fed in pieces of any size.
class StateLoader {
 public:
  // Errors: kInvalid for a version that this program does not know; kCorrupt for bytes that no
  // capture of ours wrote. The loader is then good for nothing.
  Status feed(BytesView bytes);
  // Errors: kCorrupt when the state is not whole.
  Result<StateMachine> finish();

 private:
  // How many bytes of `rest` one item took; nothing when it is not there as a whole.
  Result<std::optional<std::size_t>> take_item(BytesView rest);
  Result<std::optional<std::size_t>> take_head(BytesView rest);
  Result<std::optional<std::size_t>> take_value(BytesView rest);
  Result<std::optional<std::size_t>> take_session(BytesView rest);
  // Of one answer; nothing when it is not whole.
  static Result<std::optional<std::size_t>> take_answer(BytesView rest, Sessions::Session& session);
  bool may_restore(SessionId id, const Sessions::Session& session) const;

  StateMachine machine_;
  Bytes buffer_;  // begins with an item that is not whole yet
  bool head_read_ = false;
  std::uint64_t values_left_ = 0;
  std::uint64_t sessions_left_ = 0;
};

}  // namespace plumbline::replica
