#include "checker/guarantees/findings.h"

#include <algorithm>

#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

bool by_call(const Request* a, const Request* b) {
  return a->invoked_at != b->invoked_at ? a->invoked_at < b->invoked_at : a->index < b->index;
}

// When the client had its answer or stopped waiting for it.
std::int64_t end_of(const Request& request) {
  const std::int64_t end = request.operation->returned_at;
  return end == kNever ? request.invoked_at : end;
}

void set_witness(Report& report, std::vector<const Request*> witness) {
  std::erase(witness, nullptr);
  if (witness.empty()) return;
  std::sort(witness.begin(), witness.end(), by_call);
  witness.erase(std::unique(witness.begin(), witness.end()), witness.end());
  report.from = witness.front()->invoked_at;
  for (const Request* request : witness) {
    report.witness.push_back(request->index);
    report.to = std::max(report.to, end_of(*request));
  }
}

std::string counted_text(std::uint64_t more, std::uint64_t all,
                         const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
  std::string out = std::to_string(more) + " more findings, not explained because " +
                    std::to_string(Findings::kExplainedMax) + " suffice; " + std::to_string(all) +
                    " in all:";
  for (const auto& [topic, count] : counts) out += " " + std::to_string(count) + " " + topic + ",";
  out.pop_back();
  return out;
}

TimeText times_of(const Request& request, std::initializer_list<const Request*> others) {
  std::vector<std::int64_t> times = {request.invoked_at, end_of(request)};
  for (const Request* other : others) {
    if (other != nullptr) times.insert(times.end(), {other->invoked_at, end_of(*other)});
  }
  return TimeText(times);
}

}  // namespace

void Findings::count(Kind& kind, std::string_view topic) {
  ++kind.all;
  for (auto& [known, count] : kind.counts) {
    if (known != topic) continue;
    ++count;
    return;
  }
  kind.counts.emplace_back(topic, 1);
}

void Findings::keep(Kind& kind, Kept kept) {
  const auto later = std::upper_bound(kind.kept.begin(), kind.kept.end(), kept.at,
                                      [](std::int64_t at, const Kept& k) { return at < k.at; });
  kind.kept.insert(later, std::move(kept));
  if (kind.kept.size() > kExplainedMax) kind.kept.pop_back();
}

void Findings::report(const Kind& kind, std::vector<Report>& reports) const {
  for (const Kept& kept : kind.kept) {
    Explained explained = kept.explain();
    Report report;
    report.verdict = kind.verdict;
    report.property = property_;
    report.key = std::move(explained.key);
    report.topic = kept.topic;
    report.sentence = std::move(explained.sentence);
    report.argument = std::move(explained.argument);
    set_witness(report, std::move(explained.witness));
    reports.push_back(std::move(report));
  }
  if (kind.all == kind.kept.size()) return;
  Report rest;
  rest.verdict = kind.verdict;
  rest.property = property_;
  rest.topic = kind.counts.size() == 1 ? kind.counts[0].first : "";
  rest.sentence = counted_text(kind.all - kind.kept.size(), kind.all, kind.counts);
  rest.from = rest.to = kind.kept.back().at;
  reports.push_back(std::move(rest));
}

std::vector<Report> Findings::reports(std::uint64_t steps) const {
  std::vector<Report> reports;
  report(violations_, reports);
  report(doubts_, reports);
  if (reports.empty()) {
    reports.emplace_back();
    reports.back().property = property_;
  }
  auto& argument = reports.front().argument;
  argument.insert(argument.end(), facts_.begin(), facts_.end());
  reports.front().steps = steps;
  return reports;
}

std::string key_text(std::string_view key, std::string_view otherwise) {
  return key.empty() ? std::string(otherwise) : "key " + std::string(key);
}

std::string called_text(const Request& request, std::initializer_list<const Request*> others) {
  return client_text(*request.operation) + ", called at " +
         times_of(request, others)(request.invoked_at) + ",";
}

std::string returned_text(const Request& request, std::initializer_list<const Request*> others) {
  return client_text(*request.operation) + ", returned at " +
         times_of(request, others)(end_of(request)) + ",";
}

}  // namespace plumbline::checker
