#include "checker/explain/glossary_entries.h"

namespace plumbline::checker {
namespace {

constexpr auto kModel = Subject::kModel;

constexpr GlossaryEntry kEntries[] = {
    {kModel, "linearizable", "linearizability, atomic-consistency, strong-consistency",
     "each operation takes effect at one instant between its call and its return",
     "To its clients the store is one copy that does one thing at a time. What was acknowledged "
     "is seen by everybody who asks afterwards. It is a promise about each key by itself, and if "
     "each key keeps it, all of them together do.",
     "c1: put(x, 7)   0 ms to 10 ms\n"
     "c2: get(x) = 7  20 ms to 30 ms    5 would break it",
     "stale-read, lost-write, lost-update, future-read, non-monotonic-read",
     "sequential, strict-serializable, real-time-order, stale-read"},
    {kModel, "sequential", "sequential-consistency",
     "one order of all operations explains every answer and keeps each client's own order",
     "As linearizable, but the order need not agree with real time: a client may see the past, if "
     "it never goes back from there.",
     "c1: put(x, 7)   0 ms to 10 ms\n"
     "c2: get(x) = 5  20 ms to 30 ms    allowed",
     "missed-own-write, non-monotonic-read, incompatible-order", "linearizable, causal"},
    {kModel, "causal", "causal-consistency, causal+",
     "whoever sees a change also sees everything that led to it",
     "Changes that know of each other are seen in that order everywhere; others may be seen in "
     "any order. It is the sum of the four promises to a session, across sessions.",
     "c1: put(x, 1); c2: get(x) = 1, put(y, 2)\n"
     "c3: get(y) = 2, get(x) = nil    breaks it",
     "missed-own-write, non-monotonic-read, non-monotonic-write, write-before-read",
     "sequential, session, PRAM, writes-follow-reads"},
    {kModel, "session", "session-guarantees",
     "what one client is promised about its own reads and writes",
     "Four promises: to read its own writes, never to go back in what it reads, to have its "
     "writes done in their order, and to have them follow what it read. Also the name under which "
     "a client retries, so that a request is done once.",
     "session 3, sequence 1: append(x, 8), tried twice",
     "missed-own-write, non-monotonic-read, non-monotonic-write, write-before-read",
     "read-your-writes, monotonic-reads, monotonic-writes, writes-follow-reads, at-most-once"},
    {kModel, "read-your-writes", "RYW, read-my-writes", "a client sees its own writes",
     "What a client was told is done, it sees whenever it reads afterwards; or something later.",
     "c1: put(x, 7), then get(x) = 5    breaks it", "missed-own-write",
     "missed-own-write, session, monotonic-reads"},
    {kModel, "monotonic-reads", "MR, monotonic-read", "a client never goes back in what it reads",
     "What a client has seen once it does not lose again, whatever replica it asks.",
     "c1: get(x) = 7, then get(x) = 5    breaks it if 7 replaced 5", "non-monotonic-read",
     "non-monotonic-read, session, read-your-writes"},
    {kModel, "monotonic-writes", "MW, monotonic-write",
     "a client's writes take effect in the order in which it made them",
     "Nobody sees a client's second write without its first, and the second wins over the first.",
     "c1: put(x, 1), put(y, 2); c2: get(y) = 2, get(x) = nil    breaks it", "non-monotonic-write",
     "non-monotonic-write, session, writes-follow-reads"},
    {kModel, "writes-follow-reads", "WFR, session-causality",
     "a client's write comes after what the client had read before",
     "Whoever sees an answer can also see the question that it answers.",
     "c1: get(x) = 1, put(y, 2); c2: get(y) = 2, get(x) = nil    breaks it", "write-before-read",
     "write-before-read, session, causal"},
    {kModel, "PRAM", "FIFO-consistency, pipelined-RAM",
     "each client's writes are seen in their order, and those of others in any",
     "Three of the four promises to a session, without writes-follow-reads: a client sees its own "
     "writes, never goes back, and writes of one client come in their order.",
     "c1: put(x, 1), put(x, 2); c2: get(x) = 2, get(x) = 1    breaks it",
     "missed-own-write, non-monotonic-read, non-monotonic-write", "causal, session"},
    {kModel, "eventual", "eventual-consistency, convergence",
     "once writing stops, all replicas come to show the same",
     "It says nothing about how long that takes, nor about what is seen until then.",
     "c1: put(x, 7), silence, then every get(x) = 7", "", "causal, lost-write"},
    {kModel, "strict-serializable", "strict-serializability, strong-serializable, external",
     "transactions seem to run one after the other, in an order that agrees with real time",
     "Serializable and linearizable in one: a transaction sees everything that was committed "
     "before it began.",
     "T1: w(x, 1)   0 ms to 10 ms\n"
     "T2: r(x) = 1  20 ms to 30 ms    nil would break it",
     "G0, G1a, G1b, G1c, G-single, G2-item and their -realtime variants",
     "serializable, strong-session-serializable, linearizable, realtime-edge"},
    {kModel, "strong-session-serializable", "strong-session-serializability",
     "serializable, in an order that agrees with the order within each client",
     "A client never goes back behind what it has seen or done itself; between clients, real time "
     "says nothing.",
     "c1: T1 w(x, 1), then T2 r(x) = nil    breaks it",
     "G0, G1c, G2-item and their -process variants",
     "serializable, strict-serializable, process-edge"},
    {kModel, "serializable", "serializability",
     "transactions seem to run one after the other, in some order",
     "The order is free: even one in which a transaction sees the distant past is allowed.",
     "T1: r(x) = nil, w(y, 1)\n"
     "T2: r(y) = nil, w(x, 1)    together they break it",
     "G0, G1a, G1b, G1c, G-single, G2-item, G2",
     "strict-serializable, snapshot-isolation, G2-item"},
    {kModel, "snapshot-isolation", "SI",
     "each transaction reads from one moment, and no two change the same thing at the same time",
     "Reads come from a snapshot taken at the beginning; of two transactions that overlap and "
     "write the same item, one fails. Write skew is allowed.",
     "T1: r(x) = 1, r(y) = 1, w(x, 0)\n"
     "T2: r(x) = 1, r(y) = 1, w(y, 0)    allowed",
     "G0, G1a, G1b, G1c, G-single, G-nonadjacent, lost-update",
     "strong-snapshot-isolation, parallel-snapshot-isolation, serializable, write-skew"},
    {kModel, "strong-snapshot-isolation", "strong-SI",
     "snapshot isolation where a snapshot holds everything committed before the transaction began",
     "Adds real time: whoever begins after another has committed sees it.",
     "T1: w(x, 1) commits at 10 ms; T2 begins at 20 ms: r(x) = 1",
     "G-single-realtime, G-nonadjacent-realtime",
     "snapshot-isolation, strong-session-snapshot-isolation, strict-serializable"},
    {kModel, "strong-session-snapshot-isolation", "strong-session-SI",
     "snapshot isolation where a client's snapshots never go back behind its own transactions",
     "Adds the order within each client, and nothing between clients.",
     "c1: T1 w(x, 1), then T2 r(x) = nil    breaks it", "G-single-process, G-nonadjacent-process",
     "snapshot-isolation, strong-snapshot-isolation, process-edge"},
    {kModel, "parallel-snapshot-isolation", "PSI",
     "snapshot isolation whose snapshots need not agree on the order of unrelated transactions",
     "Each replica has an order of its own that respects causes, so a long fork is allowed.",
     "T3: r(x) = 1, r(y) = nil\n"
     "T4: r(x) = nil, r(y) = 1    allowed",
     "G0, G1a, G1b, G1c, lost-update", "snapshot-isolation, long-fork, causal"},
    {kModel, "repeatable-read", "PL-2.99",
     "serializable as far as single items go; conditions over many items may see phantoms",
     "A value that a transaction read does not change until it ends.",
     "T1: r(x) = 1, r(x) = 2    breaks it", "G0, G1a, G1b, G1c, G-single, G2-item",
     "serializable, G2"},
    {kModel, "read-atomic", "RA", "a transaction is seen whole or not at all",
     "Nobody sees one of its writes without the others. Nothing is said about which transactions "
     "are seen.",
     "T1: w(x, 1), w(y, 1); T2: r(x) = 1, r(y) = nil    breaks it", "torn-transaction, G1a, G1b",
     "read-committed, torn-transaction"},
    {kModel, "read-committed", "PL-2",
     "only what was committed is read, and only as it was in the end",
     "Two reads of one transaction may come from different moments.",
     "T1: w(x, 1), aborted; T2: r(x) = 1    breaks it", "G0, G1a, G1b, G1c",
     "read-uncommitted, repeatable-read"},
    {kModel, "read-uncommitted", "PL-1", "the writes of transactions do not mix",
     "All writes of one transaction come before or after those of another. What is read is not "
     "restricted.",
     "x: T1 then T2; y: T2 then T1    breaks it", "G0", "read-committed, G0"},
    {kModel, "cursor-stability", "",
     "read committed, and nobody changes what a transaction is about to change",
     "A transaction that reads an item and then writes it does not write over a change in "
     "between.",
     "T1: r(x) = 1, w(x, 2); T2: r(x) = 1, w(x, 3)    breaks it", "G0, G1a, G1b, G1c, lost-update",
     "read-committed, lost-update"},
    {kModel, "monotonic-atomic-view", "MAV",
     "once a transaction has seen something of another, it sees all of it",
     "Weaker than read-atomic: what was read before that moment may be older.",
     "T1: w(x, 1), w(y, 1); T2: r(x) = 1, r(y) = nil    breaks it",
     "G0, G1a, G1b, G1c, G-monotonic", "read-committed, read-atomic, G-monotonic"},
    {kModel, "consistent-view", "PL-2+", "a transaction sees all or nothing of what came before it",
     "Its reads agree with one order of the transactions that it saw and those they depended on.",
     "T2: w(x, 2), w(y, 2); T1: r(x) = 1, r(y) = 2    breaks it", "G0, G1a, G1b, G1c, G-single",
     "read-committed, snapshot-isolation, G-single"},
    {kModel, "strong-read-committed", "",
     "read committed, in an order of writes that agrees with real time",
     "A write does not go behind one that had been committed before its transaction began.",
     "G0-realtime, G1c-realtime", "G0-realtime, G1c-realtime",
     "read-committed, strong-session-read-committed, realtime-edge"},
    {kModel, "strong-session-read-committed", "",
     "read committed, in an order of writes that agrees with the order within each client",
     "A client's write does not go behind its own earlier ones; others may come in between.",
     "G0-process, G1c-process", "G0-process, G1c-process",
     "read-committed, strong-read-committed, process-edge"},
};

}  // namespace

std::span<const GlossaryEntry> consistency_models() { return kEntries; }

}  // namespace plumbline::checker
