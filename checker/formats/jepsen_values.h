#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checker/formats/jepsen_entry.h"
#include "checker/history/operation.h"

namespace plumbline::checker {

// Translates the functions and values of Jepsen histories into ours. Each method leaves what it
// found in the operation and returns what is wrong with the entry, or nothing.
//
//   read nil -> v; write v; cas [old new]; put, get, append; acquire, release; enqueue, dequeue,
//   drain; add, remove; transfer {:from a :to b :amount n}; a read of a map (a bank) answers with
//   [[account balance] ...]; generate; micro-operations [[:append k v] [:r k nil] [:w k v]] are a
//   transaction, whatever the function is called. Any other function of ours takes the list of
//   its arguments.
//
// The key is the member :key, or the first of the two in every value if keys are independent:
// because the caller says so, or because the first invocation of the history looks so (the value
// of a read is [k nil], that of a write [k v], that of a comparison [k [old new]]). If the first
// one does, all must. An answer [k e1 e2 e3 ...] is the list of the elements e1, e2, e3 ...
class JepsenValues {
 public:
  explicit JepsenValues(bool independent) {
    if (independent) independent_ = true;
  }

  // Function, key and arguments of an invocation.
  std::optional<std::string> read_call(const JepsenEntry& entry, Operation& op);

  // Outcome, results and note of the completion of `op`.
  std::optional<std::string> read_answer(const JepsenEntry& entry, Operation& op);

  // What an invocation and its completion have in common, to match them without processes: the
  // function, the key, and what was asked. REQUIRES: read_call() found nothing wrong with `op`.
  static Value shape_of(const Operation& op);

 private:
  std::optional<std::string> unwrap(const JepsenEntry& entry, Operation& op, Value& value);
  std::optional<std::string> set_key(const Value& key, Operation& op);
  std::optional<std::string> unwrap_answer(const JepsenEntry& entry, const Operation& op,
                                           Value& value) const;
  std::optional<std::string> set_results(const JepsenEntry& entry, Value value, Operation& op);

  std::optional<bool> independent_;  // Nothing until the first invocation decides.
  std::optional<Value::Kind> key_kind_;
};

}  // namespace plumbline::checker
