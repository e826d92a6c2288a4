#include "checker/linear/revisions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/text.h"
#include "checker/linear/revision_order.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kProperty = "revisions";

std::int64_t revision(const Request* request) { return *request->operation->revision; }
std::string who(const Request* request) { return client_text(*request->operation); }
bool is_change(const Request* request) { return effect_of(*request->operation) == Effect::kSome; }

Report violation(std::string_view topic, std::vector<const Request*> witness,
                 std::string sentence) {
  std::sort(witness.begin(), witness.end(), [](const Request* a, const Request* b) {
    return a->invoked_at != b->invoked_at ? a->invoked_at < b->invoked_at : a->index < b->index;
  });
  Report report;
  report.verdict = Verdict::kInvalid;
  report.topic = topic;
  report.sentence = std::move(sentence);
  report.from = witness.front()->invoked_at;
  for (const Request* request : witness) {
    report.witness.push_back(request->index);
    report.to = std::max(report.to, request->returned_at);
  }
  return report;
}

std::optional<Report> shared_revision(const std::vector<const Request*>& answered) {
  std::map<std::int64_t, const Request*> owner;
  for (const Request* request : answered) {
    if (!is_change(request)) continue;
    const auto [at, fresh] = owner.try_emplace(revision(request), request);
    if (fresh) continue;
    return violation("revision-claimed-twice", {at->second, request},
                     "revisions are not an order of the changes because " + who(at->second) +
                         " and " + who(request) + " both answered with revision " +
                         std::to_string(revision(request)));
  }
  return std::nullopt;
}

std::string backwards_text(const Request* first, const Request* second) {
  const TimeText time{first->returned_at, second->invoked_at};
  const bool equal = revision(first) == revision(second);
  return "revisions disagree with real time because " + who(first) + " returned at " +
         time(first->returned_at) + " with revision " + std::to_string(revision(first)) + "; " +
         who(second) + ", called at " + time(second->invoked_at) + ", answered with " +
         (equal ? "the same revision, although it is a change"
                : "revision " + std::to_string(revision(second)) + ", which is older");
}

// One sweep in the order of calls, with the greatest revision of all that had returned by then.
std::optional<Report> backwards_in_time(const std::vector<const Request*>& answered) {
  std::vector<const Request*> by_return = answered;
  std::stable_sort(by_return.begin(), by_return.end(), [](const Request* a, const Request* b) {
    return a->returned_at < b->returned_at;
  });
  const Request* greatest = nullptr;
  auto next = by_return.begin();
  for (const Request* request : answered) {
    for (; next != by_return.end() && (*next)->returned_at < request->invoked_at; ++next) {
      if (greatest == nullptr || revision(*next) > revision(greatest)) greatest = *next;
    }
    if (greatest == nullptr) continue;
    const std::int64_t least = revision(greatest) + (is_change(request) ? 1 : 0);
    if (revision(request) >= least) continue;
    return violation("stale-revision", {greatest, request}, backwards_text(greatest, request));
  }
  return std::nullopt;
}

}  // namespace

Report check_revisions(std::span<const Request> requests) {
  const RevisionOrder order(requests);
  if (!order.shared() && !order.backwards()) {
    Report valid;
    valid.property = kProperty;
    valid.steps = order.items().size();
    return valid;
  }
  // Something is wrong: from here on the time it takes to say what is no matter.
  std::vector<const Request*> answered;
  for (const Request& request : requests) {
    const bool counts = request.outcome == Outcome::kOk && request.operation->revision;
    if (counts) answered.push_back(&request);
  }
  std::stable_sort(answered.begin(), answered.end(), [](const Request* a, const Request* b) {
    return a->invoked_at < b->invoked_at;
  });
  Report report;
  if (auto shared = shared_revision(answered)) {
    report = std::move(*shared);
  } else if (auto backwards = backwards_in_time(answered)) {
    report = std::move(*backwards);
  }
  report.property = kProperty;
  report.steps = answered.size();
  return report;
}

}  // namespace plumbline::checker
