#include "checker/mvcc/request.h"

#include <algorithm>
#include <array>

namespace plumbline::checker::mvcc {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"put", "range", "delete", "txn"};
constexpr std::array<std::string_view, 5> kTargets = {"version", "create", "mod", "value", "lease"};
constexpr std::array<std::string_view, 4> kRelations = {"=", "!=", "<", ">"};
constexpr std::array<std::string_view, 5> kSorts = {"key", "version", "create", "mod", "value"};

template <typename Enum, std::size_t n>
Enum parsed(const std::array<std::string_view, n>& names, const Value& name) {
  const auto at = std::find(names.begin(), names.end(), name.text());
  return static_cast<Enum>(at - names.begin());
}

template <std::size_t n, typename Enum>
Value named(const std::array<std::string_view, n>& names, Enum value) {
  return Value(names[static_cast<std::size_t>(value)]);
}

std::string_view bytes_of(const Value& value) { return value.is_nil() ? "" : value.text(); }
Value end_value(std::string_view end) { return end.empty() ? Value() : Value(end); }

void take_option(KvRequest& request, const Value::List& option) {
  const std::string_view name = option[0].text();
  const Value& value = option[1];
  if (name == "prev_kv") request.prev_kv = value.truth();
  if (name == "keys_only") request.keys_only = value.truth();
  if (name == "count_only") request.count_only = value.truth();
  if (name == "serializable") request.serializable = value.truth();
  if (name == "descend") request.descend = value.truth();
  if (name == "sort") request.sort = parsed<SortBy>(kSorts, value);
  if (name == "lease") request.lease = value.number();
  if (name == "limit") request.limit = value.number();
  if (name == "revision") request.revision = value.number();
  if (name == "min_mod") request.min_mod = value.number();
  if (name == "max_mod") request.max_mod = value.number();
  if (name == "min_create") request.min_create = value.number();
  if (name == "max_create") request.max_create = value.number();
}

Compare parse_compare(const Value::List& list) {
  return {parsed<Target>(kTargets, list[0]), parsed<Relation>(kRelations, list[1]),
          Interval{list[2].text(), list.size() == 5 ? bytes_of(list[4]) : ""}, list[3]};
}

Value compare_value(const Compare& compare) {
  Value::List list = {named(kTargets, compare.target), named(kRelations, compare.relation),
                      Value(compare.keys.key), compare.operand};
  if (!compare.keys.end.empty()) list.emplace_back(compare.keys.end);
  return Value(std::move(list));
}

void add_option(Value::List& list, const char* name, bool value) {
  if (value) list.emplace_back(Value::List{Value(name), Value(true)});
}
void add_option(Value::List& list, const char* name, std::int64_t value) {
  if (value != 0) list.emplace_back(Value::List{Value(name), Value(value)});
}

void add_range_options(Value::List& list, const KvRequest& request) {
  add_option(list, "limit", request.limit);
  add_option(list, "revision", request.revision);
  if (request.sort != SortBy::kKey) {
    list.emplace_back(Value::List{Value("sort"), named(kSorts, request.sort)});
  }
  add_option(list, "descend", request.descend);
  add_option(list, "keys_only", request.keys_only);
  add_option(list, "count_only", request.count_only);
  add_option(list, "min_mod", request.min_mod);
  add_option(list, "max_mod", request.max_mod);
  add_option(list, "min_create", request.min_create);
  add_option(list, "max_create", request.max_create);
  add_option(list, "serializable", request.serializable);
}

Value requests_value(const std::vector<KvRequest>& requests) {
  Value::List list;
  for (const KvRequest& request : requests) list.push_back(to_value(request));
  return Value(std::move(list));
}

// What one branch writes: puts by key, deletes by interval.
struct Writes {
  std::vector<std::string_view> puts;
  std::vector<Interval> deletes;
};

bool clash(const Writes& a, const Writes& b) {
  for (const std::string_view key : a.puts) {
    if (std::find(b.puts.begin(), b.puts.end(), key) != b.puts.end()) return true;
    for (const Interval& keys : b.deletes) {
      if (keys.contains(key)) return true;
    }
  }
  for (const std::string_view key : b.puts) {
    for (const Interval& keys : a.deletes) {
      if (keys.contains(key)) return true;
    }
  }
  return false;
}

void join(Writes& into, const Writes& more) {
  into.puts.insert(into.puts.end(), more.puts.begin(), more.puts.end());
  into.deletes.insert(into.deletes.end(), more.deletes.begin(), more.deletes.end());
}

bool gather(const std::vector<KvRequest>& requests, Writes& all);

// Only one branch of a nested transaction is executed, so its branches do not clash.
bool gather_one(const KvRequest& request, Writes& writes) {
  if (request.kind == RequestKind::kPut) writes.puts.push_back(request.keys.key);
  if (request.kind == RequestKind::kDelete) writes.deletes.push_back(request.keys);
  if (request.kind != RequestKind::kTxn) return true;
  Writes otherwise;
  if (!gather(request.then, writes) || !gather(request.otherwise, otherwise)) return false;
  join(writes, otherwise);
  return true;
}

bool gather(const std::vector<KvRequest>& requests, Writes& all) {
  for (const KvRequest& request : requests) {
    Writes writes;
    if (!gather_one(request, writes) || clash(all, writes)) return false;
    join(all, writes);
  }
  return true;
}

}  // namespace

bool Interval::overlaps(const Interval& other) const {
  if (single()) return other.contains(key);
  if (other.single()) return contains(other.key);
  return (endless() || other.key < end) && (other.endless() || key < other.end);
}

KvRequest parse_request(const Value& tree) {
  const Value::List& list = tree.list();
  KvRequest request;
  request.kind = parsed<RequestKind>(kKinds, list[0]);
  if (request.kind == RequestKind::kTxn) {
    for (const Value& compare : list[1].list()) {
      request.compares.push_back(parse_compare(compare.list()));
    }
    for (const Value& inner : list[2].list()) request.then.push_back(parse_request(inner));
    for (const Value& inner : list[3].list()) request.otherwise.push_back(parse_request(inner));
    return request;
  }
  request.keys.key = list[1].text();
  if (request.kind == RequestKind::kPut) {
    request.value = list[2];
  } else {
    request.keys.end = bytes_of(list[2]);
  }
  for (std::size_t i = 3; i < list.size(); ++i) take_option(request, list[i].list());
  return request;
}

Value to_value(const KvRequest& request) {
  Value::List list = {named(kKinds, request.kind)};
  if (request.kind == RequestKind::kTxn) {
    Value::List compares;
    for (const Compare& compare : request.compares) compares.push_back(compare_value(compare));
    list.emplace_back(std::move(compares));
    list.push_back(requests_value(request.then));
    list.push_back(requests_value(request.otherwise));
    return Value(std::move(list));
  }
  const bool put = request.kind == RequestKind::kPut;
  list.emplace_back(request.keys.key);
  list.push_back(put ? request.value : end_value(request.keys.end));
  add_option(list, "lease", request.lease);
  add_option(list, "prev_kv", request.prev_kv);
  if (request.kind == RequestKind::kRange) add_range_options(list, request);
  return Value(std::move(list));
}

bool may_write(const KvRequest& request) {
  const auto any = [](const std::vector<KvRequest>& requests) {
    return std::any_of(requests.begin(), requests.end(), may_write);
  };
  switch (request.kind) {
    case RequestKind::kPut:
    case RequestKind::kDelete: return true;
    case RequestKind::kRange: return false;
    case RequestKind::kTxn: return any(request.then) || any(request.otherwise);
  }
  return false;
}

bool is_serializable(const KvRequest& request) {
  if (request.kind == RequestKind::kRange) return request.serializable;
  if (may_write(request)) return false;
  // Of a transaction that only reads, every read must ask for it.
  bool all = true;
  for_each_request(request, [&](const KvRequest& inner) {
    if (inner.kind == RequestKind::kRange) all = all && inner.serializable;
  });
  return all && request.kind == RequestKind::kTxn && !request.then.empty();
}

bool touches_a_key_twice(const KvRequest& request) {
  Writes writes;
  return !gather_one(request, writes);
}

}  // namespace plumbline::checker::mvcc
