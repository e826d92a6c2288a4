#include "checker/guarantees/set.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/numbering.h"
#include "checker/guarantees/objects.h"

namespace plumbline::checker {
namespace {

struct Element {
  const Request* attempt = nullptr;   // The first add called that did not fail.
  const Request* answered = nullptr;  // The answered add that returned first.
  const Request* failed = nullptr;
  bool removed = false;
  bool shown = false;
};

struct Counts {
  std::uint64_t attempted = 0, acknowledged = 0, shown = 0, lost = 0, recovered = 0, unexpected = 0;
};

// One set: the requests on one key.
class Set {
 public:
  Set(std::string_view key, Findings& findings, Counts& counts)
      : key_(key), findings_(findings), counts_(counts) {}

  void check(std::span<const Request* const> requests) {
    for (const Request* request : requests) take(*request);
    if (final_ == nullptr || !final_->operation->results[0].is_list()) {
      findings_.unknown("never-read", 0, [name = name(), final = final_] {
        return Explained{
            "",
            name + " is not judged because " +
                (final ? called_text(*final) + " answered no list" : "no read of it was answered"),
            {final}};
      });
      return;
    }
    judge();
  }

 private:
  std::string name() const { return key_text(key_, "the set"); }

  void take(const Request& request) {
    const Operation& op = *request.operation;
    if (op.function == Function::kRead && request.outcome == Outcome::kOk) {
      if (final_ == nullptr || final_->returned_at <= request.returned_at) final_ = &request;
    } else if (op.function == Function::kAdd) {
      add(element(op.arguments[0]), request);
    } else if (op.function == Function::kRemove && request.outcome != Outcome::kFail) {
      element(op.arguments[0]).removed = true;
    }
  }

  static void add(Element& element, const Request& request) {
    if (request.outcome == Outcome::kFail) {
      element.failed = &request;
      return;
    }
    if (element.attempt == nullptr) element.attempt = &request;
    if (request.outcome != Outcome::kOk) return;
    const Request*& first = element.answered;
    if (first == nullptr || request.returned_at < first->returned_at) first = &request;
  }

  Element& element(const Value& value) {
    const std::uint32_t number = numbers_.add(value);
    if (number == elements_.size()) elements_.emplace_back();
    return elements_[number];
  }

  void judge() {
    for (const Value& value : final_->operation->results[0].list()) element(value).shown = true;
    for (std::uint32_t i = 0; i < elements_.size(); ++i) {
      const Element& element = elements_[i];
      counts_.attempted += element.attempt != nullptr;
      counts_.acknowledged += element.answered != nullptr;
      counts_.shown += element.shown;
      const bool expected =
          element.attempt != nullptr && element.attempt->invoked_at <= final_->returned_at;
      if (element.shown && !expected) unexpected(i);
      if (element.shown && expected && element.answered == nullptr) ++counts_.recovered;
      if (element.shown || element.removed || element.answered == nullptr) continue;
      if (element.answered->returned_at < final_->invoked_at) lost(i);
    }
  }

  void unexpected(std::uint32_t number) {
    ++counts_.unexpected;
    const Element element = elements_[number];
    const std::string text = to_text(numbers_[number]);
    findings_.invalid("unexpected-element", final_->returned_at, [this, element, text] {
      const std::string sentence =
          name() + " shows " + text + " because " + called_text(*final_) + " saw it, although ";
      if (element.attempt != nullptr) {
        return Explained{std::string(key_),
                         sentence + called_text(*element.attempt, {final_}) +
                             " is the first add of it and came after that read had returned",
                         {final_, element.attempt}};
      }
      if (element.failed == nullptr) {
        return Explained{std::string(key_), sentence + "nobody asked to add it", {final_}};
      }
      return Explained{std::string(key_),
                       sentence + returned_text(*element.failed, {final_}) + " definitely failed",
                       {final_, element.failed}};
    });
  }

  void lost(std::uint32_t number) {
    ++counts_.lost;
    const Request* add = elements_[number].answered;
    const std::string text = to_text(numbers_[number]);
    findings_.invalid("lost-element", add->returned_at, [this, add, text] {
      return Explained{std::string(key_),
                       name() + " lost " + text + " because " + returned_text(*add, {final_}) +
                           " was answered, and the final " + called_text(*final_, {add}) +
                           " did not see it",
                       {add, final_}};
    });
  }

  std::string_view key_;
  Findings& findings_;
  Counts& counts_;
  Numbering numbers_;
  std::vector<Element> elements_;
  const Request* final_ = nullptr;
};

std::string text_of(const Counts& counts) {
  return "elements: " + std::to_string(counts.attempted) + " attempted, " +
         std::to_string(counts.acknowledged) + " acknowledged, " + std::to_string(counts.shown) +
         " in the final read, " + std::to_string(counts.lost) + " lost, " +
         std::to_string(counts.recovered) + " recovered, " + std::to_string(counts.unexpected) +
         " unexpected";
}

}  // namespace

std::vector<Report> check_set(const History& history, const GuaranteeOptions& options) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  Findings findings("set");
  Counts counts;
  const auto sets = judge_each(objects, findings, [&](std::size_t i) {
    auto judge = std::make_unique<Set>(objects.key(i), findings, counts);
    judge->check(objects.requests(i));
    return judge;
  });
  findings.fact(text_of(counts));
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
