#include "checker/explain/glossary_entries.h"

namespace plumbline::checker {
namespace {

constexpr auto kAnomaly = Subject::kAnomaly;

constexpr GlossaryEntry kEntries[] = {
    {kAnomaly, "revision-reuse", "revision-claimed-twice, reused-revision, duplicate-revision",
     "two changes claim one revision",
     "A store that numbers its changes gives each its own number. Two acknowledged changes with "
     "one number mean that two leaders numbered by themselves, or that a log was cut and its "
     "numbers given again.",
     "c1: put(x, 1) ok, at revision 9\n"
     "c2: put(y, 2) ok, at revision 9",
     "linearizable", "revision, revision-gap, split-brain"},
    {kAnomaly, "revision-gap", "unexplained-revision, missing-revision",
     "a revision that no operation can have made",
     "Later changes were seen, but nobody made this one: every acknowledged change has another "
     "number, and no operation of unknown outcome fits. A gap that an unknown operation can fill "
     "is no violation.",
     "c1: put(x, 1) ok, at revision 8\n"
     "c1: put(x, 2) ok, at revision 10    no operation is left for 9",
     "linearizable", "revision, revision-reuse, unknown-outcome"},
    {kAnomaly, "revision-backwards",
     "revision-goes-back, non-monotonic-revision, stale-revision, backward-revision",
     "an operation was called after a revision was known and got an earlier one",
     "The number of the state only grows. An operation that began after somebody had been told "
     "revision 12 must be at 12 or above, or above 12 if it changed something.",
     "c1: put(x, 1) ok, at revision 12   0 ms to 10 ms\n"
     "c2: get(y) at revision 11          20 ms to 30 ms",
     "linearizable", "revision, stale-read, revision-reuse"},
    {kAnomaly, "watch-gap", "missed-event, lost-event, watch-lags",
     "a watch left out a change that it had to report",
     "A watch promises all changes of its range from its first revision on. The history holds a "
     "change between two events, or between the start and the first of them, that never came.",
     "c1: put(x, 1) at revision 8, put(x, 2) at revision 9\n"
     "c2: watch(x) from 8: events 8, 10",
     "the promises of a watch", "watch, watch-duplicate, watch-reorder, watch-split"},
    {kAnomaly, "watch-duplicate", "repeated-event, duplicate-event",
     "a watch reported one change twice",
     "An event came at or below a revision that the watch had already passed, for a key that "
     "had its event there. Usual cause: a watch that was resumed one revision too early.",
     "c2: watch(x) from 8: events 8, 9, 9", "the promises of a watch",
     "watch, watch-gap, watch-reorder"},
    {kAnomaly, "watch-reorder", "watch-reordered, event-out-of-order, unordered-events",
     "a watch reported a later change before an earlier one",
     "Events come in the order of their revisions. Who builds a copy from them applies them one "
     "after the other, and ends with a wrong copy if they come otherwise.",
     "c2: watch(x) from 8: events 9, 8", "the promises of a watch",
     "watch, watch-duplicate, revision-backwards"},
    {kAnomaly, "watch-split", "non-atomic-watch, split-revision, watch-fragment",
     "the changes of one transaction came in two answers of a watch",
     "All events of one revision belong together and come in one answer, unless the client asked "
     "for fragments. Otherwise whoever watches acts on half a transaction.",
     "c1: txn put(x, 1), put(y, 1) at revision 8\n"
     "c2: watch: [x at 8], then [y at 8]",
     "the promises of a watch", "watch, torn-transaction"},
    {kAnomaly, "watch-progress", "event-below-progress, progress-goes-back",
     "an event came at or below a revision up to which the watch had said it was complete",
     "A progress notice of revision 9 says that everything up to 9 has been delivered, and a "
     "client may resume from 10. An event of 9 or below after it, or a later notice with a "
     "smaller number, breaks that.",
     "c2: watch(x): progress 9, then an event of revision 8", "the promises of a watch",
     "watch, watch-gap"},
    {kAnomaly, "watch-wrong-event", "watch-invented, watch-is-create, watch-previous",
     "a watch reported a change that was not made, or not as it was made",
     "An event says which change was made to a key, what the key held before, and whether it is "
     "new. The history holds no such change at that revision, or another one.",
     "c1: put(x, 1) at revision 8\n"
     "c2: watch(x) from 8: put x = 5 at revision 8",
     "the promises of a watch", "watch, watch-gap"},
    {kAnomaly, "watch-filter", "watch-before-start",
     "a watch reported a change that it had not been asked for",
     "A watch names keys, a revision to start from, and perhaps a kind of change to leave out. "
     "Whatever else it reports is more than its client can make sense of.",
     "c2: watch(x) from 8: events 7, 8", "the promises of a watch", "watch, watch-wrong-event"},
    {kAnomaly, "watch-real-time", "event-before-its-change",
     "a watch reported a change before anybody had asked for it",
     "An event arrived at a time at which the only operation that made the change had not been "
     "called. Either the revisions of changes were mixed up, or the clocks of the clients differ.",
     "c2: watch(x): event 8 at 5 ms\n"
     "c1: put(x, 1) at revision 8    10 ms to 20 ms",
     "the promises of a watch", "watch, future-read"},
    {kAnomaly, "early-lease-end", "early-expiry, lease-ended-early",
     "a key of a lease vanished before the lease can have ended",
     "A lease holds for its whole time after the last answer to a keep-alive. If its keys vanish "
     "sooner, and nobody revoked it or deleted them, whoever relied on the lease, such as the "
     "holder of a lock, was robbed.",
     "c1: keep-alive of a lease of 5 s answered at 10 s\n"
     "c2: get(x) = nil at 12 s    nobody deleted x",
     "the promises of a lease", "lease, late-lease-end, mutex"},
    {kAnomaly, "late-lease-end", "lease-keys-left, lease-for-ever, immortal-lease, late-expiry",
     "a key of a lease was still there long after the lease had to end",
     "After its time and a margin for a change of leader, an ended lease must take its keys with "
     "it. A lease that never ends leaves locks that nobody holds.",
     "c1: lease of 5 s granted at 0 s, never kept alive\n"
     "c2: get(x) at 60 s still shows the key",
     "the promises of a lease", "lease, early-lease-end"},
    {kAnomaly, "lease-lives-on", "revived-lease",
     "a lease that was known to have ended was kept alive or took another key",
     "Once a client has been told that a lease ended, it is over for everybody. A keep-alive that "
     "succeeds afterwards comes from a server that does not know.",
     "c1: lease-revoke(7) ok\n"
     "c2: lease-keep-alive(7) = 5 s    called afterwards",
     "the promises of a lease", "lease, late-lease-end"},
    {kAnomaly, "lease-torn", "torn-lease", "the keys of a lease that ended did not go all at once",
     "The end of a lease is one change with one revision that deletes all of its keys. Whoever "
     "sees "
     "one of them gone and another still there sees a state that was never promised.",
     "c1: put(x, 1), put(y, 1), both with lease 7\n"
     "c2: watch: revision 9 deletes x, and not y",
     "the promises of a lease", "lease, late-lease-end, torn-transaction"},
    {kAnomaly, "lease-lost", "lease-never-granted",
     "a lease was refused as unknown while it lived, or used though nobody granted it",
     "A lease exists from its grant to its end, for everybody. A server that does not know it in "
     "between has lost it; one that knows it outside has invented it.",
     "c1: lease-grant(7) for 60 s ok\n"
     "c2: put(x, 1) with lease 7: no such lease",
     "the promises of a lease", "lease, early-lease-end"},
    {kAnomaly, "stale-token", "old-token",
     "a resource took a request with an older token than it had taken before",
     "The holder of a lock shows the resource a number that grows with each holder. A resource "
     "that takes an older number after a newer one lets two holders in.",
     "c2: write(r) with token 6 ok\n"
     "c1: write(r) with token 5 ok    called afterwards",
     "mutual exclusion by tokens", "double-acquire, lease"},
    {kAnomaly, "divergence", "left-behind, cache-diverged",
     "two copies of the store hold different things though nothing disturbs them any more",
     "When all is quiet, every server and every cache ends with the same content at the same "
     "revision. A copy that differs has lost or invented a change, or has stopped to follow.",
     "n1: state at revision 9: x = 5\n"
     "n2: state at revision 9: x = 7",
     "eventual agreement of copies", "revision, split-brain"},
    {kAnomaly, "revisions-lie", "wrong-revisions",
     "some order explains every answer, but not the order of the revisions",
     "What clients wrote and read is right when judged without the revisions, and wrong in their "
     "order. The data is safe; whoever relies on revisions is not.",
     "c1: put(x, 1) at revision 9, put(x, 2) at revision 8\n"
     "c2: get(x) = 2    called afterwards",
     "the order of revisions", "revision, data-wrong"},
    {kAnomaly, "data-wrong", "wrong-data",
     "no order explains the answers, whether by the revisions or without them",
     "The answers contradict each other even if no revision is believed. It is the data that is "
     "wrong, not only its numbering.",
     "c1: put(x, 1) at revision 8\n"
     "c2: get(x) = 5 at revision 8    nobody wrote 5",
     "linearizable", "revision, revisions-lie"},
    {kAnomaly, "compacted-read",
     "read-below-compaction, false-compacted, false-future, watch-below-compaction, "
     "watch-false-compacted",
     "a read of an old revision was answered though it was compacted, or refused though it was not",
     "After a compaction at revision 9, states below 9 are gone: a read there must get an error, "
     "and a read at 9 or above must get its answer, as long as the revision exists. Anything else "
     "means that history was thrown away too early, or that an answer was made up.",
     "c1: compact(9) ok\n"
     "c2: get(x) of revision 7 = 5",
     "reads of named revisions", "compaction, revision"},
};

}  // namespace

std::span<const GlossaryEntry> revision_anomalies() { return kEntries; }

}  // namespace plumbline::checker
