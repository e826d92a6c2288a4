#include "checker/explain/glossary_entries.h"

namespace plumbline::checker {
namespace {

constexpr auto kAnomaly = Subject::kAnomaly;

constexpr GlossaryEntry kEntries[] = {
    {kAnomaly, "stale-read", "stale, old-read",
     "a read answered with a value that another had replaced before the read was called",
     "A write was acknowledged; after that, somebody asked and got the older value. The two do not "
     "overlap, so no order explains it: the read comes after the write and must see it, or "
     "something later. Usual causes: a leader that was deposed and does not know it, a follower "
     "that serves reads from its own copy, a cache.",
     "c1: put(x, 7)   0 ms to 10 ms\n"
     "c2: get(x) = 5  20 ms to 30 ms    7 had replaced 5",
     "linearizable, strict-serializable",
     "linearizable, sequential, non-monotonic-read, read-your-writes"},
    {kAnomaly, "lost-write", "lost-acknowledged-write, write-lost, lost-append, acknowledged-stays",
     "a write was acknowledged and no later read shows that it ever happened",
     "The client was told that its write is done. Afterwards the store answers as if it had never "
     "been asked, and nobody wrote anything that could have replaced it. Usual causes: an answer "
     "before the write was durable on enough nodes, a log cut too far after a change of leader, a "
     "disk that confirms what it has not kept.",
     "c1: put(x, 5)     0 ms to 10 ms\n"
     "c1: put(x, 7)     20 ms to 30 ms   acknowledged\n"
     "c2: get(x) = 5    40 ms to 50 ms   and for ever after",
     "linearizable, sequential", "stale-read, lost-update, resurrected-value, lost-element"},
    {kAnomaly, "lost-update", "P4",
     "two clients changed the same value, both succeeded, and one change is gone",
     "Both read the same state and both replaced it, so the second wrote over the first without "
     "having seen it. With compare-and-swap it shows at once: two swaps from one value succeeded, "
     "although the first of them had taken the value away.",
     "c1: cas(x, 1, 2) = true\n"
     "c2: cas(x, 1, 3) = true    nobody wrote 1 a second time",
     "linearizable, snapshot-isolation, serializable", "lost-write, cas, G-single, write-skew"},
    {kAnomaly, "future-read", "read-from-the-future",
     "a read saw a value before the operation that wrote it was called",
     "The value was written by an operation that began after the read had ended. Nothing can show "
     "what does not exist yet, so either an answer was given to the wrong question or clocks "
     "of the recording disagree.",
     "c1: get(x) = 7   0 ms to 10 ms\n"
     "c2: put(x, 7)    20 ms to 30 ms    the only write of 7",
     "linearizable, sequential, causal", "garbage-read, history"},
    {kAnomaly, "garbage-read",
     "never-written, read-of-a-value-never-written, value-never-written, thin-air-read, "
     "cache-no-invention",
     "a read saw a value that nobody ever wrote",
     "No operation of the history writes the value, not even one whose outcome is unknown. The "
     "store invented it, mixed two values, or gave the answer of another key. It can also mean "
     "that the history is not complete: a writer was not recorded.",
     "c1: put(x, 5)\n"
     "c2: get(x) = 6    no operation writes 6",
     "all models", "future-read, failed-effect, wrong-answer"},
    {kAnomaly, "failed-effect", "failed-write-seen, effect-of-a-failure, failed-leaves-no-trace",
     "the value of an operation that definitely failed was seen",
     "A client was told that its operation had no effect and never will, so it may have tried "
     "something else. Then the value appeared. A store that cannot know must answer that the "
     "outcome is unknown. In transactions this is the aborted read, G1a.",
     "c1: put(x, 7) failed\n"
     "c2: get(x) = 7",
     "linearizable, sequential, causal", "G1a, unknown-outcome, garbage-read"},
    {kAnomaly, "split-brain", "two-leaders, diverged",
     "two parts of the system went on by themselves, and clients saw both",
     "Each side answers as if it were the only one: writes are acknowledged on both, and the "
     "answers of one side contradict those of the other. It shows as two values that cannot be "
     "put into one order.",
     "c1 on side A: put(x, 1), then get(x) = 1\n"
     "c2 on side B: put(x, 2), then get(x) = 2, then c1: get(x) = 1",
     "linearizable, sequential", "incompatible-order, long-fork, stale-read"},
    {kAnomaly, "resurrected-value", "resurrection, zombie-value, reappearing-value",
     "a value that had been replaced or deleted is seen again although nobody wrote it again",
     "A newer state was seen or acknowledged, and afterwards the older one came back. Usual "
     "causes: a delayed message applied late, a retry carried out twice, a replica restored from "
     "an old snapshot.",
     "c1: put(x, 5), put(x, 7)\n"
     "c2: get(x) = 7    40 ms to 50 ms\n"
     "c2: get(x) = 5    60 ms to 70 ms    5 was written once",
     "linearizable, sequential, causal", "stale-read, non-monotonic-read, duplicate-effect"},
    {kAnomaly, "duplicate-effect", "applied-twice, double-apply", "one request took effect twice",
     "A client retried after a lost answer, and both attempts were carried out although the "
     "session says that they are one request. An append shows its token twice; a counter counts "
     "double; a put may silently undo what came between.",
     "c1: append(x, 8), session 3, sequence 1: timed out\n"
     "c1: append(x, 8), session 3, sequence 1: ok\n"
     "c2: get(x) = [8, 8]",
     "at-most-once", "at-most-once, session, resurrected-value"},
    {kAnomaly, "non-monotonic-read", "reads-go-back, cache-monotonic",
     "one read saw a newer state and a later read an older one",
     "Both reads may be true of some replica at some time, but time went backwards between them. "
     "If one client made both, even weak promises are broken.",
     "c1: get(x) = 7   0 ms to 10 ms\n"
     "c1: get(x) = 5   20 ms to 30 ms    5 was replaced by 7",
     "linearizable, sequential if one client made both reads",
     "monotonic-reads, stale-read, resurrected-value"},
    {kAnomaly, "incompatible-order", "disagreeing-orders, order-conflict",
     "two readers saw the same changes in different orders",
     "One list of elements must be the beginning of the other if there is one order of changes. "
     "Where two reads disagree about which element came first, no order of the appends gives "
     "both.",
     "c1: get(x) = [1, 2]\n"
     "c2: get(x) = [2, 1]",
     "linearizable, sequential, serializable, read-uncommitted", "split-brain, long-fork, G0"},
    {kAnomaly, "wrong-answer", "impossible-answer, wrong-comparison, wrong-value",
     "an answer that no state gives",
     "Whatever the state was, the operation cannot have been answered so: a compare-and-swap "
     "that failed and names the expected value as the one it saw, an append that read back "
     "without itself.",
     "c1: cas(x, 5, 7) = false, saw 5", "all models", "garbage-read, internal"},
    {kAnomaly, "not-linearizable", "non-linearizable, no-order, data-wrong",
     "no order of the operations explains all answers",
     "Each operation should take effect at one instant between its call and its return. Every "
     "order that agrees with real time was tried or excluded, and in each some answer is wrong. "
     "The witness is the least set of operations for which this holds.",
     "", "linearizable", "linearizable, witness, stale-read, lost-update"},
    {kAnomaly, "missed-own-write", "missing-own-write, cache-reads-own-writes",
     "a client did not see its own write",
     "After its write was acknowledged, the same client read an older state. Mostly it asked "
     "another replica, which was behind.",
     "c1: put(x, 7)   acknowledged\n"
     "c1: get(x) = 5  by the same client, later",
     "read-your-writes, causal, sequential, linearizable", "read-your-writes, stale-read, session"},
    {kAnomaly, "non-monotonic-write", "writes-out-of-order",
     "writes of one session took effect in another order than they were made",
     "A client wrote first one thing and then another; the store put the second before the first, "
     "or showed the second without the first.",
     "c1: put(x, 1), then put(y, 2)\n"
     "c2: get(y) = 2, then get(x) = nil",
     "monotonic-writes, causal, sequential, linearizable",
     "monotonic-writes, write-before-read, session"},
    {kAnomaly, "write-before-read", "effect-before-cause",
     "a write took effect before what its writer had read",
     "A client read a value and then wrote an answer to it. Somebody saw the answer, but not the "
     "question that came before it.",
     "c1: get(x) = 1, then put(y, 2)\n"
     "c2: get(y) = 2, then get(x) = nil    1 was written before",
     "writes-follow-reads, causal, sequential, linearizable",
     "writes-follow-reads, non-monotonic-write, session"},
};

}  // namespace

std::span<const GlossaryEntry> single_key_anomalies() { return kEntries; }

}  // namespace plumbline::checker
