#pragma once

#include <cstdint>
#include <optional>

#include "nodes/base/bytes.h"
#include "nodes/raft/types.h"

namespace plumbline::replica {

// What a snapshot's file says beside the state, and a log's base without a digest.
struct StoredMeta {
  raft::Configuration configuration;
  LogIndex configuration_index;
  std::uint64_t digest = 0;

  friend bool operator==(const StoredMeta&, const StoredMeta&) = default;
};

Blob encode(const StoredMeta& meta);
// Nothing for bytes that no replica of ours wrote, or of another version.
std::optional<StoredMeta> decode_stored_meta(BytesView bytes);

}  // namespace plumbline::replica
