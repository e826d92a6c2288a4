#include "real/asio/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "nodes/base/crc32c.h"
#include "real/asio/posix_error.h"
#include "real/asio/posix_file.h"

namespace plumbline::real {
namespace {

constexpr int kIdentityVersion = 1;
constexpr std::size_t kIdentityBytesMax = 256;

struct Identity {
  NodeId node;
  std::uint64_t cluster = 0;
  Incarnation incarnation;
};

// One line of text and its checksum, so that a person can read it and a torn write cannot pass.
std::string encode(const Identity& identity) {
  char line[kIdentityBytesMax];
  std::snprintf(line, sizeof line, "plumbline %d node %u cluster %llu incarnation %u crc ",
                kIdentityVersion, identity.node.value,
                static_cast<unsigned long long>(identity.cluster), identity.incarnation.value);
  char sum[16];
  std::snprintf(sum, sizeof sum, "%08x\n", crc32c(line));
  return std::string(line) + sum;
}

Result<Identity> decode(const std::string& text, const std::string& name) {
  int version = 0;
  unsigned node = 0;
  unsigned long long cluster = 0;
  unsigned incarnation = 0;
  const int fields =
      std::sscanf(text.c_str(), "plumbline %d node %u cluster %llu incarnation %u crc ", &version,
                  &node, &cluster, &incarnation);
  const Identity identity{NodeId(node), cluster, Incarnation(incarnation)};
  if (fields >= 1 && version > kIdentityVersion) {
    return Error{Errc::kInvalid,
                 name + " was written by a newer version (" + std::to_string(version) + ")"};
  }
  if (fields != 4 || encode(identity) != text) return Error{Errc::kCorrupt, name};
  return identity;
}

Result<std::unique_ptr<Descriptor>> open_plain(const std::string& name, int flags) {
  const int number = ::open(name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (number < 0) return disk_error("open " + name, errno);
  return std::make_unique<Descriptor>(number, name);
}

// Not found is an answer of its own: the directory is fresh.
Result<Identity> read_identity(const std::string& name) {
  const auto file = open_plain(name, O_RDONLY);
  if (!file) return file.error();
  std::string text(kIdentityBytesMax, '\0');
  const auto got = read_at(**file, 0, text);
  if (!got) return got.error();
  text.resize(*got);
  return decode(text, name);
}

Status sync_path(const std::string& directory) {
  const auto opened = open_plain(directory, O_RDONLY | O_DIRECTORY);
  if (!opened) return opened.error();
  return sync_names(**opened);
}

// Write aside, sync, rename, sync the name: either the old or the new identity is there after any
// crash.
Status write_identity(const std::string& directory, const std::string& name,
                      const Identity& identity) {
  const std::string aside = name + ".new";
  {
    const auto file = open_plain(aside, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) return file.error();
    if (Status written = write_at(**file, 0, encode(identity)); !written) return written;
    if (Status synced = sync_data(**file); !synced) return synced;
  }
  if (::rename(aside.c_str(), name.c_str()) != 0) return disk_error("rename " + aside, errno);
  return sync_path(directory);
}

std::string owner_of(int descriptor) {
  char text[32] = {};
  const ssize_t got = ::pread(descriptor, text, sizeof text - 1, 0);
  std::string owner(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!owner.empty() && owner.back() == '\n') owner.pop_back();
  return owner.empty() ? "?" : owner;
}

Result<Identity> next_identity(const std::string& path, const std::string& name, NodeId node,
                               std::uint64_t cluster) {
  const auto found = read_identity(name);
  if (!found && found.error().code == Errc::kNotFound) {
    return Identity{node, cluster, Incarnation(1)};
  }
  if (!found) return found.error();
  if (found->node != node) {
    return Error{Errc::kInvalid, "data directory " + path + " belongs to node " +
                                     std::to_string(found->node.value) + ", not to node " +
                                     std::to_string(node.value)};
  }
  if (found->cluster != cluster) {
    return Error{Errc::kInvalid, "data directory " + path + " belongs to cluster " +
                                     std::to_string(found->cluster) + ", not to cluster " +
                                     std::to_string(cluster)};
  }
  return Identity{node, cluster, found->incarnation.next()};
}

}  // namespace

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::acquire(const std::string& directory) {
  if (const Status made = make_directories(directory); !made) return made.error();
  const std::string name = directory + "/LOCK";
  const int descriptor = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (descriptor < 0) return disk_error("open " + name, errno);
  std::unique_ptr<DirectoryLock> lock(new DirectoryLock(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return disk_error("lock " + name, errno);
    return Error{Errc::kExists,
                 "data directory " + directory + " is in use by process " + owner_of(descriptor)};
  }
  const std::string owner = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0) return disk_error("truncate " + name, errno);
  if (::pwrite(descriptor, owner.data(), owner.size(), 0) < 0) {
    return disk_error("write " + name, errno);
  }
  return lock;
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

Result<std::unique_ptr<DataDirectory>> DataDirectory::open(const std::string& path, NodeId node,
                                                           std::uint64_t cluster) {
  auto lock = DirectoryLock::acquire(path);
  if (!lock) return lock.error();
  const std::string name = path + "/IDENTITY";
  const auto identity = next_identity(path, name, node, cluster);
  if (!identity) return identity.error();
  const std::string store = path + "/store";
  if (const Status made = make_directories(store); !made) return made.error();
  if (Status written = write_identity(path, name, *identity); !written) return written.error();
  return std::unique_ptr<DataDirectory>(
      new DataDirectory(std::move(*lock), identity->incarnation, store));
}

}  // namespace plumbline::real
