#include "checker/linear/explain.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include "checker/history/text.h"
#include "checker/linear/patterns.h"
#include "checker/linear/sources.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kNoPattern = "not-linearizable";
constexpr std::size_t kCoreMax = 32;
constexpr std::size_t kValuesNamed = 4;
constexpr std::size_t kOperationsTold = 5;
constexpr std::uint64_t kStepsForStory = 100'000;

std::string told(const Request& request, const TimeText& time) {
  return client_text(*request.operation) + " (" + time(request.invoked_at) + " to " +
         time(request.returned_at) + ") answered " + answer_text(*request.operation);
}

std::string values_text(const std::vector<std::string>& values) {
  std::string out;
  for (std::size_t i = 0; i < values.size() && i < kValuesNamed; ++i) {
    out += (i == 0 ? "" : " or ") + values[i];
  }
  return values.size() > kValuesNamed ? out + " or one of more" : out;
}

// What is left to say when no pattern fits: the answers, and where every order ends.
std::string how_far_any_order_gets(KeyCase& key, const Contradiction& contradiction,
                                   const std::vector<std::uint32_t>& core, SearchOptions options) {
  std::vector<std::int64_t> times;
  for (const Request* request : contradiction.core) {
    times.insert(times.end(), {request->invoked_at, request->returned_at});
  }
  const TimeText time(times);
  std::string out = "no order that agrees with real time explains ";
  for (std::size_t i = 0; i < contradiction.core.size() && i < kOperationsTold; ++i) {
    out += (i == 0 ? "" : "; ") + told(*contradiction.core[i], time);
  }
  if (contradiction.core.size() > kOperationsTold) {
    out += "; and " + std::to_string(contradiction.core.size() - kOperationsTold) + " more";
  }
  options.lookahead = false;
  options.step_budget = std::min(options.step_budget, kStepsForStory);
  const KeyCase::Judgement stuck = key.judge_only(core, options);
  // Unless every order was tried, there may be values that were not met.
  if (stuck.verdict != Verdict::kInvalid || stuck.unplaced.empty()) return out;
  const Request& last = *key.requests()[stuck.unplaced.front()];
  return out + ": when " + client_text(*last.operation) +
         " returned, the value can only have been " + values_text(stuck.values);
}

// Those who wrote what the core saw, unless there are so many that they explain nothing.
void add_writers(std::vector<const Request*>& witness, const Contradiction& contradiction) {
  constexpr std::size_t kWritersMax = 2;
  constexpr std::size_t kTokensMax = 3;
  for (const Request* reader : contradiction.core) {
    const Value* shown = shown_value(*reader->operation);
    if (shown == nullptr) continue;
    const auto tokens = tokens_of(*shown);
    if (tokens.size() > kTokensMax) continue;
    for (const Value& token : tokens) {
      std::vector<const Request*> writers;
      for (const Request* request : contradiction.all) {
        if (writes_token(*request, token)) writers.push_back(request);
      }
      if (writers.size() > kWritersMax) continue;
      witness.insert(witness.end(), writers.begin(), writers.end());
    }
  }
}

// The same where a key holds something other than a value.
void add_sources(std::vector<const Request*>& witness, const Contradiction& contradiction,
                 const std::vector<const Request*>& all) {
  constexpr std::size_t kSourcesMax = 3;
  for (const Request* reader : contradiction.core) {
    const std::vector<const Request*> sources = sources_of(*reader, all);
    if (sources.size() > kSourcesMax) continue;
    witness.insert(witness.end(), sources.begin(), sources.end());
  }
}

void sort_by_call(std::vector<const Request*>& requests) {
  std::sort(requests.begin(), requests.end(), [](const Request* a, const Request* b) {
    return std::tie(a->invoked_at, a->index) < std::tie(b->invoked_at, b->index);
  });
  requests.erase(std::unique(requests.begin(), requests.end()), requests.end());
}

// A core that could not be made small is no proof that a person could follow.
Explanation too_much_to_tell(KeyCase& key, const std::vector<std::uint32_t>& core) {
  std::vector<const Request*> requests;
  for (const std::uint32_t i : core) requests.push_back(key.requests()[i]);
  const Request* last = *std::max_element(requests.begin(), requests.end(), [](auto* a, auto* b) {
    return a->returned_at < b->returned_at;
  });
  return {kNoPattern,
          subject_text(key) + " is not linearizable because no order explains the answers up to " +
              told(*last, TimeText{last->invoked_at, last->returned_at}) +
              "; the search for the few that suffice to show it ran out of its budget",
          {last}};
}

// What is wrong with a lock has a name where only one side of it is to blame.
std::string_view topic_of(const std::vector<const Request*>& core) {
  const auto all_are = [&](Function function) {
    return std::all_of(core.begin(), core.end(), [&](const Request* request) {
      return request->operation->function == function;
    });
  };
  if (all_are(Function::kAcquire)) return "double-acquire";
  if (all_are(Function::kRelease)) return "release-without-acquire";
  return kNoPattern;
}

}  // namespace

std::string subject_text(const KeyCase& key) {
  return key.model().keyed ? "key " + key.key() : "the history";
}

Explanation explain(KeyCase& key, const std::vector<std::uint32_t>& core,
                    const SearchOptions& options) {
  if (core.size() > kCoreMax) return too_much_to_tell(key, core);
  Contradiction contradiction{{}, key.requests()};
  for (const std::uint32_t i : core) contradiction.core.push_back(key.requests()[i]);
  sort_by_call(contradiction.core);
  std::optional<Because> because;
  if (key.model().cell) because = explain_by_pattern(contradiction);
  if (!because) {
    because = Because{topic_of(contradiction.core),
                      how_far_any_order_gets(key, contradiction, core, options)};
  }
  if (!because->about.empty()) contradiction.core = because->about;
  Explanation explanation;
  explanation.topic = because->topic;
  explanation.sentence = subject_text(key) + " is not linearizable because " + because->text;
  explanation.witness = contradiction.core;
  if (key.model().cell) {
    add_writers(explanation.witness, contradiction);
  } else {
    add_sources(explanation.witness, contradiction, key.requests());
  }
  sort_by_call(explanation.witness);
  return explanation;
}

}  // namespace plumbline::checker
