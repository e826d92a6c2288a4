#include "checker/explain/glossary_entries.h"

namespace plumbline::checker {
namespace {

constexpr auto kAnomaly = Subject::kAnomaly;
constexpr auto kChecker = Subject::kChecker;

constexpr GlossaryEntry kAnomalies[] = {
    {kAnomaly, "wrong-total", "total-changed",
     "a read of all accounts does not add up to what there was",
     "Transfers move money and neither make nor lose any. A read whose balances add up to "
     "something else saw half of a transfer, or a transfer took effect on one side only.",
     "100 in all: transfer(a, b, 10)\n"
     "c2: read = a 40, b 50    10 are missing",
     "snapshot-isolation, serializable", "bank, torn-transaction, negative-balance"},
    {kAnomaly, "negative-balance", "overdraft",
     "an account went below zero though no transfer may take more than there is",
     "Two transfers looked at the same balance and both took from it.",
     "a has 10: transfer(a, b, 10) ok, transfer(a, c, 10) ok\n"
     "c3: read = a -10",
     "serializable", "bank, write-skew, wrong-total"},
    {kAnomaly, "wrong-account", "nil-balance, unknown-account",
     "a read of all accounts shows one that is none, one twice, or one without a balance",
     "The set of accounts never changes, and each has a number. A read that shows anything else is "
     "no state of the bank.",
     "accounts a, b\n"
     "c2: read = a 50, b 50, a 50",
     "snapshot-isolation, serializable", "bank, wrong-total, torn-transaction"},
    {kAnomaly, "lost-element", "missing-element",
     "an element whose addition was acknowledged is not there",
     "The client was told that the element is in. A read called after that does not have it, and "
     "nobody removed it.",
     "c1: add(s, 7) ok\n"
     "c2: read(s) = [1, 2]   called later",
     "linearizable", "set, set-full, queue, lost-write"},
    {kAnomaly, "duplicate-element", "duplicate, duplicate-elements, repeated-element",
     "an element is there twice, or was handed out twice",
     "It was put in once. A queue gave it to two consumers, or a set shows it twice: an "
     "acknowledgement was lost and the work done again.",
     "c1: enqueue(q, 7)\n"
     "c2: dequeue(q) = 7, c3: dequeue(q) = 7",
     "linearizable", "queue, set, duplicate-effect"},
    {kAnomaly, "stale-element", "late-element",
     "an element was missing from a read after its addition, and appeared later",
     "The addition was acknowledged, a read called afterwards did not show it, and a still later "
     "read did. It was not lost, only late: the first read was stale.",
     "c1: add(s, 7) ok, at 10 ms\n"
     "c2: read(s) = [], at 20 ms\n"
     "c2: read(s) = [7], at 90 ms",
     "linearizable", "set-full, stale-read, lost-element"},
    {kAnomaly, "phantom-element", "unexpected-element, never-added",
     "an element is there that nobody added",
     "No operation of the history adds it, not even one of unknown outcome.",
     "c1: add(s, 7)\n"
     "c2: read(s) = [7, 8]",
     "all models", "set, queue, garbage-read"},
    {kAnomaly, "reordered-element", "out-of-order, fifo-violation",
     "elements came out of a queue in another order than they went in",
     "One enqueue had returned before the other was called, so their order is fixed; they were "
     "taken out the other way round, one after the other.",
     "c1: enqueue(q, 1), then enqueue(q, 2)\n"
     "c2: dequeue(q) = 2, then dequeue(q) = 1",
     "linearizable", "queue, incompatible-order"},
    {kAnomaly, "out-of-bounds", "impossible-total",
     "a counter showed a number that no choice of additions gives",
     "A read lies at least at the sum of what was acknowledged before it was called, and at most "
     "at the sum of what was called before it returned. This one lies outside.",
     "c1: add(n, 1) ok, add(n, 1) ok\n"
     "c2: read(n) = 1    at least 2",
     "linearizable", "counter, lost-write, duplicate-effect"},
    {kAnomaly, "duplicate-id", "id-handed-out-twice", "one id was given to two callers",
     "A generator of unique ids gave the same one twice. Whoever uses ids as keys writes over "
     "somebody else's data.",
     "c1: generate = 42\n"
     "c2: generate = 42",
     "uniqueness", "unique-ids"},
    {kAnomaly, "double-acquire", "two-holders, mutual-exclusion, belief-of-exclusion",
     "two clients held one lock at the same time",
     "Both were told that they have it, and the first had not begun to release it. A lock that "
     "rests on a lease breaks so when the lease ends early or a holder does not notice its end.",
     "c1: acquire(l) ok at 10 ms\n"
     "c2: acquire(l) ok at 20 ms    c1 has not released it",
     "linearizable", "mutex, early-lease-end"},
    {kAnomaly, "release-without-acquire", "release-by-another",
     "a lock was released by a client that did not hold it",
     "The release was acknowledged although the client did not hold the lock at any time between "
     "its call and its return.",
     "c1: acquire(l) ok\n"
     "c2: release(l) ok",
     "linearizable", "mutex, double-acquire"},
};

constexpr GlossaryEntry kCheckers[] = {
    {kChecker, "register", "cas-register, read-write-register, multi-register",
     "one value per key that is read, written, and compared and swapped",
     "The state of a key is one value, nil at first. A read shows it, a write replaces it, a "
     "compare-and-swap replaces it if it is what was expected. Judged key by key.",
     "write(x, 5), cas(x, 5, 7) = true, read(x) = 7", "", "cas, linearizable, kv-append"},
    {kChecker, "kv-append", "key-value, append", "a value per key to which tokens can be appended",
     "A put makes the value one token, an append adds one to its end, a delete makes it nil. A "
     "read of the whole sequence tells everything that happened to the key before it.",
     "put(x, 1), append(x, 2), get(x) = [1, 2]", "", "register, list-append, duplicate-effect"},
    {kChecker, "bank", "bank-accounts", "accounts between which money is moved",
     "The sum over all accounts never changes, and, unless the history says otherwise, no "
     "account goes below zero.",
     "transfer(a, b, 10), read = a 40, b 60", "wrong-total, negative-balance",
     "wrong-total, negative-balance, snapshot-isolation"},
    {kChecker, "set", "grow-only-set", "elements are added; a last read must show them",
     "Every element whose addition was acknowledged is in the last read, and nothing is in it "
     "that nobody tried to add. Elements of unknown additions may be there or not.",
     "add(s, 1), add(s, 2), read(s) = [1, 2]", "lost-element, phantom-element",
     "set-full, lost-element, phantom-element"},
    {kChecker, "set-full", "full-set", "as set, with every read judged, not only the last",
     "For each element: from when on is it known to be there, and does each later read show it? "
     "Tells elements that were lost from those that were only late.",
     "add(s, 7) ok, read(s) = [], read(s) = [7]    7 was late",
     "lost-element, stale-element, duplicate-element", "set, stale-element, lost-element"},
    {kChecker, "queue", "unordered-queue, fifo, fifo-queue, total-queue",
     "elements go in and come out once, in their order where it is fixed",
     "What is taken out was put in, nothing comes out twice, nothing that was acknowledged is "
     "lost once the queue was drained, and of two elements put in one after the other the first "
     "comes out first.",
     "enqueue(q, 1), dequeue(q) = 1, dequeue(q) = nil",
     "lost-element, duplicate-element, reordered-element",
     "lost-element, duplicate-element, reordered-element"},
    {kChecker, "counter", "pn-counter, counter-bounds", "a number that is added to",
     "A read lies between the least and the greatest sum that the additions before and around it "
     "allow.",
     "add(n, 2) ok, read(n) = 2", "out-of-bounds", "out-of-bounds, duplicate-effect"},
    {kChecker, "unique-ids", "ids, unique-id", "no id is handed out twice",
     "Every answer of a generator differs from every other. Nothing is asked of their order.",
     "generate = 41, generate = 42", "duplicate-id", "duplicate-id"},
    {kChecker, "mutex", "owned-mutex, lock", "at most one client holds it",
     "A lock that was granted is held from somewhere between the call and the return of acquire "
     "until somewhere between the call and the return of release.",
     "c1: acquire(l), release(l); c2: acquire(l)", "double-acquire, release-without-acquire",
     "double-acquire, lease"},
    {kChecker, "list-append", "append-transactions",
     "transactions that append to lists and read them whole",
     "The longest read of a list tells the order of all appends to it, so almost every dependency "
     "between transactions is known, and a circle among them is a proof.",
     "T1: append(x, 1), r(x) = [1]\n"
     "T2: append(x, 2), r(x) = [1, 2]",
     "", "rw-register, dependency, G0, G1c, G-single, G2-item"},
    {kChecker, "rw-register", "read-write-transactions",
     "transactions that read and write single values",
     "Values are written once, so it is known who wrote what was read. The order of versions is "
     "known only in part: from transactions that read before they write, from sessions and from "
     "real time. What stays open is said to be undecided.",
     "T1: r(x) = 1, w(x, 2)", "", "list-append, dependency, unknown"},
    {kChecker, "revisions", "replay-by-revision, monotonic-revisions, revision-order",
     "whether published revisions can be the order of changes",
     "A store that numbers its changes has told the order of everything. The check replays the "
     "changes by their numbers and holds each answer against the state at its own, and numbers "
     "against real time.",
     "put(x, 1) at revision 8, get(x) = 1 at revision 8",
     "revision-reuse, revision-gap, revision-backwards", "revision, mvcc, linearizable"},
    {kChecker, "mvcc", "mvcc-replay, mvcc-revisions, mvcc-compaction, multi-version, etcd",
     "a store that keeps old revisions: transactions, watches, leases, compaction",
     "Everything is judged by one replay in the order of revisions: answers of reads and of "
     "transactions, events of watches, ends of leases, errors of compacted reads.",
     "txn at revision 8, watch from 8, compact(8)", "", "revisions, watch, lease, compaction"},
    {kChecker, "at-most-once", "exactly-once, retries-answer-alike",
     "each request takes effect at most once, however often it is retried",
     "Attempts with one session and sequence are one request. The check looks for tokens that "
     "show twice, tokens of requests that failed for certain, and acknowledged ones that vanish.",
     "append(x, 8) timed out, append(x, 8) again: get(x) = [8]",
     "duplicate-effect, failed-effect, lost-write", "duplicate-effect, session, failed-effect"},
};

}  // namespace

std::span<const GlossaryEntry> workload_anomalies() { return kAnomalies; }
std::span<const GlossaryEntry> checker_names() { return kCheckers; }

}  // namespace plumbline::checker
