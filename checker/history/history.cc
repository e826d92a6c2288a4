#include "checker/history/history.h"

#include <cstddef>
#include <map>
#include <unordered_map>

namespace plumbline::checker {
namespace {

bool same_request(const Operation& a, const Operation& b) {
  return a.function == b.function && a.key == b.key && a.arguments == b.arguments;
}

// Invariants 2 to 4 need to remember what came before.
class Sweep {
 public:
  std::optional<std::string> next(const Operation& op) {
    if (op.invoked_at < last_call_) return "is called before the operation listed before it";
    last_call_ = op.invoked_at;
    if (auto fault = process_fault(op)) return fault;
    return session_fault(op);
  }

 private:
  std::optional<std::string> process_fault(const Operation& op) {
    auto [at, fresh] = free_at_.try_emplace(op.process, op.returned_at);
    if (fresh) return std::nullopt;
    if (op.invoked_at < at->second) {
      return "is called by process " + std::to_string(op.process) +
             " while an operation of that process is open";
    }
    at->second = op.returned_at;
    return std::nullopt;
  }

  std::optional<std::string> session_fault(const Operation& op) {
    if (!op.session()) return std::nullopt;
    auto [at, fresh] = requests_.try_emplace(*op.session(), &op);
    if (fresh || same_request(*at->second, op)) return std::nullopt;
    return "asks under session " + std::to_string(op.session()->session) + ", sequence " +
           std::to_string(op.session()->sequence) + " for something else than before";
  }

  std::int64_t last_call_ = 0;
  std::unordered_map<std::int64_t, std::int64_t> free_at_;
  std::map<SessionSequence, const Operation*> requests_;
};

}  // namespace

std::optional<std::string> fault_of(const History& history) {
  Sweep sweep;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (auto fault = fault_of(op)) return "operation " + std::to_string(i) + ": " + *fault;
    if (auto fault = sweep.next(op)) return "operation " + std::to_string(i) + " " + *fault;
  }
  return std::nullopt;
}

}  // namespace plumbline::checker
