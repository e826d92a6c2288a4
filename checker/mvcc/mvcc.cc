#include "checker/mvcc/mvcc.h"

#include <algorithm>
#include <string>
#include <utility>

#include "checker/mvcc/convergence.h"
#include "checker/mvcc/journal.h"
#include "checker/mvcc/leases.h"
#include "checker/mvcc/order.h"
#include "checker/mvcc/replay.h"
#include "checker/mvcc/report.h"
#include "checker/mvcc/watches.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kWhoLies = "mvcc-who-lies";

bool of_mvcc(const Operation& op) {
  switch (op.function) {
    case Function::kKv:
    case Function::kCompact:
    case Function::kLeaseGrant:
    case Function::kLeaseKeepAlive:
    case Function::kLeaseRevoke:
    case Function::kWatch: return true;
    default: return false;
  }
}

// Which layer is to blame, by a judgement of the data that trusts no revision.
Report who_lies(const Report& broken, Verdict data) {
  Report report = broken;
  report.property = kWhoLies;
  report.steps = 0;
  switch (data) {
    case Verdict::kValid:
      report.topic = "revisions-lie";
      report.sentence =
          "the data is right and the revisions lie: without them some order explains "
          "every answer; with them, " +
          broken.sentence;
      break;
    case Verdict::kInvalid:
      report.topic = "data-wrong";
      report.sentence =
          "the data itself is wrong: no order explains it, with or without the "
          "revisions; with them, " +
          broken.sentence;
      break;
    case Verdict::kUnknown:
      report.verdict = Verdict::kUnknown;
      report.topic.clear();
      report.sentence =
          "whether the data or the revisions are wrong is undecided: " + broken.sentence;
      break;
  }
  return report;
}

void append(std::vector<Report>& reports, std::vector<Report> more) {
  reports.insert(reports.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
}

}  // namespace

bool has_mvcc(const History& history) {
  return std::any_of(history.operations.begin(), history.operations.end(), of_mvcc);
}

std::vector<Report> check_mvcc(const History& history, const MvccOptions& options) {
  const mvcc::Journal journal(history);
  std::vector<Report> reports = {mvcc::check_order(journal)};
  mvcc::Replayed replayed;
  if (reports[0].verdict == Verdict::kValid) {
    replayed = mvcc::replay(journal, options);
  } else {
    replayed.report = mvcc::undecided("mvcc-replay",
                                      "not replayed because the revisions are not an order of the "
                                      "changes: " +
                                          reports[0].sentence);
  }
  reports.push_back(replayed.report);
  const Report& broken = reports[0].verdict == Verdict::kInvalid ? reports[0] : reports[1];
  if (broken.verdict == Verdict::kInvalid && options.judge_data) {
    reports.push_back(who_lies(broken, options.judge_data(history)));
  }
  reports.push_back(mvcc::check_refusals(journal));
  if (!journal.watches().empty()) {
    const mvcc::MvccModel* model = replayed.model ? &*replayed.model : nullptr;
    append(reports, mvcc::check_watches({journal, model, options}));
  }
  if (!journal.renewals().empty() || !journal.revocations().empty()) {
    append(reports, mvcc::check_leases({journal, replayed, options}));
  }
  if (!journal.states().empty()) {
    reports.push_back(mvcc::check_convergence(journal, replayed, options));
  }
  return reports;
}

}  // namespace plumbline::checker
