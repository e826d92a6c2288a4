#include "sim/disk_state.h"

#include <algorithm>

#include "nodes/base/hash.h"

namespace plumbline::sim {

std::string_view DiskState::parent_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return path.substr(0, slash == std::string_view::npos ? 0 : slash);
}

std::uint64_t DiskState::reserved() const {
  std::uint64_t total = 0;
  for (const auto& file : files()) total += file->reserved();
  return total;
}

bool DiskState::is_directory(std::string_view path) const {
  if (path.empty()) return true;
  const auto found = names_.find(path);
  return found != names_.end() && found->second.is_directory();
}

Result<std::shared_ptr<Inode>> DiskState::find(std::string_view path) const {
  const auto found = names_.find(path);
  if (found == names_.end()) return Error{Errc::kNotFound, std::string(path)};
  if (found->second.is_directory())
    return Error{Errc::kInvalid, std::string(path) + " is a directory"};
  return found->second.file;
}

Status DiskState::may_add(std::string_view path) const {
  if (path.empty() || path.front() == '/' || path.back() == '/') {
    return Error{Errc::kInvalid, "'" + std::string(path) + "' is no name of a file"};
  }
  if (!is_directory(parent_of(path))) return Error{Errc::kNotFound, std::string(parent_of(path))};
  return {};
}

Result<std::shared_ptr<Inode>> DiskState::create(std::string_view path) {
  if (const Status allowed = may_add(path); !allowed) return allowed.error();
  if (names_.contains(path)) return Error{Errc::kExists, std::string(path)};
  const std::uint64_t times = creations_[std::string(path)]++;
  auto file = std::make_shared<Inode>(next_inode_++, combine(hash_name(path), times));
  change({0, "", std::string(path), {file}});
  return file;
}

Status DiskState::make_directory(std::string_view path) {
  if (const Status allowed = may_add(path); !allowed) return allowed;
  if (names_.contains(path)) return Error{Errc::kExists, std::string(path)};
  change({0, "", std::string(path), {}});
  return {};
}

Status DiskState::remove(std::string_view path) {
  const auto found = names_.find(path);
  if (found == names_.end()) return Error{Errc::kNotFound, std::string(path)};
  if (found->second.is_directory() && !names_in(names_, path).empty()) {
    return Error{Errc::kInvalid, std::string(path) + " is not empty"};
  }
  change({0, std::string(path), "", {}});
  return {};
}

Status DiskState::rename(std::string_view from, std::string_view to) {
  const auto found = names_.find(from);
  if (found == names_.end()) return Error{Errc::kNotFound, std::string(from)};
  if (const Status allowed = may_add(to); !allowed) return allowed;
  if (found->second.is_directory() || is_directory(to)) {
    return Error{Errc::kUnsupported, "renaming of directories"};
  }
  if (from != to) change({0, std::string(from), std::string(to), found->second});
  return {};
}

std::vector<std::string> names_in(const Names& names, std::string_view path) {
  const std::string prefix = path.empty() ? std::string() : std::string(path) + "/";
  std::vector<std::string> found;
  for (auto at = names.lower_bound(prefix); at != names.end() && at->first.starts_with(prefix);
       ++at) {
    const std::string_view rest = std::string_view(at->first).substr(prefix.size());
    if (rest.find('/') == std::string_view::npos) found.emplace_back(rest);
  }
  return found;
}

Result<std::vector<std::string>> DiskState::list(std::string_view path) const {
  if (!is_directory(path)) return Error{Errc::kNotFound, std::string(path)};
  return names_in(names_, path);
}

std::string DiskState::path_of(const Inode& file) const {
  for (const auto& [path, name] : names_) {
    if (name.file.get() == &file) return path;
  }
  return {};
}

void DiskState::change(NameChange change) {
  change.number = next_change_++;
  apply(names_, change);
  pending_.push_back(std::move(change));
}

void DiskState::apply(Names& names, const NameChange& change) {
  if (!change.removed.empty()) names.erase(change.removed);
  if (!change.added.empty()) names.insert_or_assign(change.added, change.meaning);
}

void DiskState::sync_directory(std::string_view path, std::uint64_t up_to) {
  // A rename between two directories is one change of both, so the sync of one takes earlier
  // changes of the other along: a later half must not become durable before an earlier one.
  std::set<std::string, std::less<>> directories{std::string(path)};
  const auto touches = [&](const NameChange& change) {
    return (!change.removed.empty() && directories.contains(parent_of(change.removed))) ||
           (!change.added.empty() && directories.contains(parent_of(change.added)));
  };
  for (std::size_t known = 0; known != directories.size();) {
    known = directories.size();
    for (const NameChange& change : pending_) {
      if (change.number > up_to || !touches(change)) continue;
      if (!change.removed.empty()) directories.emplace(parent_of(change.removed));
      if (!change.added.empty()) directories.emplace(parent_of(change.added));
    }
  }
  std::vector<NameChange> left;
  for (NameChange& change : pending_) {
    if (change.number <= up_to && touches(change)) {
      apply(durable_names_, change);
    } else {
      left.push_back(std::move(change));
    }
  }
  pending_ = std::move(left);
}

std::vector<std::shared_ptr<Inode>> DiskState::files() const {
  std::map<std::uint64_t, std::shared_ptr<Inode>> found;
  const auto add = [&](const Name& name) {
    if (!name.is_directory()) found.emplace(name.file->id(), name.file);
  };
  for (const auto& [path, name] : names_) add(name);
  for (const auto& [path, name] : durable_names_) add(name);
  for (const NameChange& change : pending_) {
    if (!change.added.empty()) add(change.meaning);
  }
  std::vector<std::shared_ptr<Inode>> files;
  for (auto& [id, file] : found) files.push_back(std::move(file));
  return files;
}

void DiskState::lose_names(const std::function<bool(const NameChange&)>& survives) {
  for (const NameChange& change : pending_) {
    if (survives(change)) apply(durable_names_, change);
  }
  pending_.clear();
  // What lies in a directory whose own name is lost cannot be reached. Parents sort before their
  // children.
  for (auto at = durable_names_.begin(); at != durable_names_.end();) {
    const std::string_view parent = parent_of(at->first);
    const auto found = durable_names_.find(parent);
    const bool reachable =
        parent.empty() || (found != durable_names_.end() && found->second.is_directory());
    at = reachable ? std::next(at) : durable_names_.erase(at);
  }
  names_ = durable_names_;
}

void DiskState::evict_lost() {
  for (const auto& file : files()) file->evict_lost();
}

void DiskState::wipe() {
  names_.clear();
  durable_names_.clear();
  pending_.clear();
}

}  // namespace plumbline::sim
