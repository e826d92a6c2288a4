#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "tests/checker/support/mvcc_history.h"
#include "tests/checker/support/builder.h"

namespace plumbline::checker::mvcc {

// HistoryBuilder with the words of an MVCC store.
class StoreBuilder : public HistoryBuilder {
 public:
  Call request(std::int64_t process, Value tree, std::int64_t ms) {
    return call(process, Function::kKv, "", {std::move(tree)}, ms);
  }
  // A put that found no key, or whose caller did not ask what it found.
  void put_ok(std::int64_t process, std::string_view key, Value value, std::int64_t ms,
              std::int64_t revision, std::vector<Value> options = {}) {
    request(process, mvcc::put(key, std::move(value), std::move(options)), ms)
        .ok(ms + 5, {list_of({"put", Value()})})
        .revision(revision);
  }
  void range_ok(std::int64_t process, std::string_view key, std::vector<Value> kvs, std::int64_t ms,
                std::int64_t revision) {
    const auto count = static_cast<std::int64_t>(kvs.size());
    request(process, mvcc::range(key), ms)
        .ok(ms + 5, {list_of({"range", Value(std::move(kvs)), count, false})})
        .revision(revision);
  }
  void watch(std::int64_t process, std::string_view key, std::string_view end,
             std::vector<Value> options, std::int64_t ms, std::int64_t until_ms,
             std::vector<Value> responses) {
    std::vector<Value> tree = {"watch", Value(key), end.empty() ? Value() : Value(end)};
    tree.insert(tree.end(), options.begin(), options.end());
    call(process, Function::kWatch, "", {Value(std::move(tree))}, ms)
        .ok(until_ms, std::move(responses));
  }
  static Value told(std::int64_t ms, std::int64_t revision, std::vector<Value> events,
                    bool fragment = false) {
    std::vector<Value> tree = {"events", ms * kMs, revision, Value(std::move(events))};
    if (fragment) tree.emplace_back(true);
    return Value(std::move(tree));
  }
  static Value word(const char* what, std::int64_t ms, std::int64_t revision) {
    return list_of({what, ms * kMs, revision});
  }
  static Value put_event(Value kv, Value previous = {}) {
    return list_of({"put", std::move(kv), std::move(previous)});
  }
  static Value delete_event(std::string_view key, std::int64_t revision, Value previous = {}) {
    return list_of({"delete", list_of({Value(key), revision}), std::move(previous)});
  }
};

}  // namespace plumbline::checker::mvcc
