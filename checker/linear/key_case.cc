#include "checker/linear/key_case.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace plumbline::checker {
namespace {

Entry entry_of(Model& model, const Request& request) {
  Entry entry;
  entry.invoked_at = request.invoked_at;
  entry.dropped = request.outcome == Outcome::kFail;
  if (entry.dropped) return entry;
  entry.definite = request.outcome == Outcome::kOk;
  if (entry.definite) entry.returned_at = request.returned_at;
  entry.action = model.compile(*request.operation);
  return entry;
}

std::vector<const Operation*> compiled_of(const std::vector<const Request*>& requests) {
  std::vector<const Operation*> operations;
  for (const Request* request : requests) {
    if (request->outcome != Outcome::kFail) operations.push_back(request->operation);
  }
  return operations;
}

}  // namespace

KeyCase::KeyCase(const ModelInfo& model, std::vector<const Request*> requests,
                 const ModelOptions& options)
    : info_(model), model_(model.make(options)), requests_(std::move(requests)) {
  model_->meet(compiled_of(requests_));
  entries_.reserve(requests_.size());
  for (std::uint32_t i = 0; i < requests_.size(); ++i) {
    entries_.push_back(entry_of(*model_, *requests_[i]));
    if (entries_.back().definite) answered_.push_back(i);
  }
  std::sort(answered_.begin(), answered_.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(entries_[a].returned_at, a) < std::tie(entries_[b].returned_at, b);
  });
}

KeyCase::Judgement KeyCase::judge(const SearchOptions& options) {
  return judge_entries(entries_, options);
}

KeyCase::Judgement KeyCase::judge_only(const std::vector<std::uint32_t>& certain,
                                       const SearchOptions& options) {
  std::vector<Entry> entries = entries_;
  for (Entry& entry : entries) entry.definite = false;
  for (const std::uint32_t i : certain) entries[i].definite = true;
  return judge_entries(std::move(entries), options);
}

KeyCase::Judgement KeyCase::judge_entries(std::vector<Entry> entries,
                                          const SearchOptions& options) {
  model_->prepare(entries);
  SearchResult found = search(*model_, entries, options);
  Judgement judgement{found.verdict, found.steps, {}, {}};
  // An unknown operation that the model found to have happened is no answer that waits.
  for (const std::uint32_t i : found.unplaced) {
    if (requests_[i]->outcome == Outcome::kOk) judgement.unplaced.push_back(i);
  }
  for (const State state : found.states) judgement.values.push_back(model_->text(state));
  return judgement;
}

}  // namespace plumbline::checker
