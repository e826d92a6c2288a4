#include "nodes/log/segment.h"

#include <utility>
#include <vector>

#include "nodes/log/claim.h"

namespace plumbline::log {
namespace {

std::string path_of(const std::string& directory, const SegmentHeader& header) {
  return directory + "/" + segment_name({header.first, header.restarts});
}

std::string reserve_path(const std::string& directory) {
  return directory + "/" + std::string(kReserveName);
}

// Everything between the header and the records.
Bytes encode_marks(const SegmentContent& content) {
  const SegmentHeader& header = content.header;
  Bytes bytes(header.data_at(), '\0');
  const auto put = [&bytes](std::uint64_t at, const Bytes& what) {
    bytes.replace(at, what.size(), what);
  };
  put(kHeaderAt[1], encode_header(header));
  put(kProofAt, encode_proof(header, content.next));
  const Claim claim{.next = content.next, .floor = content.next, .groups = content.groups};
  for (const int slot : {0, 1}) put(header.claim_at(slot), encode_claim(header, slot, claim));
  return bytes.substr(kHeaderBytes);
}

}  // namespace

Result<std::unique_ptr<File>> write_temporary(Yield& yield, Disk& disk,
                                              const std::string& directory,
                                              const SegmentContent& content) {
  const SegmentHeader& header = content.header;
  const std::string temporary = path_of(directory, header) + std::string(kTemporarySuffix);
  Result<std::unique_ptr<File>> file = disk.open(yield, temporary, OpenMode::kCreate);
  if (!file && file.error().code == Errc::kExists) {
    // A try that found no space has left it, and could not remove it.
    if (Status status = disk.remove(yield, temporary); !status) return status.error();
    file = disk.open(yield, temporary, OpenMode::kCreate);
  }
  if (!file) return file;
  // Writes of their own: one that is lost or strays leaves a header, and a place for every vote.
  Status status = (*file)->allocate(yield, header.segment_bytes);
  if (status) status = (*file)->write(yield, 0, encode_header(header));
  if (status) status = (*file)->write(yield, kHeaderBytes, encode_marks(content));
  if (status && !content.frames.empty())
    status = (*file)->write(yield, header.data_at(), content.frames);
  if (!status) return status.error();
  return file;
}

// The order is the point: the name must not reach the disk before the bytes do (TiKV #11746), and
// nothing may count on the file before its name does (etcd #6368).
Status publish(Yield& yield, Disk& disk, File& file, const std::string& directory,
               const SegmentHeader& header) {
  const std::string path = path_of(directory, header);
  const std::string temporary = path + std::string(kTemporarySuffix);
  if (Status status = file.sync(yield); !status) return status;
  if (Status status = disk.rename(yield, temporary, path); !status) return status;
  return disk.sync_directory(yield, directory);
}

Status remove_temporary(Yield& yield, Disk& disk, const std::string& directory,
                        const SegmentHeader& header) {
  return disk.remove(yield, path_of(directory, header) + std::string(kTemporarySuffix));
}

// Not synced: after a crash it is made anew.
Status make_reserve(Yield& yield, Disk& disk, const std::string& directory, std::uint64_t bytes) {
  const std::string path = reserve_path(directory);
  Result<std::unique_ptr<File>> file = disk.open(yield, path, OpenMode::kCreate);
  if (!file && file.error().code == Errc::kExists) file = disk.open(yield, path, OpenMode::kWrite);
  const Status status = file ? (*file)->allocate(yield, bytes) : Status(file.error());
  if (status || status.error().code != Errc::kNoSpace) return status;
  const Status removed = remove_reserve(yield, disk, directory);
  return removed ? status : removed;
}

Status remove_reserve(Yield& yield, Disk& disk, const std::string& directory) {
  Status removed = disk.remove(yield, reserve_path(directory));
  if (removed) removed = disk.sync_directory(yield, directory);
  return !removed && removed.error().code == Errc::kNotFound ? Status() : removed;
}

Result<std::uint64_t> remove_leftovers(Yield& yield, Disk& disk, const std::string& directory) {
  const Result<std::vector<std::string>> names = disk.list(yield, directory);
  if (!names) return names.error();
  std::uint64_t removed = 0;
  for (const std::string& name : *names) {
    const bool reserve = name == kReserveName;
    if (!reserve && !name.ends_with(kTemporarySuffix)) continue;
    if (Status status = disk.remove(yield, directory + "/" + name); !status) return status.error();
    if (!reserve) ++removed;
  }
  // A repair may need the room of these, and of one that a start before has removed and no more.
  const Status synced = disk.sync_directory(yield, directory);
  return synced ? Result<std::uint64_t>(removed) : synced.error();
}

}  // namespace plumbline::log
