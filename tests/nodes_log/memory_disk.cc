#include "tests/nodes_log/memory_disk.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "nodes/base/hash.h"

namespace plumbline::log::test {
namespace {

constexpr std::uint64_t kSector = 512;

std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// Whether an unsynced name survives.
bool survives(const Loss& loss, std::string_view name) {
  if (loss.mode != Loss::Mode::kMixed) return loss.mode == Loss::Mode::kAllSurvives;
  return combine(loss.seed, hash_name(name)) % 2 == 0;
}

// Each byte of a torn sector is old or new; in half of the tears the new ones come first.
void tear(Bytes& into, const Bytes& now, std::uint64_t begin, std::uint64_t end,
          std::uint64_t hash) {
  const std::uint64_t cut = begin + mix(hash) % (end - begin);
  for (std::uint64_t at = begin; at < end; ++at) {
    const bool take = hash % 2 == 0 ? at < cut : combine(hash, at) % 2 == 0;
    if (take) into[at] = now[at];
  }
}

void lose(MemoryDisk::Inode& inode, const Loss& loss, std::string_view name) {
  if (loss.mode == Loss::Mode::kAllSurvives) inode.durable = inode.now;
  if (loss.mode == Loss::Mode::kMixed) {
    const std::uint64_t key = combine(loss.seed, hash_name(name));
    const bool grows = combine(key, 1) % 2 == 0;
    if (grows && inode.durable.size() < inode.now.size())
      inode.durable.resize(inode.now.size(), '\0');
    for (const std::uint64_t sector : inode.dirty) {
      const std::uint64_t begin = sector * kSector;
      const std::uint64_t end =
          std::min<std::uint64_t>({begin + kSector, inode.now.size(), inode.durable.size()});
      const std::uint64_t hash = combine(combine(key, 2), sector);
      if (begin >= end || hash % 3 == 0) continue;
      if (hash % 3 == 1) inode.durable.replace(begin, end - begin, inode.now, begin, end - begin);
      if (hash % 3 == 2) tear(inode.durable, inode.now, begin, end, combine(hash, 3));
    }
  }
  inode.now = inode.durable;
  inode.dirty.clear();
}

MemoryDisk::Names copy_of(
    const MemoryDisk::Names& names,
    std::map<MemoryDisk::Inode*, std::shared_ptr<MemoryDisk::Inode>>& copies) {
  MemoryDisk::Names result;
  for (const auto& [name, inode] : names) {
    std::shared_ptr<MemoryDisk::Inode>& copy = copies[inode.get()];
    if (!copy) copy = std::make_shared<MemoryDisk::Inode>(*inode);
    result[name] = copy;
  }
  return result;
}

}  // namespace

class MemoryFile : public File {
 public:
  MemoryFile(MemoryDisk& disk, std::shared_ptr<MemoryDisk::Inode> inode)
      : disk_(disk), inode_(std::move(inode)) {}

  Result<std::size_t> read(Yield&, std::uint64_t offset, std::span<char> into) override {
    if (Status status = disk_.enter(false); !status) return status.error();
    if (offset >= inode_->now.size()) return std::size_t{0};
    const std::size_t count = std::min(into.size(), inode_->now.size() - offset);
    std::memcpy(into.data(), inode_->now.data() + offset, count);
    return count;
  }
  Status write(Yield&, std::uint64_t offset, BytesView bytes) override {
    if (Status status = disk_.enter(true); !status) return status;
    if (++disk_.data_writes_ == disk_.stray_write) {
      if (!disk_.stray_sectors) return {};
      offset += static_cast<std::uint64_t>(*disk_.stray_sectors) * kSector;
      if (offset >= inode_->now.size()) return {};
      bytes = bytes.substr(0, inode_->now.size() - offset);
    }
    if (inode_->now.size() < offset + bytes.size()) inode_->now.resize(offset + bytes.size(), '\0');
    inode_->now.replace(offset, bytes.size(), bytes);
    for (std::uint64_t s = offset / kSector; s * kSector < offset + bytes.size(); ++s)
      inode_->dirty.insert(s);
    return {};
  }
  Status sync(Yield&) override {
    ++disk_.syncs_;
    if (disk_.during_sync) disk_.during_sync();
    if (Status status = disk_.enter(true); !status) {
      if (!disk_.fail_is_last_) inode_->dirty.clear();
      return status;
    }
    inode_->durable.resize(inode_->now.size(), '\0');
    for (const std::uint64_t sector : inode_->dirty) {
      const std::uint64_t begin = sector * kSector;
      const std::uint64_t end = std::min<std::uint64_t>(begin + kSector, inode_->now.size());
      inode_->durable.replace(begin, end - begin, inode_->now, begin, end - begin);
    }
    inode_->dirty.clear();
    return {};
  }
  Status allocate(Yield&, std::uint64_t size) override {
    if (Status status = disk_.enter(true); !status) return status;
    if (disk_.fail_allocations || !disk_.has_room_for(*inode_, size)) return Errc::kNoSpace;
    if (inode_->now.size() < size) inode_->now.resize(size, '\0');
    return {};
  }
  Status truncate(Yield&, std::uint64_t size) override {
    if (Status status = disk_.enter(true); !status) return status;
    inode_->now.resize(size, '\0');
    return {};
  }
  Result<std::uint64_t> size(Yield&) override {
    if (Status status = disk_.enter(false); !status) return status.error();
    return std::uint64_t{inode_->now.size()};
  }

 private:
  MemoryDisk& disk_;
  std::shared_ptr<MemoryDisk::Inode> inode_;
};

MemoryDisk::MemoryDisk(const MemoryDisk& other)
    : Disk(other),
      directories_(other.directories_),
      durable_directories_(other.durable_directories_) {
  std::map<Inode*, std::shared_ptr<Inode>> copies;
  now_ = copy_of(other.now_, copies);
  durable_ = copy_of(other.durable_, copies);
}

Status MemoryDisk::enter(bool writes) {
  ++calls_;
  if (writes) ++writes_;
  const bool fails = fail_at_ != 0 && (fail_is_last_ ? calls_ >= fail_at_ : calls_ == fail_at_);
  if (fails) return Error{fail_code_, "injected"};
  return {};
}

bool MemoryDisk::has_room_for(const Inode& file, std::uint64_t size) const {
  std::map<const Inode*, std::uint64_t> sizes;
  for (const Names* names : {&now_, &durable_}) {
    for (const auto& [name, inode] : *names) sizes[inode.get()] = inode->now.size();
  }
  sizes[&file] = std::max<std::uint64_t>(size, file.now.size());
  std::uint64_t taken = 0;
  for (const auto& [inode, bytes] : sizes) taken += bytes;
  return taken <= capacity;
}

void MemoryDisk::fail_call(std::uint64_t number, Errc code, bool last) {
  fail_at_ = number;
  fail_code_ = code;
  fail_is_last_ = last;
}

Result<std::unique_ptr<File>> MemoryDisk::open(Yield&, std::string_view path, OpenMode mode) {
  if (Status status = enter(mode == OpenMode::kCreate); !status) return status.error();
  auto found = now_.find(path);
  if (mode == OpenMode::kCreate) {
    if (found != now_.end()) return Errc::kExists;
    if (!directories_.contains(directory_of(path))) return Errc::kNotFound;
    found = now_.emplace(path, std::make_shared<Inode>()).first;
  }
  if (found == now_.end()) return Errc::kNotFound;
  return std::unique_ptr<File>(new MemoryFile(*this, found->second));
}

Status MemoryDisk::remove(Yield&, std::string_view path) {
  if (Status status = enter(true); !status) return status;
  const auto found = now_.find(path);
  if (found == now_.end()) return Errc::kNotFound;
  now_.erase(found);
  return {};
}

Status MemoryDisk::rename(Yield&, std::string_view from, std::string_view to) {
  if (Status status = enter(true); !status) return status;
  const auto found = now_.find(from);
  if (found == now_.end()) return Errc::kNotFound;
  now_[std::string(to)] = found->second;
  now_.erase(now_.find(from));
  return {};
}

Status MemoryDisk::make_directory(Yield&, std::string_view path) {
  if (Status status = enter(true); !status) return status;
  if (!directories_.emplace(path).second) return Errc::kExists;
  return {};
}

Status MemoryDisk::sync_directory(Yield&, std::string_view path) {
  if (Status status = enter(true); !status) return status;
  const auto inside = [path](const auto& item) { return directory_of(item.first) == path; };
  std::erase_if(durable_, inside);
  std::copy_if(now_.begin(), now_.end(), std::inserter(durable_, durable_.end()), inside);
  for (const std::string& directory : directories_) {
    if (directory_of(directory) == path) durable_directories_.insert(directory);
  }
  return {};
}

Result<std::vector<std::string>> MemoryDisk::list(Yield&, std::string_view path) {
  if (Status status = enter(false); !status) return status.error();
  if (!directories_.contains(path)) return Errc::kNotFound;
  std::vector<std::string> names;
  for (const auto& [name, inode] : now_) {
    if (directory_of(name) == path) names.push_back(name.substr(path.size() + 1));
  }
  return names;
}

void MemoryDisk::lose_power(const Loss& loss) {
  std::set<std::string> names;
  for (const auto& [name, inode] : now_) names.insert(name);
  for (const auto& [name, inode] : durable_) names.insert(name);
  const auto lookup = [](const Names& in, const std::string& name) {
    const auto found = in.find(name);
    return found == in.end() ? nullptr : found->second;
  };
  Names after;
  for (const std::string& name : names) {
    const std::shared_ptr<Inode> old = lookup(durable_, name);
    const std::shared_ptr<Inode> recent = lookup(now_, name);
    const std::shared_ptr<Inode> kept = old != recent && survives(loss, name) ? recent : old;
    if (kept) after[name] = kept;
  }
  for (const auto& [name, inode] : after) lose(*inode, loss, name);
  if (loss.mode == Loss::Mode::kNothingSurvives) directories_ = durable_directories_;
  std::erase_if(directories_, [&](const std::string& directory) {
    return !durable_directories_.contains(directory) && !survives(loss, directory);
  });
  std::erase_if(after,
                [&](const auto& item) { return !directories_.contains(directory_of(item.first)); });
  durable_directories_ = directories_;
  now_ = durable_ = after;
}

Bytes MemoryDisk::bytes(const std::string& path) const { return now_.at(path)->now; }

void MemoryDisk::set_bytes(const std::string& path, Bytes bytes) {
  directories_.emplace(directory_of(path));
  durable_directories_.emplace(directory_of(path));
  auto inode = std::make_shared<Inode>();
  inode->now = inode->durable = std::move(bytes);
  now_[path] = durable_[path] = inode;
}

void MemoryDisk::drop(const std::string& path) {
  now_.erase(path);
  durable_.erase(path);
}

std::vector<std::string> MemoryDisk::paths() const {
  std::vector<std::string> result;
  for (const auto& [name, inode] : now_) result.push_back(name);
  return result;
}

}  // namespace plumbline::log::test
