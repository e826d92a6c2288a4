#include "checker/mvcc/response.h"

#include <algorithm>
#include <array>

namespace plumbline::checker::mvcc {
namespace {

constexpr std::array<std::string_view, 4> kKinds = {"put", "range", "delete", "txn"};

std::vector<KeyValue> parse_key_values(const Value& tree) {
  std::vector<KeyValue> kvs;
  kvs.reserve(tree.list().size());
  for (const Value& kv : tree.list()) kvs.push_back(parse_key_value(kv));
  return kvs;
}

Value key_values(const std::vector<KeyValue>& kvs) {
  Value::List list;
  for (const KeyValue& kv : kvs) list.push_back(to_value(kv));
  return Value(std::move(list));
}

std::string key_text(std::string_view key) { return to_text(Value(key)); }

std::string member_differs(const KeyValue& expected, const KeyValue& answered) {
  const auto differs = [&](const char* name, auto want, auto got) {
    return "key " + key_text(expected.key) + " with " + name + " " + std::to_string(got) +
           " instead of " + std::to_string(want);
  };
  if (expected.value != answered.value) {
    return "key " + key_text(expected.key) + " with " + to_text(answered.value) + " instead of " +
           to_text(expected.value);
  }
  if (expected.mod_revision != answered.mod_revision) {
    return differs("modification revision", expected.mod_revision, answered.mod_revision);
  }
  if (expected.create_revision != answered.create_revision) {
    return differs("creation revision", expected.create_revision, answered.create_revision);
  }
  if (expected.version != answered.version) {
    return differs("version", expected.version, answered.version);
  }
  return differs("lease", expected.lease, answered.lease);
}

std::string keys_differ(const std::vector<KeyValue>& expected,
                        const std::vector<KeyValue>& answered) {
  const auto [want, got] =
      std::mismatch(expected.begin(), expected.end(), answered.begin(), answered.end());
  if (want == expected.end() && got == answered.end()) return "";
  if (got == answered.end()) return "no key " + key_text(want->key) + ", which was there";
  if (want == expected.end()) return "key " + key_text(got->key) + ", which was not there";
  if (want->key == got->key) return member_differs(*want, *got);
  const bool absent = std::none_of(expected.begin(), expected.end(),
                                   [&](const KeyValue& kv) { return kv.key == got->key; });
  if (absent) return "key " + key_text(got->key) + ", which was not there";
  return "key " + key_text(got->key) + " where key " + key_text(want->key) + " was due";
}

std::string prev_differs(const KvResponse& expected, const KvResponse& answered) {
  std::vector<KeyValue> want;
  std::vector<KeyValue> got;
  if (expected.prev_kv) want.push_back(*expected.prev_kv);
  if (answered.prev_kv) got.push_back(*answered.prev_kv);
  const std::string found = keys_differ(want, got);
  return found.empty() ? found : "as previous value " + found;
}

std::string yes(bool truth) { return truth ? "true" : "false"; }

}  // namespace

KeyValue parse_key_value(const Value& tree) {
  const Value::List& list = tree.list();
  return {list[0].text(),   list[1],          list[2].number(),
          list[3].number(), list[4].number(), list[5].number()};
}

KvResponse parse_response(const Value& tree) {
  const Value::List& list = tree.list();
  KvResponse response;
  if (list[0].text() == "error") {
    response.error = list[1].text();
    return response;
  }
  const auto kind = std::find(kKinds.begin(), kKinds.end(), list[0].text());
  response.kind = static_cast<RequestKind>(kind - kKinds.begin());
  switch (response.kind) {
    case RequestKind::kPut:
      if (!list[1].is_nil()) response.prev_kv = parse_key_value(list[1]);
      break;
    case RequestKind::kRange:
      response.kvs = parse_key_values(list[1]);
      response.count = list[2].number();
      response.more = list[3].truth();
      break;
    case RequestKind::kDelete:
      response.count = list[1].number();
      response.kvs = parse_key_values(list[2]);
      break;
    case RequestKind::kTxn:
      response.succeeded = list[1].truth();
      for (const Value& inner : list[2].list()) {
        response.responses.push_back(parse_response(inner));
      }
      break;
  }
  return response;
}

Value to_value(const KeyValue& kv) {
  return Value(Value::List{Value(kv.key), kv.value, Value(kv.create_revision),
                           Value(kv.mod_revision), Value(kv.version), Value(kv.lease)});
}

Value to_value(const KvResponse& response) {
  if (!response.error.empty()) return Value(Value::List{Value("error"), Value(response.error)});
  Value::List list = {Value(kKinds[static_cast<std::size_t>(response.kind)])};
  switch (response.kind) {
    case RequestKind::kPut:
      list.push_back(response.prev_kv ? to_value(*response.prev_kv) : Value());
      break;
    case RequestKind::kRange:
      list.push_back(key_values(response.kvs));
      list.emplace_back(response.count);
      list.emplace_back(response.more);
      break;
    case RequestKind::kDelete:
      list.emplace_back(response.count);
      list.push_back(key_values(response.kvs));
      break;
    case RequestKind::kTxn: {
      Value::List inner;
      for (const KvResponse& one : response.responses) inner.push_back(to_value(one));
      list.emplace_back(response.succeeded);
      list.emplace_back(std::move(inner));
      break;
    }
  }
  return Value(std::move(list));
}

bool wrote(const KvResponse& response) {
  if (!response.error.empty()) return false;
  switch (response.kind) {
    case RequestKind::kPut: return true;
    case RequestKind::kRange: return false;
    case RequestKind::kDelete: return response.count > 0;
    case RequestKind::kTxn:
      return std::any_of(response.responses.begin(), response.responses.end(), wrote);
  }
  return false;
}

std::string difference(const KvResponse& expected, const KvResponse& answered) {
  if (expected == answered) return "";
  if (expected.error != answered.error) {
    if (answered.error.empty())
      return "an answer instead of the error " + std::string(expected.error);
    return "the error " + std::string(answered.error) + " without reason";
  }
  if (expected.succeeded != answered.succeeded) {
    return "succeeded = " + yes(answered.succeeded) + " instead of " + yes(expected.succeeded);
  }
  for (std::size_t i = 0; i < expected.responses.size(); ++i) {
    if (i >= answered.responses.size()) return "too few answers";
    const std::string inner = difference(expected.responses[i], answered.responses[i]);
    if (!inner.empty()) return "in request " + std::to_string(i + 1) + " of it " + inner;
  }
  if (std::string found = prev_differs(expected, answered); !found.empty()) return found;
  if (std::string found = keys_differ(expected.kvs, answered.kvs); !found.empty()) return found;
  if (expected.count != answered.count) {
    return "count " + std::to_string(answered.count) + " instead of " +
           std::to_string(expected.count);
  }
  return "more = " + yes(answered.more) + " instead of " + yes(expected.more);
}

std::string text_of(const KeyValue& kv) {
  return key_text(kv.key) + " = " + to_text(kv.value) + " of revision " +
         std::to_string(kv.mod_revision);
}

}  // namespace plumbline::checker::mvcc
