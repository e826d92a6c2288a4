#include "checker/mvcc/caches.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "checker/history/text.h"

namespace plumbline::checker::mvcc {
namespace {

using Index = std::uint32_t;

// The answered changes of one key in the order of their revisions, and what else may have written.
struct KeyChanges {
  std::vector<Index> answered;
  std::vector<Index> unknown;
  std::set<Value> written;
};

class Caches {
 public:
  Caches(const History& history, const CacheOptions& options)
      : history_(history), options_(options) {
    for (Index i = 0; i < history.operations.size(); ++i) take(i);
    for (auto& [key, changes] : changes_) {
      std::stable_sort(changes.answered.begin(), changes.answered.end(),
                       [&](Index a, Index b) { return revision(a) < revision(b); });
    }
  }

  const std::vector<Index>& reads() const { return reads_; }
  const Operation& op(Index i) const { return history_.operations[i]; }
  const CacheOptions& options() const { return options_; }
  // Nothing was ever there at a revision of 0.
  std::int64_t revision(Index i) const { return op(i).revision ? *op(i).revision : 0; }

  const KeyChanges& changes(const Text& key) const {
    static const KeyChanges kNone;
    const auto at = changes_.find(key);
    return at == changes_.end() ? kNone : at->second;
  }

  static bool is_change(const Operation& op) {
    return op.function == Function::kWrite || op.function == Function::kPut ||
           op.function == Function::kDelete;
  }
  static Value value_after(const Operation& op) {
    return op.function == Function::kDelete ? Value() : op.arguments[0];
  }

  // The first answered change of the key with a revision in (after, up_to] that had returned
  // before `by`.
  std::optional<Index> change_between(const Text& key, std::int64_t after, std::int64_t up_to,
                                      std::int64_t by) const {
    const auto& all = changes(key).answered;
    auto at = std::upper_bound(all.begin(), all.end(), after,
                               [&](std::int64_t r, Index i) { return r < revision(i); });
    for (; at != all.end() && revision(*at) <= up_to; ++at) {
      if (op(*at).returned_at < by) return *at;
    }
    return std::nullopt;
  }

  std::string who(Index i) const { return client_text(op(i)); }
  std::string read_text(Index i) const {
    const TimeText time{op(i).invoked_at};
    return who(i) + ", called at " + time(op(i).invoked_at) + ", was answered by " +
           op(i).server().str() + " with " + to_text(op(i).results[0]) + " of revision " +
           std::to_string(revision(i));
  }

  Report finding(std::string_view property, std::string_view topic, std::vector<Index> witness,
                 std::string sentence) const {
    std::sort(witness.begin(), witness.end());
    Report report;
    report.verdict = Verdict::kInvalid;
    report.property = property;
    report.topic = topic;
    report.key = op(witness.back()).key.str();
    report.sentence = std::move(sentence);
    report.from = op(witness.front()).invoked_at;
    for (const Index i : witness) {
      report.witness.push_back(i);
      if (op(i).outcome == Outcome::kOk) report.to = std::max(report.to, op(i).returned_at);
    }
    return report;
  }

 private:
  void take(Index i) {
    const Operation& one = op(i);
    const bool ok = one.outcome == Outcome::kOk;
    const bool reads = one.function == Function::kRead || one.function == Function::kGet;
    if (reads && ok && one.server().view().starts_with(options_.cache_prefix)) reads_.push_back(i);
    if (!is_change(one) || one.outcome == Outcome::kFail) return;
    KeyChanges& changes = changes_[one.key];
    (ok && one.revision ? changes.answered : changes.unknown).push_back(i);
    changes.written.insert(value_after(one));
  }

  const History& history_;
  const CacheOptions& options_;
  std::vector<Index> reads_;  // By caches, in the order of their calls.
  std::map<Text, KeyChanges> changes_;
};

Report valid(std::string_view property) {
  Report report;
  report.property = property;
  return report;
}

constexpr std::int64_t kAnyRevision = std::numeric_limits<std::int64_t>::max();

}  // namespace

Report check_cache_no_invention(const History& history, const CacheOptions& options) {
  constexpr std::string_view kProperty = "cache-no-invention";
  const Caches caches(history, options);
  for (const Index read : caches.reads()) {
    const Value& seen = caches.op(read).results[0];
    const KeyChanges& changes = caches.changes(caches.op(read).key);
    for (const Index change : changes.answered) {
      if (caches.revision(change) != caches.revision(read)) continue;
      if (Caches::value_after(caches.op(change)) == seen) continue;
      return caches.finding(
          kProperty, "wrong-answer", {change, read},
          caches.read_text(read) + ", but that revision was made by " + caches.who(change));
    }
    const auto wrote = [&](Index change) { return Caches::value_after(caches.op(change)) == seen; };
    const bool known = seen.is_nil() ||
                       std::any_of(changes.answered.begin(), changes.answered.end(), wrote) ||
                       std::any_of(changes.unknown.begin(), changes.unknown.end(), wrote);
    if (known) continue;
    return caches.finding(kProperty, "never-written", {read},
                          caches.read_text(read) + ", which nobody had written");
  }
  return valid(kProperty);
}

Report check_cache_monotonic(const History& history, const CacheOptions& options) {
  constexpr std::string_view kProperty = "cache-monotonic";
  const Caches caches(history, options);
  std::map<std::pair<std::int64_t, Text>, Index> newest;
  for (const Index read : caches.reads()) {
    const auto [at, fresh] =
        newest.try_emplace({caches.op(read).process, caches.op(read).key}, read);
    if (caches.revision(at->second) > caches.revision(read)) {
      return caches.finding(kProperty, "non-monotonic-read", {at->second, read},
                            caches.read_text(read) + ", after " + caches.read_text(at->second));
    }
    at->second = read;
  }
  return valid(kProperty);
}

Report check_cache_reads_own_writes(const History& history, const CacheOptions& options) {
  constexpr std::string_view kProperty = "cache-reads-own-writes";
  const Caches caches(history, options);
  std::map<std::pair<std::int64_t, Text>, Index> written;
  std::size_t next = 0;
  for (Index i = 0; i < history.operations.size(); ++i) {
    const Operation& op = caches.op(i);
    if (Caches::is_change(op) && op.outcome == Outcome::kOk && op.revision) {
      written[{op.process, op.key}] = i;
    }
    if (next == caches.reads().size() || caches.reads()[next] != i) continue;
    ++next;
    const auto own = written.find({op.process, op.key});
    if (own == written.end() || caches.revision(own->second) <= caches.revision(i)) continue;
    return caches.finding(kProperty, "missed-own-write", {own->second, i},
                          caches.read_text(i) + ", although " + caches.who(own->second) +
                              " had made revision " + std::to_string(caches.revision(own->second)));
  }
  return valid(kProperty);
}

Report check_cache_is_prefix(const History& history, const CacheOptions& options) {
  constexpr std::string_view kProperty = "cache-is-prefix";
  const Caches caches(history, options);
  std::map<std::int64_t, Index> newest;  // By process: the read of the greatest revision.
  for (const Index read : caches.reads()) {
    const auto [at, fresh] = newest.try_emplace(caches.op(read).process, read);
    const std::int64_t reached = caches.revision(at->second);
    const auto missed =
        caches.change_between(caches.op(read).key, caches.revision(read), reached, kNever);
    if (missed) {
      return caches.finding(kProperty, "change-missed", {*missed, at->second, read},
                            caches.read_text(read) + ", without revision " +
                                std::to_string(caches.revision(*missed)) + " of " +
                                caches.who(*missed) + ", although " + caches.read_text(at->second));
    }
    if (caches.revision(read) > reached) at->second = read;
  }
  return valid(kProperty);
}

Report check_cache_bounded_staleness(const History& history, const CacheOptions& options) {
  constexpr std::string_view kProperty = "cache-bounded-staleness";
  if (options.staleness_bound_ns < 0) return valid(kProperty);
  const Caches caches(history, options);
  for (const Index read : caches.reads()) {
    const std::int64_t called = caches.op(read).invoked_at;
    if (called < options.connected_from + options.staleness_bound_ns) continue;
    const auto missed = caches.change_between(caches.op(read).key, caches.revision(read),
                                              kAnyRevision, called - options.staleness_bound_ns);
    if (!missed) continue;
    const TimeText time{caches.op(*missed).returned_at, called};
    return caches.finding(kProperty, "stale-for-too-long", {*missed, read},
                          caches.read_text(read) + ", although " + caches.who(*missed) +
                              " had returned at " + time(caches.op(*missed).returned_at) +
                              " with revision " + std::to_string(caches.revision(*missed)));
  }
  return valid(kProperty);
}

Report check_cache_convergence(const History& history, const CacheOptions& options) {
  constexpr std::string_view kProperty = "cache-convergence";
  if (options.quiet_from == kNever) return valid(kProperty);
  const Caches caches(history, options);
  const std::int64_t bound = std::max<std::int64_t>(options.staleness_bound_ns, 0);
  for (const Index read : caches.reads()) {
    const std::int64_t called = caches.op(read).invoked_at;
    const KeyChanges& changes = caches.changes(caches.op(read).key);
    // A change of unknown outcome may be the last one, at any time.
    if (changes.answered.empty() || !changes.unknown.empty()) continue;
    const Index last = changes.answered.back();
    const bool settled =
        called >= options.quiet_from + bound && called > caches.op(last).returned_at + bound;
    if (!settled || Caches::value_after(caches.op(last)) == caches.op(read).results[0]) continue;
    return caches.finding(kProperty, "divergence", {last, read},
                          caches.read_text(read) + " when all was quiet, but the last change was " +
                              caches.who(last));
  }
  return valid(kProperty);
}

std::vector<Report> check_caches(const History& history, const CacheOptions& options) {
  if (Caches(history, options).reads().empty()) return {};
  return {
      check_cache_no_invention(history, options),      check_cache_monotonic(history, options),
      check_cache_reads_own_writes(history, options),  check_cache_is_prefix(history, options),
      check_cache_bounded_staleness(history, options), check_cache_convergence(history, options)};
}

}  // namespace plumbline::checker::mvcc
