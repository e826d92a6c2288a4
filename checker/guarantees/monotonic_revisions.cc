#include "checker/guarantees/monotonic_revisions.h"

#include <string>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/session_rules.h"

namespace plumbline::checker {
namespace {

std::int64_t revision(const Request& request) { return *request.operation->revision; }

Explained explain(const Request& earlier, const Request& later) {
  const bool same = revision(earlier) == revision(later);
  return {"",
          "revisions go back in a session because " + returned_text(earlier, {&later}) +
              " had revision " + std::to_string(revision(earlier)) + ", and later in the session " +
              called_text(later, {&earlier}) +
              (same ? " had the same, although it is a change"
                    : " had revision " + std::to_string(revision(later))),
          {&earlier, &later}};
}

void check_session(SessionSteps steps, Findings& findings) {
  const Request* greatest = nullptr;
  walk_session(
      steps,
      [&](const SessionStep& step) {
        const bool greater = greatest == nullptr || revision(*step.request) > revision(*greatest);
        if (greater) greatest = step.request;
      },
      [&](const SessionStep& step) {
        if (greatest == nullptr) return;
        const bool change = makes_revision(*step.request->operation);
        if (revision(*step.request) >= revision(*greatest) + (change ? 1 : 0)) return;
        findings.invalid(
            "non-monotonic-revision", step.request->returned_at,
            [first = greatest, then = step.request] { return explain(*first, *then); });
      });
}

}  // namespace

std::vector<Report> check_monotonic_revisions(const History& history, const GuaranteeOptions&) {
  const std::vector<Request> requests = requests_of(history);
  std::vector<SessionStep> steps;
  for (const Request& request : requests) {
    const bool told = request.outcome == Outcome::kOk && request.operation->revision.has_value();
    if (told) steps.push_back({&request, kNoVersion, kNoVersion});
  }
  Findings findings("monotonic-revisions");
  if (steps.empty()) {
    findings.unknown("no-revisions", 0, [] {
      return Explained{"", "not judged because no answer carries a revision", {}};
    });
  }
  const SessionTable table(steps);
  for (const SessionSteps& session : table.sessions()) check_session(session, findings);
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
