#include "checker/guarantees/counter.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/objects.h"

namespace plumbline::checker {
namespace {

struct Addition {
  const Request* request = nullptr;
  std::int64_t amount = 0;
};

struct Bounds {
  std::int64_t lower = 0;
  std::int64_t upper = 0;
};

// Sums of additions in order of some time of theirs, negative and positive amounts apart.
class Sums {
 public:
  using Time = std::int64_t Request::*;

  Sums(std::vector<Addition> additions, Time time) : additions_(std::move(additions)), time_(time) {
    std::stable_sort(additions_.begin(), additions_.end(), [&](const auto& a, const auto& b) {
      return a.request->*time < b.request->*time;
    });
    sums_.resize(additions_.size() + 1);
    for (std::size_t i = 0; i < additions_.size(); ++i) {
      sums_[i + 1] = sums_[i];
      (additions_[i].amount < 0 ? sums_[i + 1].lower : sums_[i + 1].upper) += additions_[i].amount;
    }
  }

  // The additions whose time is less than `time`, counted and summed.
  std::size_t count(std::int64_t time) const {
    const auto end =
        std::partition_point(additions_.begin(), additions_.end(),
                             [&](const Addition& a) { return a.request->*time_ < time; });
    return static_cast<std::size_t>(end - additions_.begin());
  }
  Bounds before(std::int64_t time) const { return sums_[count(time)]; }
  const Request* last_before(std::int64_t time) const {
    const std::size_t n = count(time);
    return n == 0 ? nullptr : additions_[n - 1].request;
  }

 private:
  std::vector<Addition> additions_;
  Time time_;
  std::vector<Bounds> sums_;  // lower: of the negative amounts; upper: of the positive ones.
};

// One counter: the requests on one key.
class Counter {
 public:
  Counter(std::string_view key, std::span<const Request* const> requests,
          const GuaranteeOptions& options, Findings& findings)
      : key_(key),
        initial_(options.initial),
        findings_(findings),
        possible_(additions(requests, false), &Request::invoked_at),
        certain_(additions(requests, true), &Request::returned_at) {
    if (!fits_) {
      findings_.unknown("malformed", 0, [this] {
        return Explained{std::string(key_),
                         name() +
                             " is not judged because an amount is no integer, or they add up "
                             "to more than 64 bits hold",
                         {}};
      });
      return;
    }
    for (const Request* request : requests) {
      const bool read = request->operation->function == Function::kRead;
      if (read && request->outcome == Outcome::kOk) check(*request);
    }
  }

 private:
  std::string name() const { return key_text(key_, "the counter"); }

  std::vector<Addition> additions(std::span<const Request* const> requests, bool answered) {
    std::vector<Addition> found;
    std::int64_t sum = initial_ < 0 ? initial_ : -initial_;  // Of absolute values, negated.
    for (const Request* request : requests) {
      const Operation& op = *request->operation;
      const bool subtracts = op.function == Function::kRemove;
      if (!subtracts && op.function != Function::kAdd) continue;
      if (request->outcome == Outcome::kFail) continue;
      if (answered && request->outcome != Outcome::kOk) continue;
      const Value& argument = op.arguments[0];
      if (!argument.is_int() || argument.number() == INT64_MIN) {
        fits_ = false;
        continue;
      }
      const std::int64_t amount = subtracts ? -argument.number() : argument.number();
      if (__builtin_sub_overflow(sum, amount < 0 ? -amount : amount, &sum)) {
        fits_ = false;
        sum = 0;
      }
      found.push_back({request, amount});
    }
    // Sums are formed before fits_ is looked at.
    if (!fits_) found.clear();
    return found;
  }

  Bounds bounds(const Request& read) const {
    const Bounds happened = certain_.before(read.invoked_at);
    const Bounds called = possible_.before(read.returned_at + 1);
    // What was answered before the call was called before the return, so the differences are the
    // amounts that may have happened.
    return {initial_ + happened.upper + called.lower, initial_ + happened.lower + called.upper};
  }

  void check(const Request& read) {
    const Value& answer = read.operation->results[0];
    if (!answer.is_int()) {
      findings_.unknown("malformed", read.returned_at, [this, &read] {
        return Explained{std::string(key_),
                         name() + " is not judged because " + called_text(read) + " answered " +
                             to_text(read.operation->results[0]) + ", which is no integer",
                         {&read}};
      });
      return;
    }
    const Bounds allowed = bounds(read);
    if (answer.number() >= allowed.lower && answer.number() <= allowed.upper) return;
    findings_.invalid("out-of-bounds", read.returned_at,
                      [this, &read, allowed] { return explain(read, allowed); });
  }

  Explained explain(const Request& read, const Bounds& allowed) const {
    const std::int64_t seen = read.operation->results[0].number();
    const bool low = seen < allowed.lower;
    const Request* add =
        low ? certain_.last_before(read.invoked_at) : possible_.last_before(read.returned_at + 1);
    std::string sentence = name() + " is out of bounds because " + called_text(read, {add}) +
                           " saw " + std::to_string(seen) + ", although the additions ";
    sentence += low ? "answered before its call leave at least " + std::to_string(allowed.lower)
                    : "called before its return allow at most " + std::to_string(allowed.upper);
    if (add != nullptr) {
      sentence += "; the last of them is " +
                  (low ? returned_text(*add, {&read}) : called_text(*add, {&read}));
      sentence.pop_back();
    }
    return {std::string(key_), sentence, {&read, add}};
  }

  std::string_view key_;
  std::int64_t initial_;
  Findings& findings_;
  bool fits_ = true;
  Sums possible_;  // What did not fail, in order of calls.
  Sums certain_;   // What was answered, in order of returns.
};

}  // namespace

std::vector<Report> check_counter(const History& history, const GuaranteeOptions& options) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  Findings findings("counter");
  const auto counters = judge_each(objects, findings, [&](std::size_t i) {
    return std::make_unique<Counter>(objects.key(i), objects.requests(i), options, findings);
  });
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
