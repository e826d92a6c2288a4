#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/history/history.h"
#include "checker/history/requests.h"
#include "checker/txn/tables.h"

namespace plumbline::checker::txn {

// One step of a transaction. Reads of transactions that were not answered are left out, since
// they say nothing.
struct Step {
  const Value* value = nullptr;  // What was read, written or appended.
  std::uint32_t key = 0;
  std::uint32_t element = kNone;  // Of a write or append; kNone of a read.

  bool reads() const { return element == kNone; }
};

struct Transaction {
  std::int64_t invoked_at = 0;
  std::int64_t returned_at = kNever;  // kNever unless it was answered.
  std::int64_t stopped_at = kNever;   // When its client stopped waiting: a guess, no bound.
  std::int64_t process = 0;
  OptionalInt revision;
  std::uint32_t index = 0;  // In the history.
  std::uint32_t steps_begin = 0;
  std::uint32_t steps_end = 0;
  Outcome outcome = Outcome::kUnknown;
};

// A value that a transaction wrote or appended, by one step.
struct Element {
  const Value* value = nullptr;
  std::uint32_t transaction = 0;
  std::uint32_t key = 0;
  bool last = true;  // Of this transaction on this key: what the others may see.
};

struct Key {
  const Value* name = nullptr;
  const Value::List* longest = nullptr;  // The first longest list that was read.
  std::uint32_t longest_reader = kNone;
  bool appended = false;
  bool written = false;
  // Two transactions that did not fail wrote one value: who was seen cannot be told.
  std::uint32_t twice = kNone;  // The second element.

  // A key that nobody changed may be either.
  bool is_list() const { return appended || !written; }
  // No order of versions can be had.
  bool is_unclear() const { return twice != kNone || (appended && written); }
};

// A history of transactions in flat arrays. Transactions are numbered in the order of their first
// calls; keys and elements in the order in which they first occur. Operations that are not
// transactions are left out. It points into the history, which must outlive it.
class Compiled {
 public:
  // REQUIRES: the history has no fault.
  explicit Compiled(const History& history);

  std::vector<Transaction> transactions;
  std::vector<Step> steps;
  std::vector<Element> elements;
  std::vector<Key> keys;

  std::span<const Step> steps_of(std::uint32_t transaction) const {
    const Transaction& txn = transactions[transaction];
    return {steps.data() + txn.steps_begin, txn.steps_end - txn.steps_begin};
  }
  // The element by which `value` came to `key`, preferably one that did not fail; or kNone.
  std::uint32_t element_of(std::uint32_t key, const Value& value) const;

 private:
  void add(const Request& request);
  void add_step(const Value& step, bool answered);
  void add_read(std::uint32_t key, const Value& value);
  void add_element(std::uint32_t key, const Value& value);
  std::uint32_t key_of(const Value& name);
  bool failed(std::uint32_t element) const {
    return transactions[elements[element].transaction].outcome == Outcome::kFail;
  }

  IdTable key_ids_;
  IdTable element_ids_;
  std::vector<std::uint32_t> last_element_;  // By key: to tell the last one of a transaction.
};

}  // namespace plumbline::checker::txn
