#include "checker/mvcc/leases.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "checker/history/text.h"
#include "checker/mvcc/lease_times.h"
#include "checker/mvcc/report.h"

namespace plumbline::checker::mvcc {
namespace {

constexpr std::string_view kEarly = "lease-never-early";
constexpr std::string_view kForEver = "lease-not-for-ever";
constexpr std::string_view kEnded = "lease-stays-ended";
constexpr std::string_view kAtomic = "lease-atomic";
constexpr std::string_view kKnown = "lease-known";

std::string lease_text(std::int64_t lease) { return "lease " + std::to_string(lease); }

const Operation& op_of(const LeaseCase& leases, std::uint32_t index) {
  return leases.journal.operation(index);
}

// A lease that was granted twice under one number cannot be followed by its number.
bool granted_once(const LeaseCase& leases, std::int64_t lease) {
  const auto& all = leases.journal.renewals();
  return std::count_if(all.begin(), all.end(), [&](const Renewal& renewal) {
           return renewal.grant && (renewal.lease == lease || renewal.lease == 0);
         }) == 1;
}

bool may_delete(const KvRequest& request) {
  bool found = false;
  for_each_request(request, [&](const KvRequest& inner) {
    found = found || inner.kind == RequestKind::kDelete;
  });
  return found;
}

// Whether something that nobody knows the outcome of can delete keys without a lease's end.
bool deletes_unknown(const Journal& journal) {
  return std::any_of(
      journal.unknown().begin(), journal.unknown().end(),
      [](const UnknownChange& change) { return change.request && may_delete(*change.request); });
}

bool is_change(const Journal& journal, std::int64_t revision) {
  const auto at = std::lower_bound(journal.answers().begin(), journal.answers().end(), revision,
                                   [](const Answer& a, std::int64_t r) { return a.revision < r; });
  return at != journal.answers().end() && at->revision == revision &&
         at->kind == Answer::Kind::kChange;
}

// When a lease was known to have ended, and by whom.
struct Ended {
  std::int64_t lease = 0;
  std::int64_t known_at = 0;
  std::uint32_t known_to = 0;
};

std::vector<Ended> known_ends(const LeaseCase& leases) {
  std::vector<Ended> ends;
  for (const Revocation& revocation : leases.journal.revocations()) {
    if (!revocation.certain) continue;
    ends.push_back(
        {revocation.lease, op_of(leases, revocation.index).returned_at, revocation.index});
  }
  // What nobody saw, or an operation may have deleted, need not be the end of the lease.
  if (deletes_unknown(leases.journal)) return ends;
  for (const Expiry& expiry : leases.replayed.expiries) {
    const std::int64_t known = leases.journal.known_by(expiry.revision);
    if (known == kNever || !expiry.seen) continue;
    ends.push_back({expiry.lease, known, leases.journal.first_to_know(expiry.revision)});
  }
  return ends;
}

// Every lease that a request attaches keys to, in the branch that was taken.
void leases_used(const KvRequest& request, const KvResponse& response,
                 std::set<std::int64_t>& out) {
  if (request.kind == RequestKind::kPut && request.lease != 0) out.insert(request.lease);
  if (request.kind != RequestKind::kTxn) return;
  const auto& branch = response.succeeded ? request.then : request.otherwise;
  for (std::size_t i = 0; i < branch.size(); ++i)
    leases_used(branch[i], response.responses[i], out);
}

std::set<std::int64_t> leases_used(const Operation& op) {
  std::set<std::int64_t> used;
  leases_used(parse_request(op.arguments[0]), parse_response(op.results[0]), used);
  return used;
}

// Follows through one watch which keys hang on which lease.
std::optional<Report> torn_end(const LeaseCase& leases, const Watch& watch) {
  if (watch.no_puts || watch.no_deletes) return std::nullopt;
  std::map<std::int64_t, std::map<std::string_view, std::int64_t>> ends;  // By revision.
  std::map<std::string_view, std::int64_t> attached;
  for (const WatchResponse& response : watch.responses) {
    if (response.fragment) return std::nullopt;
    std::map<std::int64_t, std::string_view> gone;  // A key by lease.
    std::int64_t revision = 0;
    for (const Event& event : response.events) {
      if (event.revision() != revision) gone.clear();
      revision = event.revision();
      const std::int64_t lease = std::exchange(attached[event.kv.key], event.kv.lease);
      if (event.is_delete() && lease != 0) gone.emplace(lease, event.kv.key);
    }
    if (is_change(leases.journal, revision)) continue;
    for (const auto& [lease, key] : gone) {
      for (const auto& [other, of] : attached) {
        if (of != lease) continue;
        return finding(leases.journal, kAtomic, "lease-torn", {watch.index},
                       who(leases.journal, watch.index) + " was told at " + at_revision(revision) +
                           " of the delete of " + to_text(Value(key)) + " by the end of " +
                           lease_text(lease) + ", but not of " + to_text(Value(other)) +
                           ", which was attached to it too");
      }
    }
  }
  return std::nullopt;
}

}  // namespace

Report check_lease_never_early(const LeaseCase& leases) {
  const LeaseTimes times(leases.journal, leases.options.drift_thousandths);
  for (const Expiry& expiry : leases.replayed.expiries) {
    if (!expiry.early) continue;
    const Renewal* renewal = times.last_renewal(expiry.lease);
    const std::uint32_t first = leases.journal.first_to_know(expiry.revision);
    const std::int64_t known = leases.journal.known_by(expiry.revision);
    const TimeText time{known, op_of(leases, renewal->index).invoked_at,
                        times.kept_until(*renewal)};
    return finding(leases.journal, kEarly, "lease-ended-early", {renewal->index, first},
                   lease_text(expiry.lease) + " ended early because " +
                       who(leases.journal, renewal->index) + ", called at " +
                       time(op_of(leases, renewal->index).invoked_at) + ", kept it until " +
                       time(times.kept_until(*renewal)) +
                       " at least, but its keys were deleted by " + at_revision(expiry.revision) +
                       ", which " + who(leases.journal, first) + " knew at " + time(known));
  }
  return valid(kEarly);
}

Report check_lease_not_for_ever(const LeaseCase& leases) {
  if (leases.options.lease_bound_ns < 0 || !leases.replayed.model) return valid(kForEver);
  struct Last {
    std::int64_t until = 0;
    std::uint32_t index = 0;
    bool open = false;
  };
  std::map<std::int64_t, Last> last;
  for (const Renewal& renewal : leases.journal.renewals()) {
    Last& known = last[renewal.lease];
    known.open = known.open || !renewal.certain;
    const std::int64_t until = op_of(leases, renewal.index).returned_at + renewal.ttl;
    if (renewal.certain && until > known.until) known = {until, renewal.index, known.open};
  }
  const bool any_open = last.contains(0);
  static constexpr std::string_view kZero("\0", 1);
  for (const Answer& answer : leases.journal.answers()) {
    const Operation& op = op_of(leases, answer.index);
    if (answer.kind != Answer::Kind::kSight || op.function != Function::kKv) continue;
    const auto late = std::find_if(last.begin(), last.end(), [&](const auto& lease) {
      return !any_open && !lease.second.open && lease.second.until > 0 &&
             op.invoked_at > lease.second.until + leases.options.lease_bound_ns;
    });
    if (late == last.end()) continue;
    // From here on every answer is late for this lease: one look at the keys settles it.
    const auto kvs = leases.replayed.model->state_at({kZero, kZero}, answer.revision);
    const auto kept = std::find_if(kvs.begin(), kvs.end(), [&](const KeyValue& kv) {
      return kv.lease == late->first && is_change(leases.journal, kv.mod_revision);
    });
    if (kept == kvs.end()) {
      last.erase(late);
      continue;
    }
    const TimeText time{late->second.until, op.invoked_at};
    return finding(leases.journal, kForEver, "lease-for-ever", {late->second.index, answer.index},
                   lease_text(late->first) + " outlived its time because " +
                       who(leases.journal, late->second.index) + " kept it until " +
                       time(late->second.until) + " at most, and " +
                       who(leases.journal, answer.index) + ", called at " + time(op.invoked_at) +
                       ", was answered at " + at_revision(answer.revision) + ", where " +
                       text_of(*kept) + " was still attached to it");
  }
  return valid(kForEver);
}

Report check_lease_stays_ended(const LeaseCase& leases) {
  for (const Ended& ended : known_ends(leases)) {
    if (!granted_once(leases, ended.lease)) continue;
    const auto blame = [&](std::uint32_t index, const std::string& did) {
      const TimeText time{ended.known_at, op_of(leases, index).invoked_at};
      return finding(leases.journal, kEnded, "lease-lives-on", {ended.known_to, index},
                     lease_text(ended.lease) + " had ended because " +
                         who(leases.journal, ended.known_to) + " knew of it at " +
                         time(ended.known_at) + "; " + who(leases.journal, index) + ", called at " +
                         time(op_of(leases, index).invoked_at) + ", " + did);
    };
    for (const Renewal& renewal : leases.journal.renewals()) {
      const bool alive = renewal.certain && renewal.lease == ended.lease && renewal.ttl > 0;
      if (!alive || op_of(leases, renewal.index).invoked_at <= ended.known_at) continue;
      return blame(renewal.index, "kept it alive");
    }
    for (const Answer& answer : leases.journal.answers()) {
      const Operation& op = op_of(leases, answer.index);
      const bool later = answer.kind == Answer::Kind::kChange && op.invoked_at > ended.known_at;
      if (later && leases_used(op).contains(ended.lease)) {
        return blame(answer.index, "attached a key to it");
      }
    }
  }
  return valid(kEnded);
}

Report check_lease_atomic(const LeaseCase& leases) {
  // Where the replay holds, every end was whole.
  if (leases.replayed.report.verdict == Verdict::kValid && leases.replayed.watches_believed) {
    return valid(kAtomic);
  }
  if (deletes_unknown(leases.journal)) return valid(kAtomic);
  for (const Watch& watch : leases.journal.watches()) {
    if (auto found = torn_end(leases, watch)) return *found;
  }
  return valid(kAtomic);
}

Report check_lease_known(const LeaseCase& leases) {
  std::set<std::int64_t> granted;
  for (const Renewal& renewal : leases.journal.renewals()) {
    if (renewal.grant) granted.insert(renewal.lease);
  }
  // One that nobody knows the number of may be any.
  const bool any = granted.contains(0);
  for (const Answer& answer : leases.journal.answers()) {
    if (answer.kind != Answer::Kind::kChange || any) continue;
    for (const std::int64_t lease : leases_used(op_of(leases, answer.index))) {
      if (granted.contains(lease)) continue;
      return finding(leases.journal, kKnown, "lease-never-granted", {answer.index},
                     who(leases.journal, answer.index) + " attached a key to " + lease_text(lease) +
                         ", which nobody was granted");
    }
  }
  for (const std::uint32_t index : leases.journal.refused()) {
    const Operation& op = op_of(leases, index);
    if (op.function == Function::kKv || op.results[0].list()[1] != Value(kLeaseNotFound)) continue;
    if (op.function == Function::kCompact) continue;
    const std::int64_t lease = op.arguments[0].number();
    if (!granted_once(leases, lease)) continue;
    const Renewal* before = nullptr;
    const Renewal* after = nullptr;
    for (const Renewal& renewal : leases.journal.renewals()) {
      if (!renewal.certain || renewal.lease != lease || renewal.ttl <= 0) continue;
      if (op_of(leases, renewal.index).returned_at < op.invoked_at) before = &renewal;
      if (op_of(leases, renewal.index).invoked_at > op.returned_at) after = &renewal;
    }
    if (before == nullptr || after == nullptr) continue;
    return finding(leases.journal, kKnown, "lease-lost", {before->index, index, after->index},
                   lease_text(lease) + " was there because " + who(leases.journal, before->index) +
                       " and later " + who(leases.journal, after->index) + " found it alive; " +
                       who(leases.journal, index) + " between the two was refused as not found");
  }
  return valid(kKnown);
}

std::vector<Report> check_leases(const LeaseCase& leases) {
  return {check_lease_never_early(leases), check_lease_not_for_ever(leases),
          check_lease_stays_ended(leases), check_lease_atomic(leases), check_lease_known(leases)};
}

}  // namespace plumbline::checker::mvcc
