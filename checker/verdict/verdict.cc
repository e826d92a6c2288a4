#include "checker/verdict/verdict.h"

#include <utility>

namespace plumbline::checker {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kValid: return "valid";
    case Verdict::kUnknown: return "unknown";
    case Verdict::kInvalid: return "invalid";
  }
  return "";
}

void CheckResult::add(Report report) {
  verdict = merge(verdict, report.verdict);
  reports.push_back(std::move(report));
}

void CheckResult::add(std::vector<Report> more) {
  for (Report& report : more) add(std::move(report));
}

const Report* CheckResult::finding() const {
  const Report* best = nullptr;
  for (const Report& report : reports) {
    if (report.verdict == Verdict::kValid) continue;
    const bool worse = best == nullptr || best->verdict < report.verdict;
    if (worse || (best->verdict == report.verdict && report.to < best->to)) best = &report;
  }
  return best;
}

}  // namespace plumbline::checker
