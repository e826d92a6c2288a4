#include "nodes/log/segment.h"

#include <utility>
#include <vector>

namespace plumbline::log {
namespace {

// Gives a finished file its name. The order is the point: the name must not reach the disk before
// the bytes do (TiKV #11746), and nothing may count on the file before its name does (etcd #6368).
Status publish(Yield& yield, Disk& disk, File& file, const std::string& directory,
               const std::string& name) {
  const std::string path = directory + "/" + name;
  const std::string temporary = path + std::string(kTemporarySuffix);
  if (Status status = file.sync(yield); !status) return status;
  if (Status status = disk.rename(yield, temporary, path); !status) return status;
  return disk.sync_directory(yield, directory);
}

// A file under the temporary name of the segment, with its space reserved and `bytes` at its
// beginning.
Result<std::unique_ptr<File>> make_temporary(Yield& yield, Disk& disk, const std::string& directory,
                                             const SegmentHeader& header, BytesView bytes) {
  const std::string temporary =
      directory + "/" + segment_name(header.first) + std::string(kTemporarySuffix);
  Result<std::unique_ptr<File>> file = disk.open(yield, temporary, OpenMode::kCreate);
  if (!file) return file.error();
  if (Status status = (*file)->allocate(yield, header.segment_bytes); !status)
    return status.error();
  if (Status status = (*file)->write(yield, 0, bytes); !status) return status.error();
  return file;
}

Result<std::unique_ptr<File>> make_segment(Yield& yield, Disk& disk, const std::string& directory,
                                           const SegmentHeader& header, BytesView bytes) {
  Result<std::unique_ptr<File>> file = make_temporary(yield, disk, directory, header, bytes);
  if (!file) return file;
  Status status = publish(yield, disk, **file, directory, segment_name(header.first));
  if (!status) return status.error();
  return file;
}

}  // namespace

Result<std::unique_ptr<File>> create_segment(Yield& yield, Disk& disk, const std::string& directory,
                                             const SegmentHeader& header) {
  return make_segment(yield, disk, directory, header, encode_header(header));
}

Result<std::unique_ptr<File>> rewrite_segment(Yield& yield, Disk& disk,
                                              const std::string& directory, const Found& found,
                                              const LastSegment& last) {
  Bytes bytes = encode_header(last.header);
  bytes.resize(kDataAt, '\0');
  const Bytes mark = encode_mark(last.header, 0, found.next);
  bytes.replace(kMarkAt[0], mark.size(), mark);
  bytes.append(last.bytes, kDataAt, found.end - kDataAt);
  return make_segment(yield, disk, directory, last.header, bytes);
}

Result<std::uint64_t> remove_leftovers(Yield& yield, Disk& disk, const std::string& directory) {
  const Result<std::vector<std::string>> names = disk.list(yield, directory);
  if (!names) return names.error();
  std::uint64_t removed = 0;
  for (const std::string& name : *names) {
    if (!name.ends_with(kTemporarySuffix)) continue;
    if (Status status = disk.remove(yield, directory + "/" + name); !status) return status.error();
    ++removed;
  }
  return removed;
}

}  // namespace plumbline::log
