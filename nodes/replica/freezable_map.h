#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <utility>

#include "nodes/base/assert.h"

namespace plumbline::replica {

// A sorted map whose state at one instant can be read piece by piece while it goes on changing.
//
// freeze() copies nothing. From then on the first change of a key that was not read yet keeps what
// the key held until it is; so the cost of a frozen state is what changes before its turn comes,
// not its size. A copy of the map is a map of its own, with the same frozen state.
template <class Key, class Value>
class FreezableMap {
 public:
  using Map = std::map<Key, Value>;

  const Map& now() const { return now_; }
  // To be written to; made when it is not there.
  Value& change(const Key& key) {
    keep(key);
    return now_[key];
  }
  bool erase(const Key& key) {
    keep(key);
    return now_.erase(key) != 0;
  }

  bool frozen() const { return frozen_; }
  // REQUIRES: not frozen.
  void freeze() {
    PLUMB_ASSERT(!frozen_);
    frozen_ = true;
  }
  void thaw() {
    frozen_ = false;
    read_to_.reset();
    kept_.clear();
  }
  // Shows the next pair of the frozen state to `visit`, in the order of keys; false when all were
  // shown. REQUIRES: frozen.
  template <class Visit>
  bool visit_next(const Visit& visit) {
    PLUMB_ASSERT(frozen_);
    for (;;) {
      const auto live = read_to_ ? now_.upper_bound(*read_to_) : now_.begin();
      if (kept_.empty() && live == now_.end()) return false;
      if (kept_.empty() || (live != now_.end() && live->first < kept_.begin()->first)) {
        read_to_ = live->first;
        visit(live->first, live->second);
        return true;
      }
      const auto then = kept_.extract(kept_.begin());
      read_to_ = then.key();
      if (!then.mapped()) continue;  // the key came later
      visit(then.key(), *then.mapped());
      return true;
    }
  }
  // Old versions that are held for the frozen state.
  std::size_t kept() const { return kept_.size(); }

 private:
  void keep(const Key& key) {
    if (!frozen_ || (read_to_ && !(*read_to_ < key)) || kept_.count(key) != 0) return;
    const auto found = now_.find(key);
    kept_.emplace(key, found == now_.end() ? std::nullopt : std::optional<Value>(found->second));
  }

  Map now_;
  bool frozen_ = false;
  std::optional<Key> read_to_;                // keys up to here were shown
  std::map<Key, std::optional<Value>> kept_;  // what changed keys behind it held; none: nothing
};

}  // namespace plumbline::replica
