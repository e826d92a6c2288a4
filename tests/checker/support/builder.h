#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "checker/history/history.h"

namespace plumbline::checker {

// Writes histories down as a person would: milliseconds, clients, answers.
//
//   HistoryBuilder h;
//   h.call(1, Function::kPut, "x", {7}, 10).ok(20);
//   h.call(2, Function::kGet, "x", {}, 30).ok(40, {5});
class HistoryBuilder {
 public:
  static constexpr std::int64_t kMs = 1'000'000;

  class Call {
   public:
    Call(History& history, std::size_t index) : history_(history), index_(index) {}
    Call& ok(std::int64_t ms, std::vector<Value> results = {}) {
      op().results = std::move(results);
      return ended(Outcome::kOk, ms);
    }
    Call& fail(std::int64_t ms) { return ended(Outcome::kFail, ms); }
    Call& unknown(std::int64_t ms) { return ended(Outcome::kUnknown, ms); }
    Call& revision(std::int64_t revision) {
      op().revision = revision;
      return *this;
    }
    Call& session(std::int64_t session, std::int64_t sequence) {
      op().set_session(SessionSequence{session, sequence});
      return *this;
    }

   private:
    Operation& op() { return history_.operations[index_]; }
    Call& ended(Outcome outcome, std::int64_t ms) {
      op().outcome = outcome;
      op().returned_at = ms * kMs;
      return *this;
    }
    History& history_;
    std::size_t index_;
  };

  // Calls must be made in the order of their times.
  Call call(std::int64_t process, Function function, std::string key, std::vector<Value> arguments,
            std::int64_t ms) {
    Operation op;
    op.process = process;
    op.function = function;
    op.key = std::move(key);
    op.arguments = std::move(arguments);
    op.invoked_at = ms * kMs;
    history_.operations.push_back(std::move(op));
    return {history_, history_.operations.size() - 1};
  }
  Call read(std::int64_t p, std::int64_t ms) { return call(p, Function::kRead, "x", {}, ms); }
  Call write(std::int64_t p, Value v, std::int64_t ms) {
    return call(p, Function::kWrite, "x", {std::move(v)}, ms);
  }
  Call cas(std::int64_t p, Value expected, Value next, std::int64_t ms) {
    return call(p, Function::kCas, "x", {std::move(expected), std::move(next)}, ms);
  }
  Call get(std::int64_t p, std::int64_t ms) { return call(p, Function::kGet, "x", {}, ms); }
  Call put(std::int64_t p, Value v, std::int64_t ms) {
    return call(p, Function::kPut, "x", {std::move(v)}, ms);
  }
  Call erase(std::int64_t p, std::int64_t ms) { return call(p, Function::kDelete, "x", {}, ms); }
  Call append(std::int64_t p, Value token, std::int64_t ms) {
    return call(p, Function::kAppend, "x", {std::move(token)}, ms);
  }

  const History& history() const { return history_; }
  operator const History&() const { return history_; }  // NOLINT(google-explicit-constructor)

 private:
  History history_;
};

inline Value list_of(std::vector<Value> items) { return Value(std::move(items)); }

}  // namespace plumbline::checker
