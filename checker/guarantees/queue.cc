#include "checker/guarantees/queue.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/numbering.h"
#include "checker/guarantees/objects.h"

namespace plumbline::checker {
namespace {

struct Use {
  std::uint32_t element = 0;
  const Request* request = nullptr;
};
using Uses = std::span<const Use>;

// The uses of `element`, which must not come before those taken last.
Uses take_front(Uses& uses, std::uint32_t element) {
  std::size_t count = 0;
  while (count < uses.size() && uses[count].element == element) ++count;
  const Uses front = uses.first(count);
  uses = uses.subspan(count);
  return front;
}

struct Missing {
  std::uint64_t count = 0;
  const Request* first = nullptr;  // The first enqueue of the first element that is missing.
};

// One queue: the requests on one key.
class Queue {
 public:
  Queue(std::string_view key, Findings& findings) : key_(key), findings_(findings) {}

  void check(std::span<const Request* const> requests) {
    for (const Request* request : requests) take(*request);
    const auto by_element = [](const Use& a, const Use& b) { return a.element < b.element; };
    std::stable_sort(enqueued_.begin(), enqueued_.end(), by_element);
    std::stable_sort(taken_.begin(), taken_.end(), [&](const Use& a, const Use& b) {
      if (a.element != b.element) return a.element < b.element;
      return a.request->returned_at < b.request->returned_at;
    });
    Uses enqueued = enqueued_;
    Uses taken = taken_;
    for (std::uint32_t i = 0; i < elements_.size(); ++i) {
      judge(i, take_front(enqueued, i), take_front(taken, i));
    }
    judge_missing();
  }

 private:
  std::string name() const { return key_text(key_, "the queue"); }

  void take(const Request& request) {
    const Operation& op = *request.operation;
    const bool ok = request.outcome == Outcome::kOk;
    if (op.function == Function::kEnqueue && request.outcome != Outcome::kFail) {
      enqueued_.push_back({elements_.add(op.arguments[0]), &request});
    } else if (op.function == Function::kDequeue) {
      if (request.outcome == Outcome::kUnknown) ++unknown_dequeues_;
      if (!ok) return;
      if (op.results[0].is_nil()) {
        drained_ = &request;
      } else {
        taken_.push_back({elements_.add(op.results[0]), &request});
      }
    } else if (op.function == Function::kDrain) {
      if (request.outcome == Outcome::kUnknown) unknown_drain_ = true;
      if (ok) take_drain(request);
    }
  }

  void take_drain(const Request& request) {
    drained_ = &request;
    const Value& answer = request.operation->results[0];
    if (!answer.is_list()) return;
    for (const Value& element : answer.list()) taken_.push_back({elements_.add(element), &request});
  }

  // The n-th take in order of returns needs n enqueues called by then: that, and no more, is what
  // it takes to give each take an enqueue of its own.
  void judge(std::uint32_t element, Uses enqueued, Uses taken) {
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const Request* take = taken[i].request;
      const bool asked =
          i < enqueued.size() && enqueued[i].request->invoked_at <= take->returned_at;
      if (asked) continue;
      const Request* enqueue = enqueued.empty() ? nullptr : enqueued[0].request;
      if (i == 0) {
        unexpected(element, take, enqueue);
      } else {
        duplicate(element, {enqueue, taken[i - 1].request, take, called_by(enqueued, *take)});
      }
    }
    count_missing(element, enqueued, taken);
  }

  static std::size_t called_by(Uses enqueued, const Request& take) {
    const auto later = std::ranges::find_if(
        enqueued, [&](const Use& use) { return use.request->invoked_at > take.returned_at; });
    return static_cast<std::size_t>(later - enqueued.begin());
  }

  void unexpected(std::uint32_t element, const Request* take, const Request* enqueue) {
    findings_.invalid("unexpected-element", take->returned_at, [this, element, take, enqueue] {
      return Explained{std::string(key_),
                       name() + " gave out " + to_text(elements_[element]) + " because " +
                           called_text(*take, {enqueue}) + " took it, although " +
                           (enqueue == nullptr ? "nobody asked to enqueue it"
                                               : called_text(*enqueue, {take}) +
                                                     " is the first to ask for it and came after "
                                                     "that had returned"),
                       {take, enqueue}};
    });
  }

  struct Takes {
    const Request* enqueue;  // The first; nullptr if there is none.
    const Request* before;
    const Request* again;
    std::size_t asked;  // How many enqueues had been called when the second take returned.
  };
  void duplicate(std::uint32_t element, const Takes& takes) {
    findings_.invalid("duplicate", takes.again->returned_at, [this, element, takes] {
      const auto& [enqueue, before, again, asked] = takes;
      std::string sentence =
          name() + " gave out " + to_text(elements_[element]) + " more than once because ";
      sentence += before == again ? called_text(*again) + " took it more than once"
                                  : called_text(*before, {again}) + " and " +
                                        called_text(*again, {before}) + " both took it";
      sentence += ", although by then it had been asked for " + std::to_string(asked) +
                  (asked == 1 ? " time" : " times");
      if (enqueue != nullptr) sentence += ", first by " + client_text_of(*enqueue);
      return Explained{std::string(key_), sentence, {enqueue, before, again}};
    });
  }
  static std::string client_text_of(const Request& request);

  void count_missing(std::uint32_t element, Uses enqueued, Uses taken) {
    std::uint64_t due = 0;
    const Request* first = nullptr;
    for (const Use& use : enqueued) {
      const bool answered = use.request->outcome == Outcome::kOk;
      if (!answered) continue;
      if (drained_ != nullptr && use.request->returned_at >= drained_->invoked_at) continue;
      if (first == nullptr) first = use.request;
      ++due;
    }
    if (due <= taken.size()) return;
    if (missing_.first == nullptr) missing_.first = first;
    missing_.count += due - taken.size();
    const bool certain = drained_ != nullptr && unknown_dequeues_ == 0 && !unknown_drain_;
    if (certain) lost(element, first, {due, taken.size()});
  }

  struct Balance {
    std::uint64_t due;
    std::uint64_t taken;
  };
  void lost(std::uint32_t element, const Request* enqueue, Balance balance) {
    findings_.invalid("lost-element", drained_->returned_at, [this, element, enqueue, balance] {
      const std::string taken = balance.due == 1
                                    ? "nothing took it"
                                    : "of " + std::to_string(balance.due) + " equal ones " +
                                          std::to_string(balance.taken) + " were taken";
      return Explained{std::string(key_),
                       name() + " lost " + to_text(elements_[element]) + " because " +
                           returned_text(*enqueue, {drained_}) + " was answered, " + taken +
                           ", and " + called_text(*drained_, {enqueue}) + " left nothing",
                       {enqueue, drained_}};
    });
  }

  // What single elements do not show: that too many are missing, or that none can be blamed.
  void judge_missing() {
    if (missing_.count == 0 || unknown_drain_) return;
    const std::string what =
        std::to_string(missing_.count) +
        (missing_.count == 1 ? " acknowledged element" : " acknowledged elements") +
        " did not come out";
    if (drained_ == nullptr) {
      findings_.unknown("not-drained", missing_.first->returned_at, [this, what] {
        return Explained{std::string(key_),
                         name() + " is not judged because " + what +
                             ", and it was never drained; the first is that of " +
                             client_text_of(*missing_.first),
                         {missing_.first}};
      });
      return;
    }
    if (unknown_dequeues_ == 0 || missing_.count <= unknown_dequeues_) return;
    findings_.invalid("lost-element", drained_->returned_at, [this, what] {
      return Explained{std::string(key_),
                       name() + " lost elements because " + what + ", " +
                           called_text(*drained_, {missing_.first}) +
                           " left nothing, and dequeues whose outcome is unknown took at most " +
                           std::to_string(unknown_dequeues_) + "; the first is that of " +
                           client_text_of(*missing_.first),
                       {missing_.first, drained_}};
    });
  }

  std::string_view key_;
  Findings& findings_;
  Numbering elements_;
  std::vector<Use> enqueued_;  // Those that did not fail.
  std::vector<Use> taken_;
  const Request* drained_ = nullptr;
  std::uint64_t unknown_dequeues_ = 0;
  bool unknown_drain_ = false;
  Missing missing_;
};

std::string Queue::client_text_of(const Request& request) {
  std::string text = called_text(request);
  text.pop_back();
  return text;
}

}  // namespace

std::vector<Report> check_queue(const History& history, const GuaranteeOptions& options) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  Findings findings("queue");
  const auto queues = judge_each(objects, findings, [&](std::size_t i) {
    auto judge = std::make_unique<Queue>(objects.key(i), findings);
    judge->check(objects.requests(i));
    return judge;
  });
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
