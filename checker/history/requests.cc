#include "checker/history/requests.h"

#include <algorithm>
#include <map>

namespace plumbline::checker {
namespace {

Request request_of(const Operation& op, std::uint32_t index) {
  const std::int64_t returned_at = op.outcome == Outcome::kUnknown ? kNever : op.returned_at;
  return {&op, op.invoked_at, returned_at, index, op.outcome};
}

// A request failed only if each attempt definitely failed: a refused retry says nothing about an
// attempt before it whose outcome is unknown.
void join(Request& request, const Request& attempt) {
  if (request.outcome == Outcome::kOk) {
    if (attempt.outcome == Outcome::kOk) {
      request.returned_at = std::min(request.returned_at, attempt.returned_at);
    }
    return;
  }
  if (attempt.outcome == Outcome::kFail) return;
  const std::int64_t invoked_at = request.invoked_at;
  request = attempt;
  request.invoked_at = invoked_at;
}

}  // namespace

std::vector<Request> requests_of(const History& history) {
  std::vector<Request> requests;
  requests.reserve(history.operations.size());
  std::map<SessionSequence, std::size_t> at;
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    const Request request = request_of(op, i);
    if (!op.session()) {
      requests.push_back(request);
      continue;
    }
    const auto [known, fresh] = at.try_emplace(*op.session(), requests.size());
    if (fresh) {
      requests.push_back(request);
    } else {
      join(requests[known->second], request);
    }
  }
  return requests;
}

}  // namespace plumbline::checker
