#include "checker/subject.h"

#include <algorithm>
#include <array>
#include <utility>

#include "checker/formats/model_guess.h"
#include "checker/history/names.h"
#include "checker/txn/levels.h"

namespace plumbline::checker {
namespace {

using Family = Subject::Family;

constexpr std::string_view kListAppend = "list-append";
constexpr std::string_view kRwRegister = "rw-register";
constexpr std::string_view kMvccModel = "mvcc";
constexpr std::array kLinearLevels = {kLinearizable, kSession};

// A guarantee under another name.
struct Alias {
  std::string_view name;
  std::string_view guarantee;
};
constexpr std::array kAliases = {Alias{"counter-bounds", "counter"}, Alias{"total-queue", "queue"}};

const GuaranteeInfo* guarantee_behind(std::string_view name) {
  for (const Alias& alias : kAliases) {
    if (alias.name == name) return guarantee_named(alias.guarantee);
  }
  return guarantee_named(name);
}

template <typename... Lists>
std::vector<std::string_view> joined(const Lists&... lists) {
  std::vector<std::string_view> names;
  (names.insert(names.end(), lists.begin(), lists.end()), ...);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool among(std::string_view name, std::span<const std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Problem cannot(std::string why) {
  return {Problem::Kind::kMalformed, "", 0, "not judged because " + std::move(why)};
}

Problem wrong_level(std::string_view level, std::string_view model,
                    std::span<const std::string_view> levels) {
  std::string known;
  for (const std::string_view name : levels)
    known += (known.empty() ? "" : ", ") + std::string(name);
  return cannot("the level " + std::string(level) + " is none of the model " + std::string(model) +
                ", which knows " + known);
}

std::string model_of(const History& history, const CheckOptions& options) {
  if (!options.model.empty()) return options.model;
  if (!history.meta.semantics.empty()) return history.meta.semantics;
  // Lists of tokens are the first meaning of appends here; a history of strings names its model.
  if (const ModelInfo* model = model_for(history);
      model != nullptr && !history.operations.empty() && model->cell) {
    return std::string(model->name);
  }
  ModelGuess guess;
  for (const Operation& op : history.operations) guess.see(op);
  if (!guess.model().empty()) return std::string(guess.model());
  const ModelInfo* model = model_for(history);
  return model == nullptr ? "" : std::string(model->name);
}

Subject by_guarantee(Subject subject, const GuaranteeInfo& guarantee) {
  subject.family = Family::kGuarantee;
  subject.guarantee = &guarantee;
  subject.level = guarantee.name;
  return subject;
}

Result<Subject> by_linear_model(const History& history, Subject subject) {
  subject.family = Family::kLinear;
  subject.linear = model_named(subject.model);
  if (subject.level.empty()) subject.level = kLinearizable;
  // What a session is promised is told by the values of registers and by the tokens of sequences.
  const std::span<const std::string_view> levels =
      std::span(kLinearLevels).first(subject.linear->cell ? 2 : 1);
  if (!among(subject.level, levels)) return wrong_level(subject.level, subject.model, levels);
  if (handles_all(*subject.linear, history)) return subject;
  return cannot("the model " + subject.model + " lacks a function of the history");
}

Result<Subject> by_transactions(Subject subject) {
  subject.family = Family::kTransactions;
  if (subject.level.empty()) subject.level = "strict-serializable";
  if (among(subject.level, txn_level_names())) return subject;
  return wrong_level(subject.level, subject.model, txn_level_names());
}

// Both levels mean the same here: each request is a transaction on the whole store.
Result<Subject> by_mvcc(const History& history, Subject subject) {
  constexpr std::array<std::string_view, 2> kLevels = {"strict-serializable", kLinearizable};
  if (subject.level.empty()) subject.level = kLevels[0];
  if (!among(subject.level, kLevels)) return wrong_level(subject.level, subject.model, kLevels);
  const bool revisions = std::any_of(history.operations.begin(), history.operations.end(),
                                     [](const Operation& op) { return op.revision.has_value(); });
  subject.family = Family::kMvcc;
  if (revisions) return subject;
  // Without the order that revisions tell, one is searched for.
  subject.level = kLinearizable;
  return by_linear_model(history, std::move(subject));
}

}  // namespace

Result<Subject> subject_of(const History& history, const CheckOptions& options) {
  Subject subject;
  subject.model = model_of(history, options);
  subject.level = options.level;
  if (const GuaranteeInfo* guarantee = guarantee_behind(subject.level)) {
    return by_guarantee(std::move(subject), *guarantee);
  }
  if (subject.model == kListAppend || subject.model == kRwRegister) {
    return by_transactions(std::move(subject));
  }
  if (subject.model == kMvccModel) return by_mvcc(history, std::move(subject));
  // What is a workload and a model both, is the workload unless a level says otherwise.
  const GuaranteeInfo* workload = guarantee_behind(subject.model);
  if (workload != nullptr && (subject.level.empty() || model_named(subject.model) == nullptr)) {
    return by_guarantee(std::move(subject), *workload);
  }
  if (model_named(subject.model) != nullptr) return by_linear_model(history, std::move(subject));
  if (subject.model.empty()) return cannot("no model has all functions of the history");
  return cannot("of an " + unknown_name("model", subject.model, known_models()));
}

std::span<const std::string_view> known_models() {
  static const std::vector<std::string_view> kNames =
      joined(model_names(), guarantee_names(), std::array{kListAppend, kRwRegister, kMvccModel});
  return kNames;
}

std::span<const std::string_view> known_levels() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> aliases;
    for (const Alias& alias : kAliases) aliases.push_back(alias.name);
    return joined(kLinearLevels, txn_level_names(), guarantee_names(), aliases);
  }();
  return kNames;
}

Status check_names(const CheckOptions& options) {
  const auto problem = [](std::string_view option, std::string_view what, std::string_view name,
                          std::span<const std::string_view> known) {
    return Problem{Problem::Kind::kMalformed, std::string(option), 0,
                   unknown_name(what, name, known)};
  };
  if (!options.model.empty() && !among(options.model, known_models())) {
    return problem("--model", "model", options.model, known_models());
  }
  if (!options.level.empty() && !among(options.level, known_levels())) {
    return problem("--level", "level", options.level, known_levels());
  }
  return Done{};
}

}  // namespace plumbline::checker
