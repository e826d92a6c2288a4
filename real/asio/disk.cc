#include "real/asio/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <optional>

#include "nodes/fiber/fiber.h"
#include "real/asio/posix_error.h"

namespace plumbline::real {
namespace {

constexpr mode_t kFileMode = 0640;
constexpr mode_t kDirectoryMode = 0750;

// The path as the kernel is given it, or nothing when a name in it could lead out of the root.
Result<std::string> confined(std::string_view path) {
  if (path.empty()) return std::string(".");
  std::string_view rest = path;
  for (;;) {
    const std::size_t slash = rest.find('/');
    const std::string_view name = rest.substr(0, slash);
    if (name.empty() || name == "." || name == ".." || name.find('\0') != name.npos) {
      return Error{Errc::kInvalid, "path \"" + std::string(path) + "\""};
    }
    if (slash == rest.npos) return std::string(path);
    rest.remove_prefix(slash + 1);
  }
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::kRead: return O_RDONLY;
    case OpenMode::kWrite: return O_RDWR;
    case OpenMode::kCreate: return O_RDWR | O_CREAT | O_EXCL;
  }
  return O_RDONLY;
}

class AsioFile : public File {
 public:
  AsioFile(std::shared_ptr<Descriptor> file, std::shared_ptr<DiskCalls> calls)
      : file_(std::move(file)), calls_(std::move(calls)) {}

  Result<std::size_t> read(Yield&, std::uint64_t offset, std::span<char> into) override {
    if (!calls_->alive()) return Errc::kCrashed;
    return read_at(*file_, offset, into);
  }
  Status write(Yield&, std::uint64_t offset, BytesView bytes) override {
    if (!calls_->alive()) return Errc::kCrashed;
    return write_at(*file_, offset, bytes);
  }
  Status sync(Yield& yield) override {
    return calls_->run(yield, [file = file_] { return sync_data(*file); });
  }
  Status allocate(Yield& yield, std::uint64_t size) override {
    return calls_->run(yield, [file = file_, size] { return reserve(*file, size); });
  }
  Status truncate(Yield&, std::uint64_t size) override {
    if (!calls_->alive()) return Errc::kCrashed;
    return set_size(*file_, size);
  }
  Result<std::uint64_t> size(Yield&) override {
    if (!calls_->alive()) return Errc::kCrashed;
    return size_of(*file_);
  }

 private:
  std::shared_ptr<Descriptor> file_;
  std::shared_ptr<DiskCalls> calls_;
};

Result<std::vector<std::string>> names_in(DIR* directory, std::string_view path) {
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(directory);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return disk_error("list " + std::string(path), errno);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

Status DiskCalls::run(Yield& yield, UniqueFunction<Status()> call) {
  if (!alive()) return Errc::kCrashed;
  if (!yield.can_suspend()) return call();
  const auto outcome = std::make_shared<std::optional<Status>>();
  // The job holds the life until it hands it back to the loop's thread, the only one that may let
  // it go last.
  auto stays = boost::asio::make_work_guard(life_->loop());
  workers_.submit([outcome, waker = yield.waker(), life = life_, call = std::move(call),
                   stays = std::move(stays)]() mutable {
    auto done = call();
    auto& loop = life->loop();
    boost::asio::post(loop, [outcome = std::move(outcome), waker, life = std::move(life),
                             done = std::move(done)]() mutable {
      *outcome = std::move(done);
      waker.wake();
    });
  });
  yield.suspend();
  PLUMB_ASSERT(outcome->has_value());
  return **outcome;
}

AsioDisk::AsioDisk(std::shared_ptr<Descriptor> root, std::shared_ptr<Life> life)
    : root_(std::move(root)), calls_(std::make_shared<DiskCalls>(std::move(life))) {}

Result<std::unique_ptr<AsioDisk>> AsioDisk::open_root(const std::string& directory,
                                                      std::shared_ptr<Life> life) {
  if (const Status made = make_directories(directory); !made) return made.error();
  const int number = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) return disk_error("open " + directory, errno);
  auto root = std::make_shared<Descriptor>(number, directory);
  return std::unique_ptr<AsioDisk>(new AsioDisk(std::move(root), std::move(life)));
}

Result<std::unique_ptr<File>> AsioDisk::open(Yield&, std::string_view path, OpenMode mode) {
  if (!calls_->alive()) return Errc::kCrashed;
  const auto name = confined(path);
  if (!name) return name.error();
  const int flags = flags_of(mode) | O_CLOEXEC | O_NOFOLLOW;
  const int number = ::openat(root_->number(), name->c_str(), flags, kFileMode);
  if (number < 0) return disk_error("open " + *name, errno);
  auto file = std::make_shared<Descriptor>(number, *name);
  struct stat status;
  if (::fstat(number, &status) != 0) return disk_error("stat " + *name, errno);
  if (!S_ISREG(status.st_mode)) return Error{Errc::kInvalid, "open " + *name + ": not a file"};
  return std::unique_ptr<File>(std::make_unique<AsioFile>(std::move(file), calls_));
}

Status AsioDisk::remove(Yield&, std::string_view path) {
  if (!calls_->alive()) return Errc::kCrashed;
  const auto name = confined(path);
  if (!name) return name.error();
  if (::unlinkat(root_->number(), name->c_str(), 0) == 0) return {};
  if (errno != EISDIR) return disk_error("remove " + *name, errno);
  if (::unlinkat(root_->number(), name->c_str(), AT_REMOVEDIR) == 0) return {};
  return disk_error("remove " + *name, errno);
}

Status AsioDisk::rename(Yield&, std::string_view from, std::string_view to) {
  if (!calls_->alive()) return Errc::kCrashed;
  const auto source = confined(from);
  if (!source) return source.error();
  const auto target = confined(to);
  if (!target) return target.error();
  if (::renameat(root_->number(), source->c_str(), root_->number(), target->c_str()) == 0) {
    return {};
  }
  return disk_error("rename " + *source + " to " + *target, errno);
}

Status AsioDisk::make_directory(Yield&, std::string_view path) {
  if (!calls_->alive()) return Errc::kCrashed;
  const auto name = confined(path);
  if (!name) return name.error();
  if (::mkdirat(root_->number(), name->c_str(), kDirectoryMode) == 0) return {};
  return disk_error("make directory " + *name, errno);
}

Result<std::shared_ptr<Descriptor>> AsioDisk::open_directory(std::string_view path) {
  if (!calls_->alive()) return Errc::kCrashed;
  const auto name = confined(path);
  if (!name) return name.error();
  const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
  const int number = ::openat(root_->number(), name->c_str(), flags);
  if (number < 0) return disk_error("open directory " + *name, errno);
  return std::make_shared<Descriptor>(number, *name);
}

Status AsioDisk::sync_directory(Yield& yield, std::string_view path) {
  const auto directory = open_directory(path);
  if (!directory) return directory.error();
  return calls_->run(yield, [opened = *directory] { return sync_names(*opened); });
}

Result<std::vector<std::string>> AsioDisk::list(Yield&, std::string_view path) {
  const auto opened = open_directory(path);
  if (!opened) return opened.error();
  // A stream of names closes the descriptor that it is given, so it gets its own.
  const int own = ::fcntl((*opened)->number(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return disk_error("list " + std::string(path), errno);
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(own), ::closedir);
  if (directory == nullptr) return disk_error("list " + std::string(path), errno);
  return names_in(directory.get(), path);
}

}  // namespace plumbline::real
