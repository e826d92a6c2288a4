#include "checker/guarantees/set_full.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/numbering.h"
#include "checker/guarantees/objects.h"
#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

// Reads are named by their rank in the order of their calls.
constexpr std::int32_t kNoRead = -1;

struct Element {
  const Request* known = nullptr;  // The add or read that returned first.
  std::int32_t last_present = kNoRead;
  std::int32_t last_absent = kNoRead;  // Of the reads up to last_present only.
  bool attempted = false;
  bool removed = false;
  bool duplicate = false;
};

struct Totals {
  std::uint64_t attempted = 0, stable = 0, lost = 0, never_read = 0, stale = 0, duplicated = 0,
                unexpected = 0;
  std::vector<std::int64_t> stable_latencies;
  std::vector<std::int64_t> lost_latencies;
};

// One set: the requests on one key.
class Timelines {
 public:
  Timelines(std::string_view key, const GuaranteeOptions& options, Findings& findings,
            Totals& totals)
      : key_(key), options_(options), findings_(findings), totals_(totals) {}

  void check(std::span<const Request* const> requests) {
    for (const Request* request : requests) take_change(*request);
    for (const Request* request : requests) take_read(*request);
    for (std::uint32_t i = 0; i < elements_.size(); ++i) judge(i);
    if (stable_ + lost_ > 0) return;
    findings_.unknown("never-read", 0, [name = name(), read = !reads_.empty()] {
      return Explained{"",
                       name + " is not judged because " +
                           (read ? "no element that was added is in its last read"
                                 : "no read of it was answered"),
                       {}};
    });
  }

 private:
  std::string name() const { return key_text(key_, "the set"); }

  Element& element(const Value& value) {
    const std::uint32_t number = numbers_.add(value);
    if (number == elements_.size()) elements_.emplace_back();
    return elements_[number];
  }

  void take_change(const Request& request) {
    const Operation& op = *request.operation;
    if (op.function == Function::kRemove && request.outcome != Outcome::kFail) {
      element(op.arguments[0]).removed = true;
    }
    if (op.function != Function::kAdd) return;
    Element& added = element(op.arguments[0]);
    added.attempted = true;
    if (request.outcome == Outcome::kOk) know(added, request);
  }

  static void know(Element& element, const Request& request) {
    const bool first = element.known == nullptr || request.returned_at < element.known->returned_at;
    if (first) element.known = &request;
  }

  void take_read(const Request& request) {
    const bool read = request.operation->function == Function::kRead;
    if (!read || request.outcome != Outcome::kOk) return;
    const Value& answer = request.operation->results[0];
    if (!answer.is_list()) return malformed(request);
    const auto rank = static_cast<std::int32_t>(reads_.size());
    reads_.push_back(&request);
    for (const Value& value : answer.list()) show(element(value), value, request, rank);
  }

  void malformed(const Request& read) {
    findings_.unknown("malformed", read.returned_at, [this, &read] {
      return Explained{std::string(key_),
                       name() + " is not judged because " + called_text(read) + " answered no list",
                       {&read}};
    });
  }

  void show(Element& element, const Value& value, const Request& read, std::int32_t rank) {
    know(element, read);
    if (element.last_present == rank) return duplicate(element, value, read);
    if (element.last_present != rank - 1) element.last_absent = rank - 1;
    element.last_present = rank;
  }

  void duplicate(Element& element, const Value& value, const Request& read) {
    if (element.duplicate) return;
    element.duplicate = true;
    ++totals_.duplicated;
    findings_.invalid("duplicate", read.returned_at, [this, &value, &read] {
      const Element& twice = elements_[numbers_.find(value)];
      return Explained{std::string(key_),
                       name() + " holds " + to_text(value) + " more than once because " +
                           called_text(read) + " saw it more than once",
                       {&read, twice.known}};
    });
  }

  void judge(std::uint32_t number) {
    const Element& element = elements_[number];
    totals_.attempted += element.attempted;
    totals_.unexpected += !element.attempted && element.last_present != kNoRead;
    if (!element.attempted || element.removed) return;
    const auto last = static_cast<std::int32_t>(reads_.size()) - 1;
    if (last != kNoRead && element.last_present == last) {
      stable(number);
    } else if (last != kNoRead && element.known != nullptr &&
               element.known->returned_at < reads_[last]->invoked_at) {
      lost(number);
    } else {
      ++totals_.never_read;
    }
  }

  void stable(std::uint32_t number) {
    ++stable_;
    ++totals_.stable;
    const Element& element = elements_[number];
    const Request* missed = element.last_absent == kNoRead ? nullptr : reads_[element.last_absent];
    const std::int64_t latency =
        missed == nullptr ? 0 : missed->invoked_at - element.known->returned_at;
    totals_.stable_latencies.push_back(std::max<std::int64_t>(latency, 0));
    if (latency <= 0) return;
    ++totals_.stale;
    if (!options_.linearizable) return;
    findings_.invalid("stale-read", missed->returned_at, [this, number, missed] {
      const Request& known = *elements_[number].known;
      const Request& later = *reads_[elements_[number].last_absent + 1];
      return Explained{
          std::string(key_),
          name() + " was read stale because " + returned_text(known, {missed, &later}) + " made " +
              to_text(numbers_[number]) + " known, and " + called_text(*missed, {&known, &later}) +
              " missed it, while " + called_text(later, {&known, missed}) + " saw it",
          {&known, missed, &later}};
    });
  }

  void lost(std::uint32_t number) {
    ++lost_;
    ++totals_.lost;
    const Element& element = elements_[number];
    const Request* seen = element.last_present == kNoRead ? nullptr : reads_[element.last_present];
    const std::int64_t latency =
        seen == nullptr ? 0 : seen->invoked_at - element.known->returned_at;
    totals_.lost_latencies.push_back(std::max<std::int64_t>(latency, 0));
    const Request* missed = first_miss(element);
    findings_.invalid("lost-element", missed->returned_at, [this, number, seen, missed] {
      const Request& known = *elements_[number].known;
      std::string sentence = name() + " lost " + to_text(numbers_[number]) + " because " +
                             returned_text(known, {seen, missed}) + " made it known, ";
      if (seen != nullptr && seen != &known) {
        sentence += called_text(*seen, {&known, missed}) + " was the last to see it, ";
      }
      sentence +=
          "and " + called_text(*missed, {&known, seen}) + " did not see it, nor did any later read";
      return Explained{std::string(key_), sentence, {&known, seen, missed}};
    });
  }

  // The first read after the last that shows the element that was called after it was known.
  const Request* first_miss(const Element& element) const {
    const auto from = reads_.begin() + (element.last_present + 1);
    return *std::upper_bound(from, reads_.end(), element.known->returned_at,
                             [](std::int64_t at, const Request* r) { return at < r->invoked_at; });
  }

  std::string_view key_;
  const GuaranteeOptions& options_;
  Findings& findings_;
  Totals& totals_;
  Numbering numbers_;
  std::vector<Element> elements_;
  std::vector<const Request*> reads_;
  std::uint64_t stable_ = 0;
  std::uint64_t lost_ = 0;
};

std::string latency_text(std::string_view name, std::vector<std::int64_t> latencies) {
  std::sort(latencies.begin(), latencies.end());
  const auto at = [&](std::size_t percent) {
    const std::size_t place = latencies.size() * percent / 100;
    return TimeText{}(latencies[std::min(place, latencies.size() - 1)]);
  };
  return std::string(name) + " latency: least " + at(0) + ", median " + at(50) + ", 95 of 100 " +
         at(95) + ", 99 of 100 " + at(99) + ", greatest " + at(100);
}

void tell(const Totals& totals, Findings& findings) {
  findings.fact("elements: " + std::to_string(totals.attempted) + " attempted, " +
                std::to_string(totals.stable) + " stable, " + std::to_string(totals.lost) +
                " lost, " + std::to_string(totals.never_read) + " never read, " +
                std::to_string(totals.stale) + " stale, " + std::to_string(totals.duplicated) +
                " duplicated, " + std::to_string(totals.unexpected) + " unexpected");
  if (!totals.stable_latencies.empty()) {
    findings.fact(latency_text("stable", totals.stable_latencies));
  }
  if (!totals.lost_latencies.empty()) findings.fact(latency_text("lost", totals.lost_latencies));
}

}  // namespace

std::vector<Report> check_set_full(const History& history, const GuaranteeOptions& options) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  Findings findings("set-full");
  Totals totals;
  const auto sets = judge_each(objects, findings, [&](std::size_t i) {
    auto judge = std::make_unique<Timelines>(objects.key(i), options, findings, totals);
    judge->check(objects.requests(i));
    return judge;
  });
  tell(totals, findings);
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
