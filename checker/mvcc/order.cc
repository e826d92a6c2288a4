#include "checker/mvcc/order.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "checker/history/text.h"
#include "checker/mvcc/report.h"

namespace plumbline::checker::mvcc {
namespace {

constexpr std::string_view kProperty = "mvcc-revisions";
constexpr std::string_view kRefusals = "mvcc-compaction";
using Found = std::optional<Report>;

Found shared_revision(const Journal& journal) {
  const auto& answers = journal.answers();
  for (std::size_t i = 1; i < answers.size(); ++i) {
    const bool both =
        answers[i].kind == Answer::Kind::kChange && answers[i - 1].kind == Answer::Kind::kChange;
    if (!both || answers[i].revision != answers[i - 1].revision) continue;
    return finding(
        journal, kProperty, "revision-claimed-twice", {answers[i - 1].index, answers[i].index},
        "revisions are not an order of the changes because " + who(journal, answers[i - 1].index) +
            " and " + who(journal, answers[i].index) + " both made " +
            at_revision(answers[i].revision));
  }
  return std::nullopt;
}

Found against_real_time(const Journal& journal) {
  for (const Answer& answer : journal.answers()) {
    if (answer.kind == Answer::Kind::kLoose) continue;
    const bool change = answer.kind == Answer::Kind::kChange;
    const std::int64_t newer = change ? answer.revision : answer.revision + 1;
    const Operation& op = journal.operation(answer.index);
    const std::int64_t known = journal.known_by(newer);
    if (known >= op.invoked_at) continue;
    const std::uint32_t first = journal.first_to_know(newer);
    const TimeText time{known, op.invoked_at};
    return finding(
        journal, kProperty, "stale-revision", {first, answer.index},
        "revisions disagree with real time because " + who(journal, first) + " knew at " +
            time(known) + " of " +
            (change ? at_revision(newer) : "a revision after " + std::to_string(newer - 1)) + "; " +
            who(journal, answer.index) + ", called at " + time(op.invoked_at) + ", answered with " +
            at_revision(answer.revision) + (change ? " as a change" : ""));
  }
  return std::nullopt;
}

// One client that asks one server sees no less than it saw there.
Found backwards_at_one_server(const Journal& journal) {
  struct Last {
    std::uint32_t index = 0;
    std::int64_t revision = 0;
  };
  std::map<std::pair<std::int64_t, std::string>, Last> last;
  const auto& operations = journal.history().operations;
  for (std::uint32_t i = 0; i < operations.size(); ++i) {
    const Operation& op = operations[i];
    const bool counts = op.outcome == Outcome::kOk && op.revision && !op.server().empty() &&
                        op.function == Function::kKv;
    if (!counts) continue;
    Last& known = last[{op.process, op.server().str()}];
    if (known.revision > *op.revision) {
      return finding(journal, kProperty, "revision-goes-back", {known.index, i},
                     "revisions go back at one server because " + who(journal, known.index) +
                         " was answered by " + op.server().str() + " with " +
                         at_revision(known.revision) + " and then " + who(journal, i) + " with " +
                         at_revision(*op.revision));
    }
    known = {i, *op.revision};
  }
  return std::nullopt;
}

std::int64_t named_revision(const KvRequest& request) {
  std::int64_t least = 0;
  for_each_request(request, [&](const KvRequest& inner) {
    if (inner.kind != RequestKind::kRange || inner.revision == 0) return;
    least = least == 0 ? inner.revision : std::min(least, inner.revision);
  });
  return least;
}

std::int64_t greatest_named(const KvRequest& request) {
  std::int64_t greatest = 0;
  for_each_request(request, [&](const KvRequest& inner) {
    if (inner.kind == RequestKind::kRange) greatest = std::max(greatest, inner.revision);
  });
  return greatest;
}

// A compaction above `revision` that had returned before `call`.
const Compaction* done_before(const Journal& journal, std::int64_t revision, std::int64_t call) {
  for (const Compaction& compaction : journal.compactions()) {
    const bool above = compaction.certain && compaction.revision > revision;
    if (above && journal.operation(compaction.index).returned_at < call) return &compaction;
  }
  return nullptr;
}

bool may_be_compacted(const Journal& journal, std::int64_t revision, std::int64_t by) {
  return std::any_of(journal.compactions().begin(), journal.compactions().end(),
                     [&](const Compaction& compaction) {
                       return compaction.revision > revision &&
                              journal.operation(compaction.index).invoked_at <= by;
                     });
}

Found read_below_compaction(const Journal& journal) {
  if (journal.compactions().empty()) return std::nullopt;
  for (const Answer& answer : journal.answers()) {
    const Operation& op = journal.operation(answer.index);
    // What one member knows may lack the compaction too.
    if (op.function != Function::kKv || answer.kind != Answer::Kind::kSight) continue;
    const std::int64_t named = named_revision(parse_request(op.arguments[0]));
    if (named == 0) continue;
    const Compaction* compaction = done_before(journal, named, op.invoked_at);
    if (compaction == nullptr) continue;
    return finding(journal, kRefusals, "read-below-compaction", {compaction->index, answer.index},
                   "a compacted revision was read because " + who(journal, compaction->index) +
                       " had returned before " + who(journal, answer.index) +
                       " was called, and that was answered");
  }
  return std::nullopt;
}

Found refused_without_reason(const Journal& journal) {
  for (const std::uint32_t index : journal.refused()) {
    const Operation& op = journal.operation(index);
    if (op.function != Function::kKv) continue;
    const KvRequest request = parse_request(op.arguments[0]);
    const std::string_view error = op.results[0].list()[1].text();
    const std::int64_t named = named_revision(request);
    if (error == kCompacted && (named == 0 || !may_be_compacted(journal, named, op.returned_at))) {
      return finding(journal, kRefusals, "false-compacted", {index},
                     who(journal, index) +
                         " was refused as compacted, but nobody had compacted above " +
                         at_revision(named));
    }
    if (error != kFutureRevision) continue;
    const std::int64_t greatest = greatest_named(request);
    const bool known = journal.known_by(greatest) < op.invoked_at;
    if (greatest != 0 && (!known || is_serializable(request))) continue;
    std::vector<std::uint32_t> witness = {index};
    if (greatest != 0) witness.push_back(journal.first_to_know(greatest));
    return finding(journal, kRefusals, "false-future", witness,
                   who(journal, index) + " was refused as of the future, but " +
                       at_revision(greatest) + " was known before its call");
  }
  return std::nullopt;
}

}  // namespace

Report check_order(const Journal& journal) {
  if (Found found = shared_revision(journal)) return *found;
  if (Found found = against_real_time(journal)) return *found;
  if (Found found = backwards_at_one_server(journal)) return *found;
  return valid(kProperty);
}

Report check_refusals(const Journal& journal) {
  if (Found found = read_below_compaction(journal)) return *found;
  if (Found found = refused_without_reason(journal)) return *found;
  return valid(kRefusals);
}

}  // namespace plumbline::checker::mvcc
