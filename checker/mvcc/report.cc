#include "checker/mvcc/report.h"

#include <algorithm>

#include "checker/history/text.h"

namespace plumbline::checker::mvcc {
namespace {

std::string interval_text(const Interval& keys) {
  std::string out(keys.key);
  if (keys.single()) return out;
  return "[" + out + ", " + (keys.endless() ? "end" : std::string(keys.end)) + ")";
}

}  // namespace

Report finding(const Journal& journal, std::string_view property, std::string_view topic,
               std::vector<std::uint32_t> witness, std::string sentence) {
  std::sort(witness.begin(), witness.end());
  witness.erase(std::unique(witness.begin(), witness.end()), witness.end());
  Report report;
  report.verdict = Verdict::kInvalid;
  report.property = property;
  report.topic = topic;
  report.sentence = std::move(sentence);
  if (!witness.empty()) report.from = journal.operation(witness.front()).invoked_at;
  for (const std::uint32_t index : witness) {
    report.witness.push_back(index);
    const Operation& op = journal.operation(index);
    if (op.outcome == Outcome::kOk) report.to = std::max(report.to, op.returned_at);
  }
  return report;
}

Report valid(std::string_view property) {
  Report report;
  report.property = property;
  return report;
}

Report undecided(std::string_view property, std::string sentence) {
  Report report;
  report.verdict = Verdict::kUnknown;
  report.property = property;
  report.sentence = std::move(sentence);
  return report;
}

std::string at_revision(std::int64_t revision) { return "revision " + std::to_string(revision); }

std::string request_text(const KvRequest& request) {
  switch (request.kind) {
    case RequestKind::kPut:
      return "put(" + interval_text(request.keys) + ", " + to_text(request.value) + ")";
    case RequestKind::kRange: {
      std::string out = "range(" + interval_text(request.keys);
      if (request.revision != 0) out += " at " + at_revision(request.revision);
      return out + ")";
    }
    case RequestKind::kDelete: return "delete(" + interval_text(request.keys) + ")";
    case RequestKind::kTxn: break;
  }
  std::string out = "txn(" + std::to_string(request.compares.size()) + " compares";
  for (const KvRequest& inner : request.then) out += ", " + request_text(inner);
  if (!request.otherwise.empty()) out += " else";
  for (const KvRequest& inner : request.otherwise) out += ", " + request_text(inner);
  return out + ")";
}

std::string who(const Journal& journal, std::uint32_t index) {
  const Operation& op = journal.operation(index);
  const std::string by = " by c" + std::to_string(op.process);
  if (op.function == Function::kKv) return request_text(parse_request(op.arguments[0])) + by;
  if (op.function == Function::kWatch) {
    const Value::List& list = op.arguments[0].list();
    const Interval keys{list[1].text(), list[2].is_nil() ? "" : list[2].text()};
    return "watch(" + interval_text(keys) + ")" + by;
  }
  return client_text(op);
}

}  // namespace plumbline::checker::mvcc
