#include "checker/check.h"

#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/history/names.h"
#include "checker/history/requests.h"
#include "checker/linear/linear.h"
#include "checker/linear/models.h"
#include "checker/linear/replay.h"
#include "checker/linear/revisions.h"
#include "checker/sessions/sessions.h"

namespace plumbline::checker {
namespace {

constexpr std::array<std::string_view, 2> kLevels = {"linearizable", "session"};

Report cannot_judge(std::string_view property, std::string sentence) {
  Report report;
  report.verdict = Verdict::kUnknown;
  report.property = property;
  report.sentence = std::move(sentence);
  return report;
}

std::uint64_t count_keys(const History& history) {
  std::set<std::string_view> keys;
  for (const Operation& op : history.operations) keys.insert(op.key);
  return keys.size();
}

bool any_session(const History& history) {
  for (const Operation& op : history.operations) {
    if (op.session()) return true;
  }
  return false;
}

bool any_revision(const History& history) {
  for (const Operation& op : history.operations) {
    if (op.revision) return true;
  }
  return false;
}

Verdict worst_of(const std::vector<Report>& reports) {
  Verdict verdict = Verdict::kValid;
  for (const Report& report : reports) verdict = merge(verdict, report.verdict);
  return verdict;
}

// A replay that succeeds is a proof. One that fails says that the answers do not fit the revisions;
// a judgement without revisions then says which of both is wrong.
void add_replay(CheckResult& result, const std::vector<Request>& requests, const ModelInfo& model,
                const CheckOptions& options) {
  Report replay = check_replay(requests, {.sequences = model.sequences});
  if (replay.verdict == Verdict::kValid) {
    Report revisions;
    revisions.property = "revisions";
    revisions.steps = replay.steps;
    replay.property = "linearizability";
    result.add(std::move(replay));
    return result.add(std::move(revisions));
  }
  std::vector<Report> without = check_linearizability(requests, model, options.step_budget);
  const Verdict data = worst_of(without);
  result.add(std::move(without));
  result.add(check_revisions(requests));
  if (replay.verdict != Verdict::kInvalid) return;
  if (data == Verdict::kValid) {
    replay.sentence +=
        "; without the revisions an order explains every answer: the data is right, "
        "the revisions are not";
  } else if (data == Verdict::kInvalid) {
    replay.sentence +=
        "; without the revisions no order explains the answers either: the data is "
        "wrong";
  }
  result.add(std::move(replay));
}

void add_linearizability(CheckResult& result, const History& history,
                         const std::vector<Request>& requests, const CheckOptions& options) {
  const std::string& name = options.model.empty() ? history.meta.semantics : options.model;
  const ModelInfo* model = name.empty() ? model_for(history) : model_named(name);
  if (model == nullptr) {
    const std::string why = unknown_name("model", name, model_names());
    return result.add(cannot_judge("linearizability", "not judged because of an " + why));
  }
  result.model = model->name;
  if (!handles_all(*model, history)) {
    return result.add(cannot_judge(
        "linearizability",
        "not judged because the model " + result.model + " lacks a function of the history"));
  }
  if (any_revision(history)) {
    add_replay(result, requests, *model, options);
  } else {
    result.add(check_linearizability(requests, *model, options.step_budget));
  }
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
  const std::vector<Request> requests = requests_of(history);
  if (options.level == Level::kLinearizable) {
    add_linearizability(result, history, requests, options);
  }
  const std::vector<KeyTokens> keys = tokens_by_key(requests);
  result.add(check_at_most_once(keys));
  result.add(check_failed_leaves_no_trace(keys));
  result.add(check_acknowledged_stays(keys));
  if (any_session(history)) result.add(check_retries_answer_alike(history));
  return result;
}

Result<Level> level_named(std::string_view name) {
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    if (kLevels[i] == name) return static_cast<Level>(i);
  }
  return Problem{Problem::Kind::kMalformed, "--level", 0, unknown_name("level", name, kLevels)};
}

Status check_model_name(std::string_view name) {
  if (model_named(name) != nullptr) return Done{};
  return Problem{Problem::Kind::kMalformed, "--model", 0,
                 unknown_name("model", name, model_names())};
}

}  // namespace plumbline::checker
