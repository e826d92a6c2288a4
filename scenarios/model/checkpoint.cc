#include "scenarios/model/checkpoint.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "nodes/base/assert.h"
#include "nodes/base/crc32c.h"

namespace plumbline::model {
namespace {

constexpr BytesView kMagic = "plumbline walk 1\n";
constexpr std::size_t kChecksumBytes = sizeof(std::uint32_t);

template <class Number>
BytesView bytes_of(const Number& number) {
  return BytesView(reinterpret_cast<const char*>(&number), sizeof(number));
}

std::string unfinished(const std::string& path) { return path + ".unfinished"; }

bool sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (file < 0) return false;
  const bool synced = ::fsync(file) == 0;
  ::close(file);
  return synced;
}

// Whether the file ends in the checksum of all before it.
bool is_whole(std::FILE* file) {
  if (std::fseek(file, 0, SEEK_END) != 0) return false;
  const auto size = static_cast<std::uint64_t>(std::ftell(file));
  std::rewind(file);
  if (size < kMagic.size() + kChecksumBytes) return false;
  std::uint64_t rest = size - kChecksumBytes;
  std::uint32_t checksum = 0;
  Bytes buffer(std::size_t{1} << 20, '\0');
  while (rest != 0) {
    const std::size_t wanted = std::min<std::uint64_t>(rest, buffer.size());
    if (std::fread(buffer.data(), 1, wanted, file) != wanted) return false;
    checksum = crc32c(BytesView(buffer.data(), wanted), checksum);
    rest -= wanted;
  }
  std::uint32_t written = 0;
  if (std::fread(&written, 1, sizeof(written), file) != sizeof(written)) return false;
  return written == checksum;
}

}  // namespace

CheckpointWriter::CheckpointWriter(const std::string& path)
    : path_(path), file_(std::fopen(unfinished(path).c_str(), "wb")) {
  failed_ = file_ == nullptr;
  write(kMagic);
}

void CheckpointWriter::write(BytesView bytes) {
  if (failed_) return;
  checksum_ = crc32c(bytes, checksum_);
  failed_ = std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size();
}

void CheckpointWriter::put(std::uint64_t number) { write(bytes_of(number)); }

void CheckpointWriter::put(BytesView block) {
  put(std::uint64_t{block.size()});
  write(block);
}

Status CheckpointWriter::finish() {
  const std::uint32_t checksum = checksum_;
  write(bytes_of(checksum));
  failed_ = failed_ || std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0;
  failed_ = failed_ || std::rename(unfinished(path_).c_str(), path_.c_str()) != 0 ||
            !sync_folder_of(path_);
  if (failed_) return Error{Errc::kIo, path_};
  return {};
}

Result<CheckpointReader> CheckpointReader::open(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return Error{Errc::kNotFound, path};
  CheckpointReader reader(file);
  if (!is_whole(file)) return Error{Errc::kCorrupt, path + " is cut off or damaged"};
  std::rewind(file);
  Bytes magic(kMagic.size(), '\0');
  reader.read(magic.data(), magic.size());
  if (magic != kMagic) return Error{Errc::kCorrupt, path + " is no walk of this version"};
  return reader;
}

void CheckpointReader::read(char* into, std::size_t size) {
  PLUMB_ASSERT(std::fread(into, 1, size, file_.get()) == size, "a whole file ends early");
}

std::uint64_t CheckpointReader::number() {
  std::uint64_t number = 0;
  read(reinterpret_cast<char*>(&number), sizeof(number));
  return number;
}

Bytes CheckpointReader::block() {
  Bytes block(number(), '\0');
  read(block.data(), block.size());
  return block;
}

}  // namespace plumbline::model
