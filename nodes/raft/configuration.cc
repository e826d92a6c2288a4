#include "nodes/raft/types.h"

namespace plumbline::raft {
namespace {

// One byte of version, the next id, then four lists, each a count of one byte and its items: voters
// and outgoing voters (id), learners (id, promote, replaces), seats (id, node). Numbers have four
// bytes, little-endian; each list ascends by id.
constexpr unsigned char kVersion = 2;

class Writer {
 public:
  void byte(std::size_t value) { bytes_.push_back(static_cast<char>(value)); }
  template <class Tag>
  void id(Id<Tag, std::uint32_t> id) {
    for (int i = 0; i < 4; ++i) byte((id.value >> (8 * i)) & 0xff);
  }
  void voters(const Voters& voters) {
    byte(voters.size());
    for (const ReplicaId voter : voters) id(voter);
  }
  Blob blob() const { return Blob(bytes_); }

 private:
  Bytes bytes_;
};

class Reader {
 public:
  explicit Reader(BytesView bytes) : bytes_(bytes) {}

  unsigned char byte() {
    if (at_ == bytes_.size()) {
      ok_ = false;
      return 0;
    }
    return static_cast<unsigned char>(bytes_[at_++]);
  }
  template <class AnyId>
  AnyId id() {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value |= std::uint32_t{byte()} << (8 * i);
    return AnyId(value);
  }
  // An id of a list: above the one before.
  ReplicaId next_of(ReplicaId& previous) {
    const ReplicaId got = id<ReplicaId>();
    ok_ = ok_ && got > previous;
    previous = got;
    return got;
  }
  void voters(Voters& voters) {
    ReplicaId previous;
    for (unsigned char left = byte(); ok_ && left > 0; --left) voters.push_back(next_of(previous));
  }
  bool ended_well() const { return ok_ && at_ == bytes_.size(); }
  bool ok() const { return ok_; }

 private:
  BytesView bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace

Blob encode(const Configuration& configuration) {
  Writer out;
  out.byte(kVersion);
  out.id(configuration.next_id);
  out.voters(configuration.voters);
  out.voters(configuration.outgoing);
  out.byte(configuration.learners.size());
  for (const Learner& learner : configuration.learners) {
    out.id(learner.id);
    out.byte(learner.promote ? 1 : 0);
    out.id(learner.replaces);
  }
  out.byte(configuration.seats.size());
  for (const Seat& seat : configuration.seats) {
    out.id(seat.id);
    out.id(seat.node);
  }
  return out.blob();
}

std::optional<Configuration> decode_configuration(BytesView payload) {
  Reader in(payload);
  if (in.byte() != kVersion) return std::nullopt;
  Configuration configuration;
  configuration.next_id = in.id<ReplicaId>();
  in.voters(configuration.voters);
  in.voters(configuration.outgoing);
  ReplicaId previous;
  for (unsigned char left = in.byte(); in.ok() && left > 0; --left) {
    const ReplicaId id = in.next_of(previous);
    const bool promote = in.byte() != 0;
    configuration.learners.push_back({id, promote, in.id<ReplicaId>()});
  }
  previous = ReplicaId();
  for (unsigned char left = in.byte(); in.ok() && left > 0; --left) {
    const ReplicaId id = in.next_of(previous);
    configuration.seats.push_back({id, in.id<NodeId>()});
  }
  if (!in.ended_well() || configuration.voters.empty()) return std::nullopt;
  return configuration;
}

}  // namespace plumbline::raft
