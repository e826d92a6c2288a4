#include "checker/check.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/explain/sub_history.h"
#include "checker/guarantees/still_possible.h"
#include "checker/history/requests.h"
#include "checker/linear/linear.h"
#include "checker/linear/replay.h"
#include "checker/linear/revisions.h"
#include "checker/model_stepper.h"
#include "checker/mvcc/mvcc.h"
#include "checker/sessions/sessions.h"
#include "checker/subject.h"
#include "checker/txn/txn.h"

namespace plumbline::checker {
namespace {

// The guarantee that says nothing where no revisions are published.
constexpr std::string_view kByRevision = "monotonic-revisions";

// Up to so many operations, all of them are asked which weaker models they exclude.
constexpr std::size_t kShort = 20'000;

Report cannot_judge(std::string_view property, std::string sentence) {
  Report report;
  report.verdict = Verdict::kUnknown;
  report.property = property;
  report.topic = "malformed-history";
  report.sentence = std::move(sentence);
  return report;
}

std::uint64_t count_keys(const History& history) {
  std::set<std::string_view> keys;
  const Operation* last = nullptr;
  for (const Operation& op : history.operations) {
    if (last == nullptr || op.key != last->key) keys.insert(op.key);
    last = &op;
  }
  return keys.size();
}

Verdict worst_of(const std::vector<Report>& reports) {
  Verdict verdict = Verdict::kValid;
  for (const Report& report : reports) verdict = merge(verdict, report.verdict);
  return verdict;
}

GuaranteeOptions guarantee_options(const Params& params) {
  GuaranteeOptions options;
  options.total = params.total;
  for (std::int64_t account = 0; account < params.accounts.value_or(0); ++account) {
    options.accounts.emplace_back(account);
  }
  options.allow_negative = params.negative_allowed;
  if (params.initial && params.initial->is_int()) options.initial = params.initial->number();
  return options;
}

class LinearCheck {
 public:
  LinearCheck(CheckResult& result, const History& history, const Subject& subject,
              const CheckOptions& options)
      : result_(result),
        history_(history),
        subject_(subject),
        options_{{.initial = options.params.initial.value_or(Value())}, options.step_budget},
        requests_(requests_of(history)) {}

  void run() {
    if (subject_.level == kLinearizable) add_linearizability();
    if (subject_.linear->cell) add_sessions();
  }

 private:
  bool any(bool (*holds)(const Operation&)) const {
    return std::any_of(history_.operations.begin(), history_.operations.end(), holds);
  }
  bool any_revision() const {
    return any([](const Operation& op) { return op.revision.has_value(); });
  }

  void add_linearizability() {
    if (!any_revision() || !subject_.linear->cell) {
      add_data();
      return;
    }
    Report replay = check_replay(requests_, {.sequences = subject_.linear->sequences});
    // A replay that succeeds is a proof.
    if (replay.verdict == Verdict::kValid && options_.model.initial.is_nil()) {
      const std::uint64_t steps = replay.steps;
      replay.property = "linearizability";
      result_.add(std::move(replay));
      return add_good_revisions(steps);
    }
    const Verdict data = add_data();
    if (replay.verdict == Verdict::kUnknown) return result_.add(check_revisions(requests_));
    add_good_revisions(replay.steps);
    add_layer(std::move(replay), data);
  }

  // Only revisions that can be an order are replayed.
  void add_good_revisions(std::uint64_t steps) {
    Report order;
    order.property = "revisions";
    order.steps = steps;
    result_.add(std::move(order));
  }

  // The answers do not fit the revisions; a judgement without them says which of both is wrong.
  void add_layer(Report replay, Verdict data) {
    if (data == Verdict::kValid) {
      replay.sentence +=
          "; without the revisions an order explains every answer: the data is "
          "right, the revisions are not";
    } else if (data == Verdict::kInvalid) {
      replay.sentence +=
          "; without the revisions no order explains the answers either: the data "
          "is wrong";
    }
    result_.add(std::move(replay));
  }

  Verdict add_data() {
    std::vector<Report> reports = check_linearizability(requests_, *subject_.linear, options_);
    const Verdict verdict = worst_of(reports);
    bool first = true;
    for (Report& report : reports) {
      if (report.verdict != Verdict::kInvalid) continue;
      add_every_order(report);
      if (std::exchange(first, false) && subject_.linear->cell) add_possibilities(report);
    }
    result_.add(std::move(reports));
    return verdict;
  }

  void add_every_order(Report& report) {
    const bool told = report.witness.size() <= kOrderedOperationsMax &&
                      std::none_of(report.witness.begin(), report.witness.end(), [&](auto index) {
                        return history_.operations[index].outcome == Outcome::kFail;
                      });
    if (!told || report.witness.empty()) return;
    ModelStepper stepper(*subject_.linear, options_.model, history_, report.witness);
    add_orders(report, history_, stepper);
  }

  void add_possibilities(Report& report) {
    // What the witness excludes, the whole excludes; of a short history the rest is looked at, too.
    Possibilities possible = history_.operations.size() <= kShort
                                 ? still_possible(history_)
                                 : still_possible(sub_history(history_, report.witness).history);
    report.ruled_out = {std::string(kLinearizable)};
    report.ruled_out.insert(report.ruled_out.end(), possible.ruled_out.begin(),
                            possible.ruled_out.end());
    report.still_possible = std::move(possible.still_possible);
  }

  void add_sessions() {
    // Values that are no sequences show nothing here but what had failed.
    const bool telling = subject_.linear->sequences ||
                         any([](const Operation& op) { return op.outcome == Outcome::kFail; });
    const std::vector<KeyTokens> keys =
        telling ? tokens_by_key(requests_) : std::vector<KeyTokens>();
    result_.add(check_at_most_once(keys));
    result_.add(check_failed_leaves_no_trace(keys));
    result_.add(check_acknowledged_stays(keys));
    if (any([](const Operation& op) { return op.session().has_value(); })) {
      result_.add(check_retries_answer_alike(history_));
    }
    if (subject_.level != kSession) return;
    for (const GuaranteeInfo& guarantee : guarantees()) {
      const bool says_something = guarantee.name != kByRevision || any_revision();
      if (guarantee.of_sessions && says_something && applies(guarantee, history_)) {
        result_.add(guarantee.run(history_, {}));
      }
    }
  }

  CheckResult& result_;
  const History& history_;
  const Subject& subject_;
  LinearOptions options_;
  std::vector<Request> requests_;
};

TxnOptions txn_options(const Subject& subject, const CheckOptions& options) {
  TxnOptions txn;
  txn.level = subject.level;
  if (options.step_budget != 0) txn.step_budget = options.step_budget;
  return txn;
}

MvccOptions mvcc_options(const CheckOptions& options) {
  MvccOptions mvcc;
  if (options.step_budget != 0) mvcc.step_budget = options.step_budget;
  return mvcc;
}

}  // namespace

CheckResult check_history(const History& history, const CheckOptions& options) {
  CheckResult result;
  result.operations = history.operations.size();
  result.keys = count_keys(history);
  if (auto fault = fault_of(history)) {
    result.add(cannot_judge("well-formed", "not judged because " + *fault));
    return result;
  }
  const Result<Subject> subject = subject_of(history, options);
  if (!subject) {
    result.add(cannot_judge("judgeable", subject.problem().reason));
    return result;
  }
  result.model = subject.value().model;
  switch (subject.value().family) {
    case Subject::Family::kLinear:
      LinearCheck(result, history, subject.value(), options).run();
      break;
    case Subject::Family::kTransactions:
      result.add(check_transactions(history, txn_options(subject.value(), options)));
      break;
    case Subject::Family::kMvcc: result.add(check_mvcc(history, mvcc_options(options))); break;
    case Subject::Family::kGuarantee:
      result.add(subject.value().guarantee->run(history, guarantee_options(options.params)));
      break;
  }
  return result;
}

}  // namespace plumbline::checker
