#include "nodes/replica/state_loader.h"

#include <algorithm>
#include <utility>

#include "nodes/replica/state_format.h"

namespace plumbline::replica {
namespace {

using Taken = Result<std::optional<std::size_t>>;

const std::optional<std::size_t> kMoreNeeded;

Error corrupt(const char* what) { return {Errc::kCorrupt, std::string("state: ") + what}; }

// Keys come in order, each once.
template <class Map, class Key>
bool follows(const Map& map, const Key& key) {
  return map.empty() || map.rbegin()->first < key;
}

}  // namespace

Status StateLoader::feed(BytesView bytes) {
  buffer_ += bytes;
  std::size_t done = 0;
  for (;;) {
    const Taken taken = take_item(BytesView(buffer_).substr(done));
    if (!taken) return taken.error();
    if (!*taken) break;
    done += **taken;
  }
  buffer_.erase(0, done);
  return {};
}

Result<StateMachine> StateLoader::finish() {
  const bool whole = head_read_ && values_left_ == 0 && sessions_left_ == 0;
  if (!whole || !buffer_.empty()) return corrupt("it is cut short");
  return std::move(machine_);
}

Taken StateLoader::take_item(BytesView rest) {
  if (!head_read_) return take_head(rest);
  if (values_left_ > 0) return take_value(rest);
  if (sessions_left_ > 0) return take_session(rest);
  if (!rest.empty()) return corrupt("there is more behind its end");
  return kMoreNeeded;
}

Taken StateLoader::take_head(BytesView rest) {
  if (rest.size() < kStateHeadBytes) return kMoreNeeded;
  const auto version = number_at<std::uint32_t>(rest, 0);
  if (version != kStateVersion) {
    return Error{Errc::kInvalid, "state of format version " + std::to_string(version)};
  }
  if (number_at<std::uint32_t>(rest, 4) != 0) return corrupt("its head");
  machine_.revision_ = Revision(number_at<std::uint64_t>(rest, 8));
  machine_.digest_ = number_at<std::uint64_t>(rest, 16);
  values_left_ = number_at<std::uint64_t>(rest, 24);
  sessions_left_ = number_at<std::uint64_t>(rest, 32);
  head_read_ = true;
  return std::optional(kStateHeadBytes);
}

Taken StateLoader::take_value(BytesView rest) {
  if (rest.size() < kValueHeadBytes) return kMoreNeeded;
  const std::size_t key_bytes = number_at<std::uint32_t>(rest, 0);
  const std::size_t value_bytes = number_at<std::uint32_t>(rest, 4);
  const std::size_t whole = kValueHeadBytes + key_bytes + value_bytes;
  if (rest.size() < whole) return kMoreNeeded;
  const Bytes key(rest.substr(kValueHeadBytes, key_bytes));
  if (!follows(machine_.values(), key)) return corrupt("its keys are not in order");
  machine_.store(key, Bytes(rest.substr(kValueHeadBytes + key_bytes, value_bytes)));
  --values_left_;
  return std::optional(whole);
}

Taken StateLoader::take_session(BytesView rest) {
  if (rest.size() < kSessionHeadBytes) return kMoreNeeded;
  const SessionId id(number_at<std::uint64_t>(rest, 0));
  Sessions::Session session{.last_used = LogIndex(number_at<std::uint64_t>(rest, 8)),
                            .idle_entries = number_at<std::uint64_t>(rest, 16),
                            .first_unfinished = Sequence(number_at<std::uint64_t>(rest, 24)),
                            .answers = {}};
  std::size_t taken = kSessionHeadBytes;
  for (auto left = number_at<std::uint64_t>(rest, 32); left > 0; --left) {
    const Taken answer = take_answer(rest.substr(taken), session);
    if (!answer || !*answer) return answer;
    taken += **answer;
  }
  if (!may_restore(id, session)) return corrupt("a session that no log opened");
  machine_.sessions_.restore(id, std::move(session));
  --sessions_left_;
  return std::optional(taken);
}

Taken StateLoader::take_answer(BytesView rest, Sessions::Session& session) {
  if (rest.size() < kAnswerHeadBytes) return kMoreNeeded;
  const Sequence sequence(number_at<std::uint64_t>(rest, 0));
  const auto outcome = number_at<std::uint8_t>(rest, 24);
  const auto has_value = number_at<std::uint8_t>(rest, 25);
  const std::size_t value_bytes = number_at<std::uint32_t>(rest, 28);
  const std::size_t whole = kAnswerHeadBytes + value_bytes;
  if (rest.size() < whole) return kMoreNeeded;
  const bool sound = outcome <= static_cast<std::uint8_t>(Outcome::kInvalid) && has_value <= 1 &&
                     number_at<std::uint16_t>(rest, 26) == 0 &&
                     (has_value == 1 || value_bytes == 0);
  if (!sound || !follows(session.answers, sequence)) return corrupt("an answer");
  Answer& answer = session.answers[sequence];
  answer.outcome = static_cast<Outcome>(outcome);
  answer.revision = Revision(number_at<std::uint64_t>(rest, 8));
  answer.session = SessionId(number_at<std::uint64_t>(rest, 16));
  if (has_value == 1) answer.value = rest.substr(kAnswerHeadBytes, value_bytes);
  return std::optional(whole);
}

bool StateLoader::may_restore(SessionId id, const Sessions::Session& session) const {
  const auto& all = machine_.sessions_.all();
  const bool fits = all.size() < Sessions::kSessionsMax && follows(all, id) &&
                    session.answers.size() <= Sessions::kAnswersMax;
  const bool line_holds =
      session.answers.empty() || session.answers.begin()->first >= session.first_unfinished;
  return fits && line_holds && id.value <= session.last_used.value &&
         !machine_.sessions_.used_by(session.last_used);
}

}  // namespace plumbline::replica
