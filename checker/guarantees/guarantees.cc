#include "checker/guarantees/guarantees.h"

#include <array>

#include "checker/guarantees/bank.h"
#include "checker/guarantees/counter.h"
#include "checker/guarantees/long_fork.h"
#include "checker/guarantees/monotonic_revisions.h"
#include "checker/guarantees/queue.h"
#include "checker/guarantees/session_guarantees.h"
#include "checker/guarantees/set.h"
#include "checker/guarantees/set_full.h"
#include "checker/guarantees/unique_ids.h"

namespace plumbline::checker {
namespace {

template <typename... F>
constexpr Functions any_of(F... functions) {
  return ((Functions{1} << static_cast<unsigned>(functions)) | ...);
}

constexpr Functions kReads = any_of(Function::kRead, Function::kGet, Function::kCas);
constexpr Functions kWrites =
    any_of(Function::kWrite, Function::kPut, Function::kCas, Function::kAppend);

template <Rule kRule>
std::vector<Report> check_rule(const History& history, const GuaranteeOptions& options) {
  return check_session_rule(history, options, kRule);
}

constexpr std::array kGuarantees = {
    GuaranteeInfo{"bank", "transfers conserve the total of all accounts in every read", 0,
                  any_of(Function::kRead), check_bank},
    GuaranteeInfo{"set", "the final read shows what was added, and nothing else",
                  any_of(Function::kAdd), any_of(Function::kRead), check_set},
    GuaranteeInfo{"set-full", "every element is in every read from some time on",
                  any_of(Function::kAdd), any_of(Function::kRead), check_set_full},
    GuaranteeInfo{"queue", "what goes in comes out at most once, and nothing is lost",
                  any_of(Function::kEnqueue), any_of(Function::kDequeue, Function::kDrain),
                  check_queue},
    GuaranteeInfo{"unique-ids", "no id is given out twice", 0, any_of(Function::kGenerate),
                  check_unique_ids},
    GuaranteeInfo{"counter", "every read is within what the additions allow",
                  any_of(Function::kAdd, Function::kRemove), any_of(Function::kRead),
                  check_counter},
    GuaranteeInfo{"long-fork", "all readers see the writes in one order", 0, any_of(Function::kTxn),
                  check_long_fork},
    GuaranteeInfo{"read-your-writes", "a session sees what it wrote", kWrites, kReads,
                  check_rule<Rule::kReadYourWrites>, true},
    GuaranteeInfo{"monotonic-reads", "a session never reads an older value than before", 0, kReads,
                  check_rule<Rule::kMonotonicReads>, true},
    GuaranteeInfo{"monotonic-writes", "the writes of a session stay in their order", kWrites, 0,
                  check_rule<Rule::kMonotonicWrites>, true},
    GuaranteeInfo{"writes-follow-reads", "what a session writes comes after what it had read",
                  kWrites, kReads, check_rule<Rule::kWritesFollowReads>, true},
    GuaranteeInfo{"monotonic-revisions", "the store never goes back in time for a session", 0, 0,
                  check_monotonic_revisions, true},
};

constexpr auto kNames = [] {
  std::array<std::string_view, kGuarantees.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = kGuarantees[i].name;
  return names;
}();

}  // namespace

std::span<const GuaranteeInfo> guarantees() { return kGuarantees; }

std::span<const std::string_view> guarantee_names() { return kNames; }

const GuaranteeInfo* guarantee_named(std::string_view name) {
  for (const GuaranteeInfo& guarantee : kGuarantees) {
    if (guarantee.name == name) return &guarantee;
  }
  return nullptr;
}

bool applies(const GuaranteeInfo& guarantee, const History& history) {
  Functions present = 0;
  for (const Operation& op : history.operations) present |= any_of(op.function);
  const auto met = [&](Functions wanted) { return wanted == 0 || (wanted & present) != 0; };
  return met(guarantee.changes) && met(guarantee.reads);
}

}  // namespace plumbline::checker
