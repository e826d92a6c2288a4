#include "scenarios/client/recorder.h"

#include <algorithm>

#include "nodes/base/assert.h"

namespace plumbline::scenarios {

std::size_t Recorder::invoked(std::int64_t process, checker::Function function, std::string key,
                              std::vector<checker::Value> arguments) {
  checker::Operation operation;
  operation.process = process;
  operation.function = function;
  operation.key = std::move(key);
  operation.arguments = std::move(arguments);
  operation.invoked_at = now_().ns;
  const std::size_t index = history_.operations.size();
  history_.operations.push_back(std::move(operation));
  open_.push_back({process, index});
  return index;
}

void Recorder::answered(std::size_t index, checker::Operation answer) {
  checker::Operation& operation = history_.operations.at(index);
  operation.outcome = answer.outcome;
  operation.results = std::move(answer.results);
  operation.revision = answer.revision;
  operation.set_server(answer.server());
  operation.set_note(answer.note());
  close(index);
}

void Recorder::close(std::size_t index) {
  history_.operations.at(index).returned_at = now_().ns;
  const auto found = std::find_if(open_.begin(), open_.end(),
                                  [&](const Open& open) { return open.index == index; });
  PLUMB_ASSERT(found != open_.end(), "an operation is answered once");
  open_.erase(found);
}

void Recorder::process_ended(std::int64_t process) {
  for (const std::size_t index : open()) {
    checker::Operation& operation = history_.operations.at(index);
    if (operation.process != process) continue;
    operation.outcome = checker::Outcome::kUnknown;
    operation.set_note("the client ended");
    close(index);
  }
}

void Recorder::run_ended() {
  for (const std::size_t index : open()) {
    checker::Operation& operation = history_.operations.at(index);
    operation.outcome = checker::Outcome::kUnknown;
    operation.set_note("the run ended");
  }
  open_.clear();
}

std::vector<std::size_t> Recorder::open() const {
  std::vector<std::size_t> indices;
  for (const Open& open : open_) indices.push_back(open.index);
  return indices;
}

}  // namespace plumbline::scenarios
