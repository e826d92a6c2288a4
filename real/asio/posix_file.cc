#include "real/asio/posix_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "real/asio/posix_error.h"

namespace plumbline::real {
namespace {

Error failed(const char* call, const Descriptor& file, int number) {
  return disk_error(std::string(call) + " " + file.name(), number);
}

// Repeats `call` while a signal interrupts it.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

}  // namespace

Descriptor::~Descriptor() { ::close(number_); }

Result<std::size_t> read_at(const Descriptor& file, std::uint64_t offset, std::span<char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t got = uninterrupted([&] {
      return ::pread(file.number(), into.data() + done, into.size() - done,
                     static_cast<off_t>(offset + done));
    });
    if (got < 0) return failed("read", file, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Status write_at(const Descriptor& file, std::uint64_t offset, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t put = uninterrupted([&] {
      return ::pwrite(file.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    if (put < 0) return failed("write", file, errno);
    if (put == 0) return failed("write", file, ENOSPC);
    offset += static_cast<std::uint64_t>(put);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

// An interrupted sync has reported no error of the device yet, so asking again is not a retry of a
// failed one.
Status sync_data(const Descriptor& file) {
  if (uninterrupted([&] { return ::fdatasync(file.number()); }) == 0) return {};
  return failed("sync", file, errno);
}

Status sync_names(const Descriptor& directory) {
  if (uninterrupted([&] { return ::fsync(directory.number()); }) == 0) return {};
  return failed("sync directory", directory, errno);
}

Status reserve(const Descriptor& file, std::uint64_t size) {
  if (size == 0) return {};
  const auto length = static_cast<off_t>(size);
  if (uninterrupted([&] { return ::fallocate(file.number(), 0, 0, length); }) == 0) return {};
  if (errno != EOPNOTSUPP && errno != ENOSYS) return failed("allocate", file, errno);
  const auto now = size_of(file);
  if (!now) return now.error();
  return *now < size ? set_size(file, size) : Status{};
}

Status set_size(const Descriptor& file, std::uint64_t size) {
  const auto length = static_cast<off_t>(size);
  if (uninterrupted([&] { return ::ftruncate(file.number(), length); }) == 0) return {};
  return failed("truncate", file, errno);
}

Result<std::uint64_t> size_of(const Descriptor& file) {
  struct stat status;
  if (::fstat(file.number(), &status) != 0) return failed("stat", file, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

}  // namespace plumbline::real
