#include "checker/mvcc/model.h"

#include <algorithm>
#include <compare>
#include <tuple>

namespace plumbline::checker::mvcc {
namespace {

bool related(std::strong_ordering order, Relation relation) {
  switch (relation) {
    case Relation::kEqual: return order == 0;
    case Relation::kNotEqual: return order != 0;
    case Relation::kLess: return order < 0;
    case Relation::kGreater: return order > 0;
  }
  return false;
}

// An absent key counts as one of zeros, but has no value to compare.
bool related(const KeyValue* kv, const Compare& compare) {
  if (compare.target == Target::kValue) {
    return kv != nullptr && related(kv->value <=> compare.operand, compare.relation);
  }
  std::int64_t number = 0;
  if (kv != nullptr) {
    switch (compare.target) {
      case Target::kVersion: number = kv->version; break;
      case Target::kCreate: number = kv->create_revision; break;
      case Target::kMod: number = kv->mod_revision; break;
      case Target::kLease: number = kv->lease; break;
      case Target::kValue: break;
    }
  }
  return related(number <=> compare.operand.number(), compare.relation);
}

bool passes(const KvRequest& request, const KeyValue& kv) {
  return (request.min_mod == 0 || kv.mod_revision >= request.min_mod) &&
         (request.max_mod == 0 || kv.mod_revision <= request.max_mod) &&
         (request.min_create == 0 || kv.create_revision >= request.min_create) &&
         (request.max_create == 0 || kv.create_revision <= request.max_create);
}

std::strong_ordering order_of(const KeyValue& a, const KeyValue& b, SortBy by) {
  switch (by) {
    case SortBy::kKey: return a.key <=> b.key;
    case SortBy::kVersion: return a.version <=> b.version;
    case SortBy::kCreate: return a.create_revision <=> b.create_revision;
    case SortBy::kMod: return a.mod_revision <=> b.mod_revision;
    case SortBy::kValue: return a.value <=> b.value;
  }
  return std::strong_ordering::equal;
}

// Keys that are equal in what is sorted by stay in order of keys.
void sort(const KvRequest& request, std::vector<KeyValue>& kvs) {
  if (request.sort == SortBy::kKey && !request.descend) return;
  std::stable_sort(kvs.begin(), kvs.end(), [&](const KeyValue& a, const KeyValue& b) {
    const auto order = order_of(a, b, request.sort);
    return request.descend ? order > 0 : order < 0;
  });
}

}  // namespace

KeyValue MvccModel::key_value(std::string_view key, const Version& version) {
  return {key, version.value, version.create, version.mod, version.version, version.lease};
}

const MvccModel::Version* MvccModel::live_at(const Versions& versions, std::int64_t revision) {
  auto at = versions.end();
  if (!versions.empty() && versions.back().mod > revision) {
    at = std::upper_bound(versions.begin(), versions.end(), revision,
                          [](std::int64_t r, const Version& version) { return r < version.mod; });
  }
  if (at == versions.begin()) return nullptr;
  --at;
  return at->version == 0 ? nullptr : &*at;
}

template <typename Visit>
void MvccModel::for_live(const Interval& keys, std::int64_t revision, const Visit& visit) const {
  for (auto at = keys_.lower_bound(keys.key); at != keys_.end() && keys.contains(at->first); ++at) {
    if (const Version* version = live_at(at->second, revision)) visit(at->first, *version);
  }
}

bool MvccModel::holds(const Compare& compare) const {
  bool any = false;
  bool all = true;
  for_live(compare.keys, revision_, [&](const std::string& key, const Version& version) {
    const KeyValue kv = key_value(key, version);
    any = true;
    all = all && related(&kv, compare);
  });
  return any ? all : related(nullptr, compare);
}

// Every compare sees the state before all writes, those of nested transactions too.
void MvccModel::choose(const KvRequest& request, Path& path) const {
  if (request.kind != RequestKind::kTxn) return;
  const bool taken = std::all_of(request.compares.begin(), request.compares.end(),
                                 [&](const Compare& compare) { return holds(compare); });
  path.push_back(taken);
  for (const KvRequest& inner : taken ? request.then : request.otherwise) choose(inner, path);
}

// A request is refused as a whole before any of it is executed.
std::string_view MvccModel::refusal(const KvRequest& request, const Path& path,
                                    std::size_t& at) const {
  switch (request.kind) {
    case RequestKind::kPut: return request.lease != 0 && ended(request.lease) ? kLeaseNotFound : "";
    case RequestKind::kRange:
      if (request.revision > revision_) return kFutureRevision;
      return request.revision != 0 && request.revision < compacted_ ? kCompacted : "";
    case RequestKind::kDelete: return "";
    case RequestKind::kTxn:
      for (const KvRequest& inner : path[at++] ? request.then : request.otherwise) {
        if (const std::string_view why = refusal(inner, path, at); !why.empty()) return why;
      }
      return "";
  }
  return "";
}

KvResponse MvccModel::apply(const KvRequest& request) {
  KvResponse refused;
  refused.kind = request.kind;
  if (request.kind == RequestKind::kTxn && touches_a_key_twice(request)) {
    refused.error = kDuplicateKey;
    return refused;
  }
  Path path;
  choose(request, path);
  std::size_t at = 0;
  refused.error = refusal(request, path, at);
  if (!refused.error.empty()) return refused;
  at = 0;
  writing_ = revision_ + 1;
  KvResponse response = execute(request, path, at);
  if (!log_.empty() && log_.back().revision == writing_) revision_ = writing_;
  return response;
}

KvResponse MvccModel::execute(const KvRequest& request, const Path& path, std::size_t& at) {
  switch (request.kind) {
    case RequestKind::kPut: return put(request);
    case RequestKind::kRange: return range(request);
    case RequestKind::kDelete: return remove(request);
    case RequestKind::kTxn: break;
  }
  KvResponse response;
  response.kind = RequestKind::kTxn;
  response.succeeded = path[at++];
  for (const KvRequest& inner : response.succeeded ? request.then : request.otherwise) {
    response.responses.push_back(execute(inner, path, at));
  }
  return response;
}

KvResponse MvccModel::put(const KvRequest& request) {
  KvResponse response;
  response.kind = RequestKind::kPut;
  auto at = keys_.find(request.keys.key);
  if (at == keys_.end()) at = keys_.emplace(std::string(request.keys.key), Versions()).first;
  const Version* before = live_at(at->second, writing_);
  if (before != nullptr && request.prev_kv) response.prev_kv = key_value(at->first, *before);
  Version next{writing_, writing_, 1, request.lease, request.value};
  if (before != nullptr) {
    next.create = before->create;
    next.version = before->version + 1;
  }
  write(at->first, at->second, std::move(next));
  return response;
}

KvResponse MvccModel::range(const KvRequest& request) const {
  KvResponse response;
  response.kind = RequestKind::kRange;
  const std::int64_t revision =
      request.revision != 0 ? request.revision : std::max(revision_, writing_);
  for_live(request.keys, revision, [&](const std::string& key, const Version& version) {
    ++response.count;
    if (request.count_only) return;
    KeyValue kv = key_value(key, version);
    if (passes(request, kv)) response.kvs.push_back(std::move(kv));
  });
  sort(request, response.kvs);
  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(request.limit, 0));
  if (limit > 0 && response.kvs.size() > limit) {
    response.kvs.resize(limit);
    response.more = true;
  }
  if (request.keys_only) {
    for (KeyValue& kv : response.kvs) kv.value = Value();
  }
  return response;
}

KvResponse MvccModel::remove(const KvRequest& request) {
  KvResponse response;
  response.kind = RequestKind::kDelete;
  std::vector<std::string> gone;
  for_live(request.keys, writing_, [&](const std::string& key, const Version& version) {
    ++response.count;
    gone.push_back(key);
    if (request.prev_kv) response.kvs.push_back(key_value(key, version));
  });
  for (const std::string& key : gone) write(key, keys_.find(key)->second, Version{writing_});
  return response;
}

void MvccModel::write(const std::string& key, Versions& versions, Version version) {
  if (!versions.empty()) detach(versions.back().lease, key);
  attach(version.lease, key);
  versions.push_back(std::move(version));
  log_.push_back({writing_, key});
}

void MvccModel::attach(std::int64_t lease, const std::string& key) {
  if (lease != 0) attached_[lease].insert(key);
}

void MvccModel::detach(std::int64_t lease, const std::string& key) {
  if (lease != 0) attached_[lease].erase(key);
}

std::int64_t MvccModel::attached(std::int64_t lease) const {
  const auto at = attached_.find(lease);
  return at == attached_.end() ? 0 : static_cast<std::int64_t>(at->second.size());
}

std::int64_t MvccModel::end_lease(std::int64_t lease) {
  writing_ = revision_ + 1;
  const std::set<std::string> gone = attached_[lease];
  for (const std::string& key : gone) write(key, keys_.find(key)->second, Version{writing_});
  if (!gone.empty()) revision_ = writing_;
  ended_.emplace(lease, writing_);
  return static_cast<std::int64_t>(gone.size());
}

void MvccModel::compact(std::int64_t revision) { compacted_ = std::max(compacted_, revision); }

void MvccModel::undo_to(std::int64_t revision) {
  for (; !log_.empty() && log_.back().revision > revision; log_.pop_back()) {
    const std::string& key = log_.back().key;
    Versions& versions = keys_.find(key)->second;
    detach(versions.back().lease, key);
    versions.pop_back();
    if (!versions.empty()) attach(versions.back().lease, key);
  }
  std::erase_if(ended_, [&](const auto& lease) { return lease.second > revision; });
  revision_ = revision;
}

std::optional<KeyValue> MvccModel::at(std::string_view key, std::int64_t revision) const {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return std::nullopt;
  const Version* version = live_at(found->second, revision);
  if (version == nullptr) return std::nullopt;
  return key_value(found->first, *version);
}

std::vector<KeyValue> MvccModel::state_at(const Interval& keys, std::int64_t revision) const {
  std::vector<KeyValue> kvs;
  for_live(keys, revision, [&](const std::string& key, const Version& version) {
    kvs.push_back(key_value(key, version));
  });
  return kvs;
}

std::vector<Event> MvccModel::events(const Interval& keys, std::int64_t first,
                                     std::int64_t last) const {
  std::vector<Event> events;
  auto at =
      std::lower_bound(log_.begin(), log_.end(), first,
                       [](const Logged& logged, std::int64_t r) { return logged.revision < r; });
  for (; at != log_.end() && at->revision <= last; ++at) {
    if (!keys.contains(at->key)) continue;
    const auto key = keys_.find(at->key);
    const auto version =
        std::lower_bound(key->second.begin(), key->second.end(), at->revision,
                         [](const Version& v, std::int64_t r) { return v.mod < r; });
    Event event{key_value(key->first, *version), std::nullopt};
    if (const Version* before = live_at(key->second, at->revision - 1)) {
      event.previous = key_value(key->first, *before);
    }
    events.push_back(std::move(event));
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::tie(a.kv.mod_revision, a.kv.key) < std::tie(b.kv.mod_revision, b.kv.key);
  });
  return events;
}

std::size_t MvccModel::changed_by(std::int64_t revision) const {
  const auto range =
      std::equal_range(log_.begin(), log_.end(), Logged{revision, {}},
                       [](const Logged& a, const Logged& b) { return a.revision < b.revision; });
  return static_cast<std::size_t>(range.second - range.first);
}

}  // namespace plumbline::checker::mvcc
