#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/mvcc/request.h"

namespace plumbline::checker::mvcc {

// A key with what it held at some revision. The key is a view into the tree it was parsed from, or
// into the model that said it.
struct KeyValue {
  std::string_view key;
  Value value;
  std::int64_t create_revision = 0;
  std::int64_t mod_revision = 0;
  std::int64_t version = 0;
  std::int64_t lease = 0;

  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// Errors that say something about the state of the store.
inline constexpr std::string_view kCompacted = "compacted";
inline constexpr std::string_view kFutureRevision = "future-revision";
inline constexpr std::string_view kLeaseNotFound = "lease-not-found";
inline constexpr std::string_view kDuplicateKey = "duplicate-key";

struct KvResponse {
  RequestKind kind = RequestKind::kRange;
  bool more = false;
  bool succeeded = false;
  std::string_view error;           // Empty unless the request was refused.
  std::optional<KeyValue> prev_kv;  // put
  std::vector<KeyValue> kvs;        // range, and what a delete removed.
  std::int64_t count = 0;           // range: all in the interval; delete: how many were removed.
  std::vector<KvResponse> responses;

  friend bool operator==(const KvResponse&, const KvResponse&) = default;
};

// REQUIRES: fault_of_kv_response() finds nothing.
KvResponse parse_response(const Value& tree);
KeyValue parse_key_value(const Value& tree);
Value to_value(const KvResponse& response);
Value to_value(const KeyValue& kv);

// Whether the answer tells that something was written: then it made a revision.
bool wrote(const KvResponse& response);

// The first thing in which an answer is not what it ought to be, in words; empty if it is.
std::string difference(const KvResponse& expected, const KvResponse& answered);
std::string text_of(const KeyValue& kv);

}  // namespace plumbline::checker::mvcc
