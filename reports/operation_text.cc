#include "reports/operation_text.h"

#include "checker/history/text.h"
#include "reports/text.h"

namespace plumbline::reports {

std::string client_name(std::int64_t process) { return "c" + std::to_string(process); }

std::string short_text(const checker::Operation& operation) {
  const std::string call = checker::call_text(operation);
  if (operation.outcome != checker::Outcome::kOk) {
    return call + " " + std::string(checker::name_of(operation.outcome));
  }
  if (operation.results.empty()) return call;
  std::string results;
  for (const checker::Value& value : operation.results) {
    results += (results.empty() ? "" : ", ") + checker::to_text(value);
  }
  return call + " = " + results;
}

std::string served_by(const checker::Operation& operation) {
  const std::string client = client_name(operation.process);
  return operation.server().empty() ? client : client + " → " + operation.server();
}

std::string interval_text(const checker::Operation& operation) {
  const checker::TimeText time{operation.invoked_at, operation.returned_at};
  return time(operation.invoked_at) + " .. " + time(operation.returned_at);
}

std::string full_text(const checker::Operation& operation) {
  std::string text = checker::call_text(operation) + ": " + checker::answer_text(operation) + "; " +
                     served_by(operation) + "; " + interval_text(operation);
  return operation.note().empty() ? text : text + "; " + operation.note();
}

std::string outcome_class(checker::Outcome outcome) {
  return std::string(checker::name_of(outcome));
}

}  // namespace plumbline::reports
