#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "checker/formats/jepsen_entry.h"
#include "checker/formats/jepsen_values.h"
#include "checker/history/operation.h"
#include "checker/history/reader.h"

namespace plumbline::checker {

// Pairs the entries of a Jepsen history, holding open operations only.
//
// The order of the entries is the order of the events, as Jepsen means it; :time only dates them.
// A time that contradicts that order is moved up to the event before it; where there are no
// times, the nth event happens at n nanoseconds. No time is later
// than kTimeMax, so that there is room to move up. Entries of the nemesis are skipped.
//
// With processes, a completion answers the open operation of its process. Without, every
// invocation is a process of its own, and a completion answers the oldest open operation with the
// same function and value (what a read saw aside).
class Jepsen {
 public:
  static constexpr std::int64_t kTimeMax = std::int64_t{1} << 62;

  // REQUIRES: `take` outlives this.
  Jepsen(bool independent_keys, const TakeOperation& take)
      : values_(independent_keys), take_(take) {}

  // The next entry; what is wrong with it, or nothing.
  std::optional<std::string> entry(const JepsenEntry& entry);

  // Hands over what is open as unknown.
  void end();

 private:
  struct Open {
    std::uint64_t index = 0;
    std::int64_t called_at = 0;  // As it was written.
    Value function;              // Likewise.
    Operation operation;
  };

  std::optional<std::string> call(const JepsenEntry& entry);
  std::optional<std::string> completion(const JepsenEntry& entry);
  std::optional<std::string> nameless_completion(const JepsenEntry& entry);
  std::optional<std::string> answer(const JepsenEntry& entry, Open& open);
  std::optional<std::string> check_order(const JepsenEntry& entry);
  std::optional<std::string> set_client(const JepsenEntry& entry, Operation& op) const;
  std::optional<std::string> check_process(const JepsenEntry& entry);
  std::int64_t call_time(const JepsenEntry& entry) const;
  std::int64_t return_time(const JepsenEntry& entry) const;

  JepsenValues values_;
  const TakeOperation& take_;
  std::map<std::int64_t, Open> by_process_;
  std::set<std::int64_t> clients_;  // Of the open operations with a process.
  std::map<Value, std::deque<Open>> by_shape_;
  std::optional<bool> processes_;  // Whether entries name processes; the first one decides.
  std::uint64_t calls_ = 0;
  std::optional<std::int64_t> last_index_;
  std::int64_t now_ = 0;  // Of the last event.
  std::int64_t last_return_at_ = -1;
};

}  // namespace plumbline::checker
