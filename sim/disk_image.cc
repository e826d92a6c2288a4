#include "sim/disk.h"

namespace plumbline::sim {
namespace {

class ImageFile final : public File {
 public:
  ImageFile(std::shared_ptr<const Inode> inode, bool durable)
      : inode_(std::move(inode)), durable_(durable) {}

  Result<std::size_t> read(Yield&, std::uint64_t offset, std::span<char> into) override {
    return durable_ ? inode_->read_durable(offset, into) : inode_->read(offset, into);
  }
  Status write(Yield&, std::uint64_t, BytesView) override { return Errc::kUnsupported; }
  Status sync(Yield&) override { return Errc::kUnsupported; }
  Status allocate(Yield&, std::uint64_t) override { return Errc::kUnsupported; }
  Status truncate(Yield&, std::uint64_t) override { return Errc::kUnsupported; }
  Result<std::uint64_t> size(Yield&) override {
    return durable_ ? inode_->durable_size() : inode_->size();
  }

 private:
  std::shared_ptr<const Inode> inode_;
  bool durable_;
};

class Image final : public Disk {
 public:
  Image(const DiskState& state, bool durable)
      : names_(durable ? state.durable_names() : state.names()), durable_(durable) {}

  Result<std::unique_ptr<File>> open(Yield&, std::string_view path, OpenMode mode) override {
    if (mode != OpenMode::kRead) return Errc::kUnsupported;
    const auto found = names_.find(path);
    if (found == names_.end() || !reachable(path)) return Error{Errc::kNotFound, std::string(path)};
    if (found->second.is_directory())
      return Error{Errc::kInvalid, std::string(path) + " is a directory"};
    return std::unique_ptr<File>(std::make_unique<ImageFile>(found->second.file, durable_));
  }
  Status remove(Yield&, std::string_view) override { return Errc::kUnsupported; }
  Status rename(Yield&, std::string_view, std::string_view) override { return Errc::kUnsupported; }
  Status make_directory(Yield&, std::string_view) override { return Errc::kUnsupported; }
  Status sync_directory(Yield&, std::string_view) override { return Errc::kUnsupported; }
  Result<std::vector<std::string>> list(Yield&, std::string_view path) override {
    const auto found = names_.find(path);
    const bool directory = path.empty() || (found != names_.end() && found->second.is_directory());
    if (!directory || !reachable(path)) return Error{Errc::kNotFound, std::string(path)};
    return names_in(names_, path);
  }

 private:
  // A durable name in a directory whose own name is not durable is lost with it.
  bool reachable(std::string_view path) const {
    for (std::string_view parent = DiskState::parent_of(path); !parent.empty();
         parent = DiskState::parent_of(parent)) {
      if (!names_.contains(parent)) return false;
    }
    return true;
  }

  const Names& names_;
  bool durable_;
};

}  // namespace

std::unique_ptr<Disk> make_image(const DiskState& state, bool durable) {
  return std::make_unique<Image>(state, durable);
}

}  // namespace plumbline::sim
