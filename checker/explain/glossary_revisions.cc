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
    {kAnomaly, "watch-gap", "missed-event, lost-event, watch-reliable, watch-resumable",
     "a watch left out a change that it had to report",
     "A watch promises all changes of its range from its first revision on. The history holds a "
     "change between two events, or between the start and the first of them, that never came.",
     "c1: put(x, 1) at revision 8, put(x, 2) at revision 9\n"
     "c2: watch(x) from 8: events 8, 10",
     "the promises of a watch", "watch, watch-duplicate, watch-reorder, watch-split"},
    {kAnomaly, "watch-duplicate", "repeated-event, duplicate-event, watch-unique",
     "a watch reported one change twice",
     "An event came at or below a revision that the watch had already passed, for a key that "
     "had its event there. Usual cause: a watch that was resumed one revision too early.",
     "c2: watch(x) from 8: events 8, 9, 9", "the promises of a watch",
     "watch, watch-gap, watch-reorder"},
    {kAnomaly, "watch-reorder", "event-out-of-order, unordered-events, watch-ordered",
     "a watch reported a later change before an earlier one",
     "Events come in the order of their revisions. Who builds a copy from them applies them one "
     "after the other, and ends with a wrong copy if they come otherwise.",
     "c2: watch(x) from 8: events 9, 8", "the promises of a watch",
     "watch, watch-duplicate, revision-backwards"},
    {kAnomaly, "watch-split",
     "non-atomic-watch, split-revision, watch-atomic, watch-fragment, watch-fragments",
     "the changes of one transaction came in two answers of a watch",
     "All events of one revision belong together and come in one answer, unless the client asked "
     "for fragments; then each fragment but the last says that more follow. Otherwise whoever "
     "watches acts on half a transaction.",
     "c1: txn put(x, 1), put(y, 1) at revision 8\n"
     "c2: watch: [x at 8], then [y at 8]",
     "the promises of a watch", "watch, torn-transaction"},
    {kAnomaly, "watch-progress", "event-below-progress, progress-goes-back, watch-bookmarkable",
     "an event came at or below a revision up to which the watch had said it was complete",
     "A progress notice of revision 9 says that everything up to 9 has been delivered, and a "
     "client may resume from 10. An event of 9 or below after it, or a later notice with a "
     "smaller number, breaks that.",
     "c2: watch(x): progress 9, then an event of revision 8", "the promises of a watch",
     "watch, watch-gap"},
    {kAnomaly, "early-lease-end", "early-expiry, lease-ended-early, lease-never-early",
     "a key of a lease vanished before the lease can have ended",
     "A lease holds for its whole time after the last answer to a keep-alive. If its keys vanish "
     "sooner, and nobody revoked it or deleted them, whoever relied on the lease, such as the "
     "holder of a lock, was robbed.",
     "c1: keep-alive of a lease of 5 s answered at 10 s\n"
     "c2: get(x) = nil at 12 s    nobody deleted x",
     "the promises of a lease", "lease, late-lease-end, mutex"},
    {kAnomaly, "late-lease-end",
     "lease-keys-left, lease-for-ever, lease-not-for-ever, immortal-lease, late-expiry",
     "a key of a lease was still there long after the lease had to end",
     "After its time and a margin for a change of leader, an ended lease must take its keys with "
     "it. A lease that never ends leaves locks that nobody holds.",
     "c1: lease of 5 s granted at 0 s, never kept alive\n"
     "c2: get(x) at 60 s still shows the key",
     "the promises of a lease", "lease, early-lease-end, lease-lives-on"},
    {kAnomaly, "compacted-read",
     "read-below-compaction, false-compacted, false-future, watch-compacted, "
     "watch-below-compaction, watch-false-compacted",
     "a read of an old revision was answered though it was compacted, or refused though it was not",
     "After a compaction at revision 9, states below 9 are gone: a read there must get an error, "
     "and a read at 9 or above must get its answer, as long as the revision exists. Anything else "
     "means that history was thrown away too early, or that an answer was made up. The same holds "
     "for watches that begin at an old revision.",
     "c1: compact(9) ok\n"
     "c2: get(x) of revision 7 = 5",
     "reads of named revisions", "compaction, revision"},
    {kAnomaly, "watch-wrong-event",
     "watch-invented, watch-is-create, watch-previous, watch-previous-value, invented-event",
     "a watch told of a change that never was, or told it wrongly",
     "An event carries what the key holds from its revision on: value, version, revision of its "
     "creation, lease, and, if asked for, what it held before. Here one of these differs from what "
     "the changes made, or no change made that revision at all.",
     "c1: put(x, 1) at revision 8\n"
     "c2: watch(x) from 8: event 8, x = 2",
     "the promises of a watch", "watch, watch-gap, watch-filter"},
    {kAnomaly, "watch-filter", "watch-before-start, watch-start, unasked-event",
     "a watch told of a change that it had not asked for",
     "A watch names its keys, the revision from which it begins and perhaps the kind of change. An "
     "event of another key, an earlier revision or another kind is for somebody else.",
     "c2: watch(x) from 8: event 7", "the promises of a watch", "watch, watch-wrong-event"},
    {kAnomaly, "watch-real-time", "event-from-the-future",
     "a watch told of a change before anybody had asked for it",
     "The event came at a moment at which the operation that made its revision had not been "
     "called. Either the clocks of the recording disagree, or the number was given twice.",
     "c2: watch(x): event 8 at 10 ms\n"
     "c1: put(x, 1) at revision 8, called at 20 ms",
     "the promises of a watch", "watch, future-read, revision-reuse"},
    {kAnomaly, "watch-lags", "watch-catches-up, watch-behind",
     "long after all was quiet, a watch had not been told of a change",
     "Faults had ended, the change was known, and the watch was open for longer than it may need "
     "to catch up. What it was told until then is right; it is only not all.",
     "c1: put(x, 1) at revision 8, at 10 s; no faults from 20 s on\n"
     "c2: watch(x) from 1: nothing by 60 s",
     "the promises of a watch", "watch, watch-gap, left-behind"},
    {kAnomaly, "lease-lives-on", "lease-stays-ended, lease-after-its-end",
     "a lease that was known to have ended was kept alive or used",
     "Once it was revoked, or its keys were seen to vanish, a lease is gone for good: a keep-alive "
     "or a put that names it must be refused.",
     "c1: revoke of lease 7 ok, at 10 ms\n"
     "c2: keep-alive of lease 7 ok, called at 20 ms",
     "the promises of a lease", "lease, late-lease-end, lease-lost"},
    {kAnomaly, "lease-torn", "lease-atomic, torn-lease",
     "the end of a lease took some of its keys and left others",
     "All keys of a lease vanish in one revision. Whoever reads in between, or watches, would see "
     "a part of what belongs together.",
     "x and y hang on lease 7\n"
     "c2: watch: [delete of x at 9], y is still there",
     "the promises of a lease", "lease, torn-transaction, watch-split"},
    {kAnomaly, "lease-lost", "lease-known, lease-never-granted",
     "the store did not know a lease that was alive, or knew one that nobody was granted",
     "A lease exists from its grant to its end. A refusal between two answers that found it alive, "
     "or a key attached to a number that was never handed out, is no state of the store.",
     "c1: keep-alive of lease 7 ok\n"
     "c1: keep-alive of lease 7: not found\n"
     "c1: keep-alive of lease 7 ok",
     "the promises of a lease", "lease, lease-lives-on, early-lease-end"},
    {kAnomaly, "stale-token", "fencing, old-token",
     "a resource took a write with an older token than one that it had taken before",
     "Each holder of a lock gets a greater token, and the resource refuses what comes with a "
     "smaller one than it has seen. So a holder that has not noticed the end of its lease cannot "
     "do harm. Here it could.",
     "c2: write(r, token 34) ok\n"
     "c1: write(r, token 33) ok, called later",
     "mutual exclusion by fencing", "double-acquire, early-lease-end, mutex"},
    {kAnomaly, "divergence", "servers-diverged, cache-diverged, cache-convergence",
     "servers hold different things at one revision, or a copy never came to hold what is true",
     "At one revision there is one state. Two servers that show different contents for it will "
     "never agree again by themselves; neither will a cache that shows another value than the last "
     "change when all is quiet.",
     "n1 at revision 9: x = 1\n"
     "n2 at revision 9: x = 2",
     "eventual, linearizable", "left-behind, split-brain, eventual"},
    {kAnomaly, "left-behind", "not-caught-up",
     "when all was quiet, a server had not reached the newest revision",
     "Faults had ended, nobody wrote any more, and the time to catch up was over. The server holds "
     "a true state, but an old one.",
     "n1 at revision 9, n2 at revision 7    60 s after the last fault", "eventual",
     "divergence, eventual, watch-lags"},
    {kAnomaly, "change-missed", "cache-is-prefix, missed-change",
     "a client saw a later state through a cache, and then an answer without an earlier change",
     "What a cache holds should be all changes up to some revision. The client had already been "
     "shown a revision; the answer about another key lacks a change from before it, so what it was "
     "shown is no state that ever was.",
     "c1: put(x, 1) at revision 8; put(y, 1) at revision 9\n"
     "c2: get(y) = 1 at revision 9, then get(x) = nil",
     "linearizable, sequential, causal", "stale-for-too-long, write-before-read, stale-read"},
    {kAnomaly, "stale-for-too-long", "cache-bounded-staleness",
     "a cache answered with a state older than it may be",
     "A cache may lag, but only so far: a change that had been answered longer ago than the bound, "
     "while the cache was connected, is missing from its answer.",
     "bound 5 s. c1: put(x, 1) ok at 10 s\n"
     "c2: get(x) = nil by the cache, called at 20 s",
     "bounded staleness", "stale-read, change-missed, divergence"},
    {kAnomaly, "revisions-lie", "mvcc-who-lies",
     "the answers are right and the revisions that came with them are not",
     "With the revisions, no order explains the answers; without them, some order does. So the "
     "data is sound, and whoever numbers the changes is at fault.",
     "c1: put(x, 1) ok, at revision 9\n"
     "c2: get(x) = 1, at revision 8",
     "revisions as an order", "revision, revision-backwards, revision-reuse"},
};

}  // namespace

std::span<const GlossaryEntry> revision_anomalies() { return kEntries; }

}  // namespace plumbline::checker
