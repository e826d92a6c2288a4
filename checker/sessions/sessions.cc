#include "checker/sessions/sessions.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/history/text.h"

namespace plumbline::checker {
namespace {

using Reader = KeyTokens::Reader;

// What one reader proves about a request.
struct Finding {
  const Request* reader = nullptr;
  const Request* about = nullptr;
  std::string because;
};

std::string who(const Request* request) { return client_text(*request->operation); }
const Value& seen_by(const Request* reader) { return *shown_value(*reader->operation); }

std::string saw(const Request* reader) {
  const TimeText time{reader->invoked_at};
  return who(reader) + ", called at " + time(reader->invoked_at) + ", saw " +
         to_text(seen_by(reader));
}

std::string times(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " time" : " times");
}

Report no_finding(std::string_view property, std::uint64_t steps) {
  Report report;
  report.property = property;
  report.steps = steps;
  return report;
}

Report report_of(Report report, const Finding& finding, std::string_view topic,
                 const std::string& accusation) {
  report.verdict = Verdict::kInvalid;
  report.topic = topic;
  report.key = finding.reader->operation->key;
  report.sentence = accusation + " because " + finding.because;
  report.witness = {finding.about->index, finding.reader->index};
  std::sort(report.witness.begin(), report.witness.end());
  report.from = std::min(finding.about->invoked_at, finding.reader->invoked_at);
  report.to = finding.reader->returned_at;
  return report;
}

// The finding whose reader returned first, of the first that `look` has on each key.
template <typename Look>
Report earliest(std::string_view property, std::string_view topic, std::span<const KeyTokens> keys,
                const std::string& accusation, Look look) {
  Report report = no_finding(property, 0);
  std::optional<Finding> best;
  for (const KeyTokens& key : keys) {
    report.steps += key.readers.size();
    std::optional<Finding> found = look(key);
    if (!found) continue;
    if (!best || found->reader->returned_at < best->reader->returned_at) best = std::move(found);
  }
  if (!best) return report;
  return report_of(report, *best, topic, "key " + best->reader->operation->key + " " + accusation);
}

std::optional<Finding> seen_too_often(const KeyTokens& key) {
  std::vector<std::uint32_t> counts(key.uses.size(), 0);
  for (const Reader& reader : key.readers) {
    for (const std::uint32_t token : reader.tokens) ++counts[token];
    for (std::size_t i = 0; i < reader.tokens.size(); ++i) {
      const std::uint32_t count = counts[reader.tokens[i]];
      const TokenUse& use = key.uses[reader.tokens[i]];
      // A token that nobody asked for is no retry, but a value from nowhere.
      if (count <= use.asked || use.asked == 0) continue;
      return Finding{reader.request, use.writer,
                     saw(reader.request) + ", which contains " +
                         to_text(seen_by(reader.request).list()[i]) + " " + times(count) +
                         ", although it was asked for " + times(use.asked) + ", by " +
                         who(use.writer)};
    }
    for (const std::uint32_t token : reader.tokens) counts[token] = 0;
  }
  return std::nullopt;
}

std::optional<Finding> seen_although_failed(const KeyTokens& key) {
  for (const Reader& reader : key.readers) {
    for (const std::uint32_t token : reader.tokens) {
      const TokenUse& use = key.uses[token];
      if (use.asked > 0 || use.failed == nullptr) continue;
      const std::int64_t failed_at = use.failed->returned_at;
      return Finding{reader.request, use.failed,
                     who(use.failed) + " definitely failed at " + TimeText{failed_at}(failed_at) +
                         ", and " + saw(reader.request)};
    }
  }
  return std::nullopt;
}

std::optional<Finding> not_seen_although_answered(const KeyTokens& key) {
  if (!key.only_appends) return std::nullopt;
  std::vector<const Request*> last_seen_by(key.uses.size(), nullptr);
  for (const Reader& reader : key.readers) {
    for (const std::uint32_t token : reader.tokens) last_seen_by[token] = reader.request;
    for (const KeyTokens::Append& append : key.appends) {
      if (append.request->returned_at >= reader.request->invoked_at) break;
      if (last_seen_by[append.token] == reader.request) continue;
      const TimeText time{append.request->returned_at, reader.request->invoked_at};
      return Finding{reader.request, append.request,
                     who(append.request) + " returned at " + time(append.request->returned_at) +
                         ", and " + who(reader.request) + ", called at " +
                         time(reader.request->invoked_at) + ", saw " +
                         to_text(seen_by(reader.request))};
    }
  }
  return std::nullopt;
}

bool answer_alike(const Operation& a, const Operation& b) {
  return a.results == b.results && a.revision == b.revision;
}

Report two_answers(Report report, const History& history, std::uint64_t first_index,
                   std::uint64_t second_index) {
  const Operation& first = history.operations[first_index];
  const Operation& again = history.operations[second_index];
  report.verdict = Verdict::kInvalid;
  report.topic = "duplicate-effect";
  report.key = again.key;
  report.witness = {first_index, second_index};
  report.from = first.invoked_at;
  report.to = std::max(first.returned_at, again.returned_at);
  report.sentence = "session " + std::to_string(again.session()->session) + ", sequence " +
                    std::to_string(again.session()->sequence) +
                    " was answered in two ways because " + client_text(first) + " answered " +
                    answer_text(first) + " and its retry by c" + std::to_string(again.process) +
                    " answered " + answer_text(again);
  return report;
}

}  // namespace

Report check_at_most_once(std::span<const KeyTokens> keys) {
  return earliest("at-most-once", "duplicate-effect", keys, "violates at-most-once",
                  seen_too_often);
}

Report check_failed_leaves_no_trace(std::span<const KeyTokens> keys) {
  return earliest("failed-leaves-no-trace", "failed-effect", keys, "shows a failed operation",
                  seen_although_failed);
}

Report check_acknowledged_stays(std::span<const KeyTokens> keys) {
  return earliest("acknowledged-stays", "lost-append", keys, "lost an acknowledged append",
                  not_seen_although_answered);
}

Report check_retries_answer_alike(const History& history) {
  Report report = no_finding("retries-answer-alike", history.operations.size());
  std::map<SessionSequence, std::uint64_t> answers;
  for (std::uint64_t i = 0; i < history.operations.size(); ++i) {
    const Operation& again = history.operations[i];
    const bool reads = again.function == Function::kRead || again.function == Function::kGet;
    if (!again.session() || again.outcome != Outcome::kOk || reads) continue;
    const auto [at, fresh] = answers.try_emplace(*again.session(), i);
    if (fresh || answer_alike(history.operations[at->second], again)) continue;
    return two_answers(report, history, at->second, i);
  }
  return report;
}

}  // namespace plumbline::checker
