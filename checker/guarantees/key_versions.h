#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/guarantees/numbering.h"
#include "checker/history/requests.h"

namespace plumbline::checker {

using Version = std::int32_t;
inline constexpr Version kNoVersion = -1;

// Whether the operation certainly made a new revision. A cas that puts in place what was there may
// or may not count as a change, store by store.
bool makes_revision(const Operation& operation);

// What a request says about the versions of its key; kNoVersion where it says nothing certain.
struct SessionStep {
  const Request* request = nullptr;
  Version seen = kNoVersion;
  Version made = kNoVersion;
};

// The versions of one key, and as much of their order as the history proves. One of
//  - by revision, if the key's answers carry any: the state at each revision belongs to a version;
//    the version changes at each answered change, and between two answers that differ. The order is
//    total: versions are numbers that grow.
//  - by length, if nothing but appends changes the key and all lists read are beginnings of the
//    longest: total as well. What was appended with an answer and is in no list comes last.
//  - by value, if nothing is appended: the version of a value that was written once. The absent
//    value comes first, unless somebody wrote nil or deleted; the value that a cas put in place
//    comes after the one that it replaced. The order is a forest.
// A key that fits none of them has no versions, and no step. A read of a value whose write was
// called only when the read had returned says nothing.
class KeyVersions {
 public:
  explicit KeyVersions(std::span<const Request* const> requests);

  // In the order of the requests; those that say nothing are left out.
  const std::vector<SessionStep>& steps() const { return steps_; }
  // Whether numbers are the order.
  bool total() const { return total_; }

  // The following are for an order that is not total. Version 0 is the root of the forest: it comes
  // before all others. a is before b exactly if enter(a) < enter(b) and leave(b) <= leave(a).
  std::int32_t enter(Version version) const { return enter_[version]; }
  std::int32_t leave(Version version) const { return leave_[version]; }
  Version parent(Version version) const { return parent_[version]; }
  // nullptr for version 0.
  const Request* writer(Version version) const { return writer_[version]; }

 private:
  void by_revision(std::span<const Request* const> requests);
  bool by_length(std::span<const Request* const> requests);
  void by_value(std::span<const Request* const> requests);
  void count_writers(std::span<const Request* const> requests);
  void link_swaps();
  void walk();
  Version version_of(const Value& value) const;
  Version seen_by(const Request& request) const;
  void add(const Request& request, Version seen, Version made);

  std::vector<SessionStep> steps_;
  bool total_ = true;
  // By value: numbers of values, and the versions of those.
  Numbering values_;
  std::vector<Version> versions_;
  bool absent_is_first_ = true;
  std::vector<Version> parent_;
  std::vector<const Request*> writer_;
  std::vector<std::int32_t> enter_;
  std::vector<std::int32_t> leave_;
};

}  // namespace plumbline::checker
