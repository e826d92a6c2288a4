#include "nodes/raft/types.h"

namespace plumbline::raft {
namespace {

// One byte of version, then each voter's id in four bytes, little-endian, in ascending order.
constexpr char kVersion = 1;
constexpr std::size_t kHeaderBytes = 1;
constexpr std::size_t kIdBytes = 4;

ReplicaId id_at(BytesView bytes, std::size_t offset) {
  std::uint32_t id = 0;
  for (std::size_t i = 0; i < kIdBytes; ++i) {
    id |= std::uint32_t{static_cast<unsigned char>(bytes[offset + i])} << (8 * i);
  }
  return ReplicaId(id);
}

}  // namespace

Blob encode(const Configuration& configuration) {
  Bytes bytes(1, kVersion);
  for (const ReplicaId id : configuration.voters) {
    for (std::size_t i = 0; i < kIdBytes; ++i) {
      bytes.push_back(static_cast<char>(id.value >> (8 * i)));
    }
  }
  return Blob(bytes);
}

std::optional<Configuration> decode_configuration(BytesView payload) {
  if (payload.size() <= kHeaderBytes || payload[0] != kVersion) return std::nullopt;
  if ((payload.size() - kHeaderBytes) % kIdBytes != 0) return std::nullopt;
  Configuration configuration;
  ReplicaId previous;
  for (std::size_t at = kHeaderBytes; at < payload.size(); at += kIdBytes) {
    const ReplicaId id = id_at(payload, at);
    if (id <= previous) return std::nullopt;
    configuration.voters.push_back(id);
    previous = id;
  }
  return configuration;
}

}  // namespace plumbline::raft
