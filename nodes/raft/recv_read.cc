#include "nodes/raft/raft.h"

namespace plumbline::raft {

// A follower asks for a read index (thesis 6.4).
void Raft::receive_read(Step& s, const Message& m) {
  adopt_later_term(s, m);
  const Reader reader{m.from, m.round};
  if (leading() == nullptr || m.term < term()) return answer_reader(s, reader, false, LogIndex());
  take_reader(s, reader);
}

}  // namespace plumbline::raft
