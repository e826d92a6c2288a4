#include "nodes/log/snapshot_store.h"

#include <algorithm>
#include <span>
#include <utility>

#include "nodes/base/assert.h"
#include "nodes/base/crc32c.h"
#include "nodes/log/little_endian.h"
#include "nodes/log/log_format.h"

namespace plumbline::log {
namespace {

constexpr trace::Kind kFinished{"snapshot.durable",
                                "has a durable snapshot of entry {a}, term {b}: {c} bytes"};
constexpr trace::Kind kRemoved{"snapshot.removed", "removes {a} older snapshots than entry {b}"};
const trace::Probe kResumed{"snapshot.resumed", trace::Probe::Need::kOptional};
const trace::Probe kBad{"snapshot.bad", trace::Probe::Need::kOptional};

std::string hex(std::uint64_t number) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(kNameDigits, '0');
  for (std::size_t i = text.size(); i-- > 0; number >>= 4) text[i] = kDigits[number & 15];
  return text;
}

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t number = 0;
  for (const char c : digits) {
    const bool decimal = c >= '0' && c <= '9';
    number = number << 4 | static_cast<std::uint64_t>(decimal ? c - '0' : (c - 'a' + 10) & 15);
  }
  return number;
}

// Where a thing lies and whose it is are part of its checksum.
std::uint32_t place_of(const Identity& identity, const SnapshotHeader& header, std::uint64_t number,
                       std::uint64_t offset) {
  char place[56];
  store(place, identity.cluster);
  store(place + 8, std::uint64_t{identity.node.value});
  store(place + 16, header.id.index.value);
  store(place + 24, header.id.term.value);
  store(place + 32, header.bytes);
  store(place + 40, number);
  store(place + 48, offset);
  return crc32c(header.meta.view(), crc32c(BytesView(place, sizeof place)));
}

std::uint64_t chunk_at(const SnapshotHeader& header, std::uint64_t chunk) {
  return kSnapshotHeaderBytes + header.meta.size() +
         chunk * (kChunkHeadBytes + kSnapshotChunkBytes);
}

std::uint64_t chunk_bytes(const SnapshotHeader& header, std::uint64_t chunk) {
  return std::min(kSnapshotChunkBytes, header.bytes - chunk * kSnapshotChunkBytes);
}

std::uint64_t footer_at(const SnapshotHeader& header) {
  return kSnapshotHeaderBytes + header.meta.size() + header.bytes +
         header.chunks() * kChunkHeadBytes;
}

Bytes encode_header(const Identity& identity, const SnapshotHeader& header) {
  Bytes bytes(kSnapshotHeaderBytes, '\0');
  char* at = bytes.data();
  std::copy(kSnapshotMagic.begin(), kSnapshotMagic.end(), at);
  store(at + kSnapshotVersionAt, kSnapshotVersion);
  store(at + kSnapshotClusterAt, identity.cluster);
  store(at + kSnapshotNodeAt, identity.node.value);
  store(at + kSnapshotMetaBytesAt, static_cast<std::uint32_t>(header.meta.size()));
  store(at + kSnapshotIndexAt, header.id.index.value);
  store(at + kSnapshotTermAt, header.id.term.value);
  store(at + kSnapshotBytesAt, header.bytes);
  bytes.append(header.meta.view());
  store(bytes.data() + kSnapshotChecksumAt, crc32c(BytesView(bytes).substr(kSnapshotVersionAt)));
  return bytes;
}

Bytes encode_chunk(const Identity& identity, const SnapshotHeader& header, std::uint64_t chunk,
                   BytesView payload) {
  Bytes bytes(kChunkHeadBytes, '\0');
  store(bytes.data() + 4, static_cast<std::uint32_t>(payload.size()));
  bytes.append(payload);
  const std::uint32_t place = place_of(identity, header, chunk, chunk_at(header, chunk));
  store(bytes.data(), crc32c(BytesView(bytes).substr(4), place));
  return bytes;
}

Bytes encode_footer(const Identity& identity, const SnapshotHeader& header) {
  Bytes bytes(kSnapshotFooterBytes, '\0');
  std::copy(kSnapshotEnd.begin(), kSnapshotEnd.end(), bytes.data());
  store(bytes.data() + 8, place_of(identity, header, header.chunks(), footer_at(header)));
  return bytes;
}

Result<Bytes> read_exactly(Yield& yield, File& file, std::uint64_t offset, std::uint64_t count,
                           const std::string& path) {
  Bytes bytes(count, '\0');
  const Result<std::size_t> got = file.read(yield, offset, bytes);
  if (!got) return got.error();
  if (*got == count) return bytes;
  return Error{Errc::kCorrupt, path + ": cut short at offset " + std::to_string(offset + *got)};
}

Result<SnapshotHeader> read_header(Yield& yield, File& file, const std::string& path, SnapshotId id,
                                   const Identity& identity) {
  const auto corrupt = [&path](const char* what) {
    return Error{Errc::kCorrupt, path + ": snapshot header at offset 0 " + what};
  };
  Result<Bytes> fixed = read_exactly(yield, file, 0, kSnapshotHeaderBytes, path);
  if (!fixed) return fixed.error();
  const char* at = fixed->data();
  if (!BytesView(*fixed).starts_with(kSnapshotMagic)) return corrupt("has no magic");
  // The length is not to be trusted before the checksum, and the checksum needs it.
  const auto meta_bytes = load<std::uint32_t>(at + kSnapshotMetaBytesAt);
  if (meta_bytes > kSnapshotMetaBytesMax) return corrupt("does not pass its checksum");
  const Result<Bytes> meta = read_exactly(yield, file, kSnapshotHeaderBytes, meta_bytes, path);
  if (!meta) return meta.error();
  const std::uint32_t checksum =
      crc32c(*meta, crc32c(BytesView(*fixed).substr(kSnapshotVersionAt)));
  if (load<std::uint32_t>(at + kSnapshotChecksumAt) != checksum)
    return corrupt("does not pass its checksum");
  const auto version = load<std::uint32_t>(at + kSnapshotVersionAt);
  if (version != kSnapshotVersion) {
    return Error{Errc::kInvalid, path + ": snapshot format version " + std::to_string(version) +
                                     " is not known to this program, which reads version " +
                                     std::to_string(kSnapshotVersion)};
  }
  const Identity whose{load<std::uint64_t>(at + kSnapshotClusterAt),
                       NodeId(load<std::uint32_t>(at + kSnapshotNodeAt))};
  if (whose != identity)
    return Error{Errc::kInvalid, path + ": this snapshot belongs to another node"};
  SnapshotHeader header{.id = {LogIndex(load<std::uint64_t>(at + kSnapshotIndexAt)),
                               Term(load<std::uint64_t>(at + kSnapshotTermAt))},
                        .meta = Blob(*meta),
                        .bytes = load<std::uint64_t>(at + kSnapshotBytesAt)};
  if (header.id != id) return corrupt("says that it is another snapshot");
  return header;
}

}  // namespace

std::string snapshot_name(SnapshotId id) {
  return std::string(kSnapshotPrefix) + hex(id.index.value) + "-" + hex(id.term.value) +
         std::string(kSnapshotSuffix);
}

std::optional<SnapshotId> parse_snapshot_name(std::string_view name) {
  const std::size_t digits = kNameDigits;
  if (name.size() != kSnapshotPrefix.size() + 2 * digits + 1 + kSnapshotSuffix.size())
    return std::nullopt;
  const SnapshotId id{LogIndex(number_of(name.substr(kSnapshotPrefix.size(), digits))),
                      Term(number_of(name.substr(kSnapshotPrefix.size() + digits + 1, digits)))};
  if (snapshot_name(id) != name) return std::nullopt;
  return id;
}

// ---- writing ----

SnapshotWriter::SnapshotWriter(Disk& disk, trace::Sink& trace, std::string directory,
                               Identity identity, SnapshotHeader header)
    : disk_(disk),
      trace_(trace),
      directory_(std::move(directory)),
      identity_(identity),
      header_(std::move(header)) {}

Status SnapshotWriter::append(Yield& yield, BytesView chunk) {
  PLUMB_ASSERT(bytes_ < header_.bytes);
  const std::uint64_t number = bytes_ / kSnapshotChunkBytes;
  PLUMB_ASSERT(chunk.size() == chunk_bytes(header_, number));
  Status status = file_->write(yield, chunk_at(header_, number),
                               encode_chunk(identity_, header_, number, chunk));
  if (status) bytes_ += chunk.size();
  return status;
}

// The name must not reach the disk before the bytes do, nor anyone count on the snapshot before its
// name does (TiKV #11746, etcd #6368).
Status SnapshotWriter::finish(Yield& yield) {
  PLUMB_ASSERT(bytes_ == header_.bytes);
  const std::string path = directory_ + "/" + snapshot_name(header_.id);
  Status status = file_->write(yield, footer_at(header_), encode_footer(identity_, header_));
  if (!status) return status;
  status = file_->sync(yield);
  // What a failed sync left in the cache must not be taken for good by whoever resumes.
  if (!status) static_cast<void>(disk_.remove(yield, path + std::string(kPartialSuffix)));
  if (status) status = disk_.rename(yield, path + std::string(kPartialSuffix), path);
  if (status) status = disk_.sync_directory(yield, directory_);
  if (status) trace_.emit(kFinished, header_.id.index.value, header_.id.term.value, header_.bytes);
  return status;
}

// ---- reading ----

Result<Bytes> SnapshotReader::chunk(Yield& yield, std::uint64_t chunk) const {
  PLUMB_ASSERT(chunk < header_.chunks());
  const std::uint64_t at = chunk_at(header_, chunk);
  Result<Bytes> bytes =
      read_exactly(yield, *file_, at, kChunkHeadBytes + chunk_bytes(header_, chunk), path_);
  if (!bytes) return bytes;
  Bytes payload = bytes->substr(kChunkHeadBytes);
  if (*bytes == encode_chunk(identity_, header_, chunk, payload)) return payload;
  return Error{Errc::kCorrupt, path_ + ": chunk " + std::to_string(chunk) + " at offset " +
                                   std::to_string(at) + " does not pass its checksum"};
}

Status SnapshotReader::check_end(Yield& yield) const {
  const std::uint64_t at = footer_at(header_);
  const Result<Bytes> footer = read_exactly(yield, *file_, at, kSnapshotFooterBytes, path_);
  if (!footer) return footer.error();
  if (*footer == encode_footer(identity_, header_)) return {};
  return Error{Errc::kCorrupt,
               path_ + ": its end at offset " + std::to_string(at) + " does not pass"};
}

// ---- the store ----

SnapshotStore::SnapshotStore(Disk& disk, trace::Sink& trace, std::string directory,
                             Identity identity)
    : disk_(disk), trace_(trace), directory_(std::move(directory)), identity_(identity) {}

Status SnapshotStore::open(Yield& yield) {
  const Status made = disk_.make_directory(yield, directory_);
  if (!made && made.error().code != Errc::kExists) return made;
  const std::size_t slash = directory_.rfind('/');
  Status synced =
      disk_.sync_directory(yield, slash == std::string::npos ? "" : directory_.substr(0, slash));
  // The one before may have died between giving a snapshot its name and making the name durable.
  return synced ? disk_.sync_directory(yield, directory_) : synced;
}

Result<std::unique_ptr<SnapshotReader>> SnapshotStore::open_file(Yield& yield,
                                                                 const std::string& path,
                                                                 SnapshotId id) {
  Result<std::unique_ptr<File>> file = disk_.open(yield, path, OpenMode::kRead);
  if (!file) return file.error();
  Result<SnapshotHeader> header = read_header(yield, **file, path, id, identity_);
  if (!header) return header.error();
  std::unique_ptr<SnapshotReader> reader(new SnapshotReader());
  reader->path_ = path;
  reader->file_ = std::move(*file);
  reader->identity_ = identity_;
  reader->header_ = std::move(*header);
  return reader;
}

Result<std::unique_ptr<SnapshotReader>> SnapshotStore::read(Yield& yield, SnapshotId id) {
  return open_file(yield, directory_ + "/" + snapshot_name(id), id);
}

Result<SnapshotList> SnapshotStore::list(Yield& yield) {
  const Result<std::vector<std::string>> names = disk_.list(yield, directory_);
  if (!names) return names.error();
  SnapshotList list;
  for (auto name = names->rbegin(); name != names->rend(); ++name) {
    const std::optional<SnapshotId> id = parse_snapshot_name(*name);
    if (!id) continue;
    const Result<std::unique_ptr<SnapshotReader>> reader = read(yield, *id);
    if (!reader && reader.error().code == Errc::kIo) return reader.error();
    if (reader) {
      list.readable.push_back((*reader)->header());
    } else {
      trace_.reached(kBad);
      list.bad.push_back(reader.error().detail);
    }
  }
  return list;
}

Status SnapshotStore::verify(Yield& yield, SnapshotId id) {
  const Result<std::unique_ptr<SnapshotReader>> reader = read(yield, id);
  if (!reader) return reader.error();
  for (std::uint64_t i = 0; i < (*reader)->header().chunks(); ++i) {
    if (const Result<Bytes> bytes = (*reader)->chunk(yield, i); !bytes) return bytes.error();
  }
  return (*reader)->check_end(yield);
}

Result<std::unique_ptr<SnapshotWriter>> SnapshotStore::create(Yield& yield,
                                                              const SnapshotHeader& header) {
  PLUMB_ASSERT(header.meta.size() <= kSnapshotMetaBytesMax);
  const std::string path =
      directory_ + "/" + snapshot_name(header.id) + std::string(kPartialSuffix);
  const Status removed = disk_.remove(yield, path);
  if (!removed && removed.error().code != Errc::kNotFound) return removed.error();
  std::unique_ptr<SnapshotWriter> writer(
      new SnapshotWriter(disk_, trace_, directory_, identity_, header));
  Result<std::unique_ptr<File>> file = disk_.open(yield, path, OpenMode::kCreate);
  if (!file) return file.error();
  writer->file_ = std::move(*file);
  Status status = writer->file_->write(yield, 0, encode_header(identity_, header));
  if (!status) return status.error();
  return writer;
}

Result<std::unique_ptr<SnapshotWriter>> SnapshotStore::resume(Yield& yield,
                                                              const SnapshotHeader& header) {
  const std::string path =
      directory_ + "/" + snapshot_name(header.id) + std::string(kPartialSuffix);
  const Result<std::unique_ptr<SnapshotReader>> there = open_file(yield, path, header.id);
  if (!there && there.error().code == Errc::kIo) return there.error();
  if (!there || !((*there)->header() == header)) return create(yield, header);
  std::unique_ptr<SnapshotWriter> writer(
      new SnapshotWriter(disk_, trace_, directory_, identity_, header));
  for (std::uint64_t i = 0; i < header.chunks(); ++i) {
    const Result<Bytes> chunk = (*there)->chunk(yield, i);
    if (!chunk && chunk.error().code == Errc::kIo) return chunk.error();
    if (!chunk) break;
    writer->bytes_ += chunk->size();
  }
  Result<std::unique_ptr<File>> file = disk_.open(yield, path, OpenMode::kWrite);
  if (!file) return file.error();
  writer->file_ = std::move(*file);
  if (writer->bytes_ > 0) trace_.reached(kResumed);
  return writer;
}

Result<std::uint64_t> SnapshotStore::remove_older(Yield& yield, SnapshotId keep,
                                                  LogIndex log_base) {
  if (log_base > keep.index) return std::uint64_t{0};
  if (const Status whole = verify(yield, keep); !whole) return whole.error();
  const Result<std::vector<std::string>> names = disk_.list(yield, directory_);
  if (!names) return names.error();
  std::uint64_t removed = 0;
  for (const std::string& name : *names) {
    const bool partial = name.ends_with(kPartialSuffix);
    const std::optional<SnapshotId> id = parse_snapshot_name(
        partial ? std::string_view(name).substr(0, name.size() - kPartialSuffix.size()) : name);
    if (!id || *id >= keep) continue;
    const Status status = disk_.remove(yield, directory_ + "/" + name);
    if (!status && status.error().code != Errc::kNotFound) return status.error();
    if (status) ++removed;
  }
  if (removed == 0) return removed;
  trace_.emit(kRemoved, removed, keep.index.value);
  if (Status status = disk_.sync_directory(yield, directory_); !status) return status.error();
  return removed;
}

Status SnapshotStore::remove_partial(Yield& yield) {
  const Result<std::vector<std::string>> names = disk_.list(yield, directory_);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    if (!name.ends_with(kPartialSuffix)) continue;
    const Status status = disk_.remove(yield, directory_ + "/" + name);
    if (!status && status.error().code != Errc::kNotFound) return status;
  }
  return disk_.sync_directory(yield, directory_);
}

Status SnapshotStore::remove(Yield& yield, SnapshotId id) {
  Status status = disk_.remove(yield, directory_ + "/" + snapshot_name(id));
  return status ? disk_.sync_directory(yield, directory_) : status;
}

}  // namespace plumbline::log
