#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "checker/history/value.h"

namespace plumbline::checker::mvcc {

// The keys from `key` up to but not including `end`. An empty `end` means `key` alone, one byte of
// zero every key from `key` on; a key of one zero byte with that end is every key there is.
struct Interval {
  std::string_view key;
  std::string_view end;

  bool single() const { return end.empty(); }
  bool endless() const { return end.size() == 1 && end[0] == '\0'; }
  bool contains(std::string_view other) const {
    if (single()) return other == key;
    return other >= key && (endless() || other < end);
  }
  bool overlaps(const Interval& other) const;
};

enum class RequestKind : std::uint8_t { kPut, kRange, kDelete, kTxn };
enum class Target : std::uint8_t { kVersion, kCreate, kMod, kValue, kLease };
enum class Relation : std::uint8_t { kEqual, kNotEqual, kLess, kGreater };
enum class SortBy : std::uint8_t { kKey, kVersion, kCreate, kMod, kValue };

struct Compare {
  Target target = Target::kVersion;
  Relation relation = Relation::kEqual;
  Interval keys;
  Value operand;
};

// A request to the key-value part of the store. Which members mean something depends on `kind`.
// Keys are views into the tree it was parsed from, which must outlive it.
struct KvRequest {
  RequestKind kind = RequestKind::kRange;
  bool prev_kv = false;  // put, delete
  bool keys_only = false;
  bool count_only = false;
  bool serializable = false;
  bool descend = false;
  SortBy sort = SortBy::kKey;
  Interval keys;
  Value value;                // put
  std::int64_t lease = 0;     // put; 0 is none.
  std::int64_t limit = 0;     // range; 0 is none.
  std::int64_t revision = 0;  // range; 0 is the present.
  std::int64_t min_mod = 0;   // range; 0 is none, of each of these.
  std::int64_t max_mod = 0;
  std::int64_t min_create = 0;
  std::int64_t max_create = 0;
  std::vector<Compare> compares;  // txn
  std::vector<KvRequest> then;
  std::vector<KvRequest> otherwise;
};

// REQUIRES: fault_of_kv_request(tree) finds nothing.
KvRequest parse_request(const Value& tree);
Value to_value(const KvRequest& request);

// Whether some way to execute it writes.
bool may_write(const KvRequest& request);
// Whether it only reads and asked for no more than what one member knows.
bool is_serializable(const KvRequest& request);
// Whether a branch puts a key twice, or puts and deletes it, which a store refuses.
bool touches_a_key_twice(const KvRequest& request);

// Calls visit(request) for it and for every request within.
template <typename Visit>
void for_each_request(const KvRequest& request, const Visit& visit) {
  visit(request);
  for (const KvRequest& inner : request.then) for_each_request(inner, visit);
  for (const KvRequest& inner : request.otherwise) for_each_request(inner, visit);
}

}  // namespace plumbline::checker::mvcc
