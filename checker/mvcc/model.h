#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "checker/mvcc/request.h"
#include "checker/mvcc/response.h"

namespace plumbline::checker::mvcc {

// One change of one key. `kv.version` is 0 for a delete, which has no value.
struct Event {
  KeyValue kv;
  std::optional<KeyValue> previous;

  bool is_delete() const { return kv.version == 0; }
  std::int64_t revision() const { return kv.mod_revision; }
  friend bool operator==(const Event&, const Event&) = default;
};

// What an MVCC store does, as a machine without time, faults or members.
//
//  - Whatever writes makes one revision, also when it writes many keys; what writes nothing makes
//    none. A transaction compares first, nested ones too, and then executes in order.
//  - A put makes version 1 and sets the revision of creation if the key was absent.
//  - All old states stay readable, except below the revision compacted to.
//  - A lease that ends takes its keys with it, in one revision.
//
// All changes can be taken back, the newest first. What it returns has views of its own keys: good
// as long as the model lives and is not moved.
class MvccModel {
 public:
  // `revision` is that of the empty store.
  explicit MvccModel(std::int64_t revision = 1) : revision_(revision) {}

  std::int64_t revision() const { return revision_; }
  std::int64_t compacted() const { return compacted_; }

  // Executes at the present state. What it writes gets the revision after the present one.
  KvResponse apply(const KvRequest& request);
  // The keys of the lease are gone and nothing can be attached to it any more. Returns how many.
  std::int64_t end_lease(std::int64_t lease);
  bool ended(std::int64_t lease) const { return ended_.contains(lease); }
  std::int64_t attached(std::int64_t lease) const;
  // What is below `revision` is no longer readable.
  void compact(std::int64_t revision);
  // Revisions of which nothing is known pass. REQUIRES: not below the present one.
  void skip_to(std::int64_t revision) { revision_ = revision; }
  // As it was at `revision`. Compactions stay.
  void undo_to(std::int64_t revision);

  // What `key` held at `revision`, if anything.
  std::optional<KeyValue> at(std::string_view key, std::int64_t revision) const;
  // All that the store held at `revision`, in order of keys.
  std::vector<KeyValue> state_at(const Interval& keys, std::int64_t revision) const;
  // The changes within `keys` of revisions from `first` to `last`, in order of revisions and,
  // within one, of keys.
  std::vector<Event> events(const Interval& keys, std::int64_t first, std::int64_t last) const;
  // How many keys were changed by the present revision.
  std::size_t changed_by(std::int64_t revision) const;

 private:
  struct Version {
    std::int64_t mod = 0;
    std::int64_t create = 0;
    std::int64_t version = 0;  // 0 is a delete.
    std::int64_t lease = 0;
    Value value;
  };
  using Versions = std::vector<Version>;
  using Keys = std::map<std::string, Versions, std::less<>>;
  struct Logged {
    std::int64_t revision = 0;
    std::string key;
  };
  // Which branch each transaction takes, in the order in which they are met.
  using Path = std::vector<bool>;

  static KeyValue key_value(std::string_view key, const Version& version);
  static const Version* live_at(const Versions& versions, std::int64_t revision);
  template <typename Visit>
  void for_live(const Interval& keys, std::int64_t revision, const Visit& visit) const;

  void choose(const KvRequest& request, Path& path) const;
  bool holds(const Compare& compare) const;
  std::string_view refusal(const KvRequest& request, const Path& path, std::size_t& at) const;
  KvResponse execute(const KvRequest& request, const Path& path, std::size_t& at);
  KvResponse put(const KvRequest& request);
  KvResponse range(const KvRequest& request) const;
  KvResponse remove(const KvRequest& request);
  void write(const std::string& key, Versions& versions, Version version);
  void attach(std::int64_t lease, const std::string& key);
  void detach(std::int64_t lease, const std::string& key);

  std::int64_t revision_;
  std::int64_t writing_ = 0;  // The revision that writes get while a request is executed.
  std::int64_t compacted_ = 0;
  Keys keys_;
  std::vector<Logged> log_;
  std::map<std::int64_t, std::set<std::string>> attached_;
  std::map<std::int64_t, std::int64_t>
      ended_;  // By lease: the revision that its end made or would have.
};

}  // namespace plumbline::checker::mvcc
