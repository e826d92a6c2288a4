#include <utility>

#include "nodes/raft/quorum.h"
#include "nodes/raft/raft.h"

namespace plumbline::raft {
namespace {

constexpr trace::Kind kNotLeader{"raft.read_refused_role", "refuses read {a}: does not lead"};
constexpr trace::Kind kNoCommit{"raft.read_refused_no_commit",
                                "refuses read {a}: nothing committed yet in term {b}"};
constexpr trace::Kind kAsks{"raft.reads_asked",
                            "asks whether it still leads, for {a} reads at {b}"};
constexpr trace::Kind kConfirmed{"raft.reads_confirmed", "still led: {a} reads may see {b}"};
constexpr trace::Kind kFailed{"raft.reads_failed", "gives up {a} reads"};
const trace::Probe kRefusedNoCommit{"raft.read_refused_without_commit_in_term"};
const trace::Probe kLeased{"raft.read_by_lease", trace::Probe::Need::kOptional};
const trace::Probe kLaterRound{"raft.read_confirmed_by_later_round"};

}  // namespace

void Raft::request_read(Step& s, const ReadRequest& request) {
  if (leading() != nullptr) return take_reader(s, {self(), request.cookie});
  if (as_follower() != nullptr && leader()) return forward_read(s, request.cookie);
  s.sink.emit(kNotLeader, request.cookie);
  s.update.reads.push_back(ReadResult{request.cookie, false, LogIndex()});
}

void Raft::take_reader(Step& s, const Reader& reader) {
  // Thesis 6.4, step 1: before its term's first commit a leader may not know what is committed.
  if (term_at(commit()) != term()) {
    s.sink.reached(kRefusedNoCommit);
    s.sink.emit(kNoCommit, reader.cookie, term().value);
    return answer_reader(s, reader, false, LogIndex());
  }
  if (holds_lease(s.now)) {
    s.sink.reached(kLeased);
    return answer_reader(s, reader, true, commit());
  }
  Reads& reads = as_leader()->reads;
  reads.waiting.push_back(reader);
  if (reads.confirming.empty()) start_reads(s);
}

void Raft::answer_reader(Step& s, const Reader& reader, bool ok, LogIndex index) {
  if (reader.from == self()) {
    s.update.reads.push_back(ReadResult{reader.cookie, ok, index});
    return;
  }
  Message reply = message_to(reader.from, MessageKind::kReadReply);
  reply.round = reader.cookie;
  reply.reject = !ok;
  reply.index = index;
  send(s, reply, volatile_.durability.of_hard_state());
}

// Answers to messages that leave from now on prove that no later leader had committed anything when
// these reads were asked for.
void Raft::start_reads(Step& s) {
  Reads& reads = as_leader()->reads;
  std::swap(reads.confirming, reads.waiting);
  reads.index = commit();
  s.sink.emit(kAsks, reads.confirming.size(), reads.index.value);
  for (Progress& peer : as_leader()->peers) {
    peer.read_round = peer.round + 1;
    send_append(s, peer, Entries());
  }
  confirm_reads(s);
}

void Raft::confirm_reads(Step& s) {
  if (leading() == nullptr || as_leader()->reads.confirming.empty()) return;
  Voters confirmed{self()};
  bool later_round = false;
  for (const Progress& peer : as_leader()->peers) {
    if (peer.acked_round < peer.read_round) continue;
    confirmed.push_back(peer.id);
    later_round = later_round || peer.acked_round > peer.read_round;
  }
  if (!is_quorum(configuration(), confirmed)) return;
  if (later_round) s.sink.reached(kLaterRound);
  Reads& reads = as_leader()->reads;
  s.sink.emit(kConfirmed, reads.confirming.size(), reads.index.value);
  for (const Reader& reader : reads.confirming) answer_reader(s, reader, true, reads.index);
  reads.confirming.clear();
  reads.index = LogIndex();
  if (!reads.waiting.empty()) start_reads(s);
}

void Raft::fail_reads(Step& s) {
  Reads& reads = as_leader()->reads;
  const std::size_t count = reads.confirming.size() + reads.waiting.size();
  if (count != 0) s.sink.emit(kFailed, count);
  for (const auto* batch : {&reads.confirming, &reads.waiting}) {
    for (const Reader& reader : *batch) answer_reader(s, reader, false, LogIndex());
  }
  reads = Reads();
}

}  // namespace plumbline::raft
