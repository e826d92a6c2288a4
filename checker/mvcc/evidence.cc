#include "checker/mvcc/evidence.h"

#include <algorithm>
#include <tuple>

namespace plumbline::checker::mvcc {

Evidence::Evidence(const Journal& journal, const std::vector<std::int64_t>& gaps, Trust trust)
    : gaps_(gaps), trust_(trust) {
  if (gaps.empty()) return;
  for (const Answer& answer : journal.answers()) {
    const Operation& op = journal.operation(answer.index);
    if (op.function != Function::kKv) continue;
    take_response(parse_request(op.arguments[0]), parse_response(op.results[0]), answer.revision,
                  answer.index);
  }
  if (trust != Trust::kAnswers) {
    for (const Watch& watch : journal.watches()) take_watch(watch);
    for (const FinalState& state : journal.states()) take_state(state);
  }
  sort();
}

void Evidence::take_response(const KvRequest& request, const KvResponse& response,
                             std::int64_t revision, std::uint32_t index) {
  if (request.kind == RequestKind::kTxn) {
    const auto& branch = response.succeeded ? request.then : request.otherwise;
    for (std::size_t i = 0; i < branch.size(); ++i) {
      take_response(branch[i], response.responses[i], revision, index);
    }
    return;
  }
  const bool range = request.kind == RequestKind::kRange;
  const std::int64_t seen_at =
      range ? (request.revision != 0 ? request.revision : revision) : revision - 1;
  for (const KeyValue& kv : response.kvs) {
    show(kv, index, !request.keys_only);
    saw(kv, seen_at);
  }
  if (!response.prev_kv) return;
  show(*response.prev_kv, index, true);
  saw(*response.prev_kv, seen_at);
}

void Evidence::show(const KeyValue& kv, std::uint32_t index, bool whole) {
  if (!whole || !std::binary_search(gaps_.begin(), gaps_.end(), kv.mod_revision)) return;
  facts_.push_back({kv.mod_revision, kv, index});
}

void Evidence::saw(const KeyValue& kv, std::int64_t at) {
  if (kv.mod_revision < at) seen_[kv.key].push_back({at, kv.mod_revision});
}

void Evidence::take_state(const FinalState& state) {
  if (state.hashed) return;
  for (const KeyValue& kv : content_of(state)) {
    show(kv, state.index, true);
    saw(kv, state.revision);
  }
}

void Evidence::take_watch(const Watch& watch) {
  std::int64_t last = 0;
  for (const WatchResponse& response : watch.responses) {
    if (response.kind == WatchResponse::Kind::kProgress) last = std::max(last, response.revision);
    for (const Event& event : response.events) {
      show(event.kv, watch.index, true);
      if (event.previous) show(*event.previous, watch.index, true);
      last = std::max(last, event.revision() - (response.fragment ? 1 : 0));
    }
  }
  if (trust_ == Trust::kSilence && watch.first > 0) watched_.push_back({&watch, last});
}

void Evidence::sort() {
  std::sort(facts_.begin(), facts_.end(), [](const Fact& a, const Fact& b) {
    return std::tie(a.revision, a.kv.key, a.shown_by) < std::tie(b.revision, b.kv.key, b.shown_by);
  });
  const auto same = [](const Fact& a, const Fact& b) {
    return a.revision == b.revision && a.kv == b.kv;
  };
  facts_.erase(std::unique(facts_.begin(), facts_.end(), same), facts_.end());
  for (auto& [key, seen] : seen_) {
    std::sort(seen.begin(), seen.end(), [](const Seen& a, const Seen& b) { return a.at < b.at; });
    for (std::size_t i = seen.size(); i-- > 1;) {
      seen[i - 1].mod = std::min(seen[i - 1].mod, seen[i].mod);
    }
  }
}

std::vector<Evidence::Fact>::const_iterator Evidence::begin(std::int64_t revision) const {
  return std::lower_bound(facts_.begin(), facts_.end(), revision,
                          [](const Fact& fact, std::int64_t r) { return fact.revision < r; });
}

bool Evidence::has_fact(std::string_view key, std::int64_t revision) const {
  for (auto fact = begin(revision); fact != end() && fact->revision == revision; ++fact) {
    if (fact->kv.key == key) return true;
  }
  return false;
}

bool Evidence::forbids(const Event& change) const {
  const std::int64_t revision = change.revision();
  if (const auto known = seen_.find(change.kv.key); known != seen_.end()) {
    const auto at = std::lower_bound(known->second.begin(), known->second.end(), revision,
                                     [](const Seen& seen, std::int64_t r) { return seen.at < r; });
    if (at != known->second.end() && at->mod < revision) return true;
  }
  return std::any_of(watched_.begin(), watched_.end(), [&](const Watched& watched) {
    return watched.watch->first <= revision && revision <= watched.last &&
           watched.watch->wants(change) && !has_fact(change.kv.key, revision);
  });
}

}  // namespace plumbline::checker::mvcc
