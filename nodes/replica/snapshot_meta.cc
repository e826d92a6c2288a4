#include "nodes/replica/snapshot_meta.h"

#include "nodes/replica/state_format.h"

namespace plumbline::replica {
namespace {

// Version (4), zero (4), digest, index of the configuration's entry (8 each), the configuration as
// in an entry of the log.
constexpr std::uint32_t kMetaVersion = 1;
constexpr std::size_t kMetaHeadBytes = 24;

}  // namespace

Blob encode(const StoredMeta& meta) {
  Bytes bytes;
  append_number(bytes, kMetaVersion);
  append_number(bytes, std::uint32_t{0});
  append_number(bytes, meta.digest);
  append_number(bytes, meta.configuration_index.value);
  bytes += raft::encode(meta.configuration).view();
  return Blob(bytes);
}

std::optional<StoredMeta> decode_stored_meta(BytesView bytes) {
  if (bytes.size() < kMetaHeadBytes) return std::nullopt;
  if (number_at<std::uint32_t>(bytes, 0) != kMetaVersion) return std::nullopt;
  const auto configuration = raft::decode_configuration(bytes.substr(kMetaHeadBytes));
  if (!configuration) return std::nullopt;
  return StoredMeta{.configuration = *configuration,
                    .configuration_index = LogIndex(number_at<std::uint64_t>(bytes, 16)),
                    .digest = number_at<std::uint64_t>(bytes, 8)};
}

}  // namespace plumbline::replica
