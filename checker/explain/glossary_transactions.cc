#include "checker/explain/glossary_entries.h"

namespace plumbline::checker {
namespace {

constexpr auto kAnomaly = Subject::kAnomaly;

constexpr GlossaryEntry kEntries[] = {
    {kAnomaly, "G0", "write-cycle, dirty-write, P0, G0-process, G0-realtime",
     "transactions wrote over each other in a circle",
     "T1 wrote over something of T2, and T2 over something of T1. Each came before the other, so "
     "neither can come first. The weakest of all isolation levels forbids it.",
     "x: T1 wrote 1, then T2 wrote 2\n"
     "y: T2 wrote 2, then T1 wrote 1",
     "read-uncommitted, read-committed, snapshot-isolation, serializable",
     "G1c, dependency, process-edge, realtime-edge"},
    {kAnomaly, "G1a", "aborted-read, dirty-read",
     "a transaction read what an aborted transaction wrote",
     "The value belongs to a transaction that definitely failed. It was never there, yet somebody "
     "acted on it.",
     "T1: w(x, 1), aborted\n"
     "T2: r(x) = 1",
     "read-committed, snapshot-isolation, serializable", "G1b, failed-effect, dirty-update"},
    {kAnomaly, "G1b", "intermediate-read",
     "a transaction read a value that its writer replaced before it ended",
     "T1 wrote x twice. Only the last value is what T1 made; whoever saw the first saw the inside "
     "of an unfinished transaction.",
     "T1: w(x, 1), w(x, 2)\n"
     "T2: r(x) = 1",
     "read-committed, snapshot-isolation, serializable", "G1a, G1c, torn-transaction"},
    {kAnomaly, "G1c", "circular-information-flow, circular-information, G1c-process, G1c-realtime",
     "information flowed in a circle: each transaction read from, or wrote over, the one before",
     "T1 saw something of T2, and T2 something of T1, directly or over others. Each must come "
     "after the other.",
     "T1: w(x, 1), r(y) = 2\n"
     "T2: w(y, 2), r(x) = 1",
     "read-committed, snapshot-isolation, serializable",
     "G0, G-single, dependency, process-edge, realtime-edge"},
    {kAnomaly, "G-single", "read-skew, G-single-process, G-single-realtime, G-single-item",
     "a circle of dependencies with exactly one read that missed a later write",
     "T1 read a state without T2's write, so T1 comes before T2; but T1 also saw something that "
     "comes after T2. It looked at two moments at once.",
     "T2: w(x, 2), w(y, 2)\n"
     "T1: r(x) = 1, r(y) = 2    x from before T2, y from after it",
     "snapshot-isolation, repeatable-read, serializable",
     "G-nonadjacent, G2-item, torn-transaction, process-edge, realtime-edge"},
    {kAnomaly, "G-nonadjacent", "G-nonadjacent-process, G-nonadjacent-realtime, G-nonadjacent-item",
     "a circle with several reads that missed later writes, no two of them next to each other",
     "Snapshot isolation allows a circle only where two such reads follow one another. Here they "
     "are kept apart by reads or writes that were seen, so no choice of snapshots explains it.",
     "T1 missed a write of T2, T3 saw T2, T3 missed a write of T4, T1 saw T4",
     "snapshot-isolation, serializable",
     "G-single, G2-item, long-fork, process-edge, realtime-edge"},
    {kAnomaly, "G-monotonic", "G-monotonic-process, G-monotonic-realtime, non-monotonic-view",
     "within one transaction, a later read missed what an earlier read had seen of another",
     "T1 saw one write of T2, and afterwards missed another of T2's writes: it went back while it "
     "ran.",
     "T2: w(x, 2), w(y, 2)\n"
     "T1: r(x) = 2, r(y) = 1    1 was replaced by T2",
     "monotonic-atomic-view, snapshot-isolation, serializable",
     "G-single, torn-transaction, monotonic-atomic-view"},
    {kAnomaly, "G2-item", "anti-dependency-cycle, G2-item-process, G2-item-realtime",
     "a circle of dependencies with at least one read that missed a later write of an item",
     "Each transaction missed what another wrote, so each comes before the other. With two such "
     "reads in a row it is write skew, which snapshot isolation allows and serializability "
     "does not.",
     "T1: r(x) = nil, w(y, 1)\n"
     "T2: r(y) = nil, w(x, 1)",
     "repeatable-read, serializable",
     "write-skew, G2, G-single, dependency, process-edge, realtime-edge"},
    {kAnomaly, "G2", "G2-predicate",
     "as G2-item, where a read was of all items that match a condition",
     "A transaction looked for all rows of a kind; another added one that it missed; and the "
     "circle closes. The missed row is called a phantom.",
     "T1: all of list = [], adds a to the list\n"
     "T2: all of list = [], adds b to the list",
     "serializable", "G2-item, write-skew"},
    {kAnomaly, "write-skew", "A5B",
     "two transactions read the same state and each changed what the other relied on",
     "Each alone is right, both together are wrong: two doctors see that both are on duty, and "
     "each signs off. The usual shape of G2-item.",
     "T1: r(x) = 1, r(y) = 1, w(x, 0)\n"
     "T2: r(x) = 1, r(y) = 1, w(y, 0)",
     "serializable", "G2-item, lost-update, snapshot-isolation"},
    {kAnomaly, "internal", "internal-inconsistency", "a transaction contradicts itself",
     "Within one transaction a read did not see what the same transaction wrote or read just "
     "before. No other transaction is needed to show it.",
     "T1: w(x, 1), r(x) = 2", "all models of transactions", "wrong-answer, snapshot-isolation"},
    {kAnomaly, "dirty-update", "update-of-aborted",
     "a committed change was built on what an aborted transaction wrote",
     "The value of a transaction that definitely failed is part of what a later, successful one "
     "left behind, so the abort did not undo it.",
     "T1: append(x, 1), aborted\n"
     "T2: append(x, 2)\n"
     "T3: r(x) = [1, 2]",
     "read-committed, serializable", "G1a, failed-effect"},
    {kAnomaly, "torn-transaction", "fractured-read, torn-read",
     "a reader saw a part of a transaction and not the rest",
     "All writes of a transaction become visible at once. Somebody saw one of them together with "
     "a state from before another of them.",
     "T1: w(x, 1), w(y, 1)\n"
     "T2: r(x) = 1, r(y) = nil",
     "read-atomic, snapshot-isolation, serializable", "G-single, G1b, watch-split"},
    {kAnomaly, "long-fork", "forked-reads",
     "two readers disagree about which of two writes came first",
     "T3 saw the write to x and not the one to y; T4 saw y and not x. In one order of all "
     "transactions one of the writes is first, and then one of the readers is wrong.",
     "T1: w(x, 1)              T2: w(y, 1)\n"
     "T3: r(x) = 1, r(y) = nil\n"
     "T4: r(x) = nil, r(y) = 1",
     "snapshot-isolation, serializable",
     "G-nonadjacent, parallel-snapshot-isolation, incompatible-order"},
    {kAnomaly, "cyclic-versions", "cyclic-version-order",
     "the versions of one item follow each other in a circle",
     "Transactions that read a value and then wrote another say which came after which. For this "
     "item these statements form a circle, so its values have no order at all.",
     "T1: r(x) = 1, w(x, 2)\n"
     "T2: r(x) = 2, w(x, 1)",
     "read-uncommitted, serializable", "G0, G1c, incompatible-order"},
};

}  // namespace

std::span<const GlossaryEntry> transaction_anomalies() { return kEntries; }

}  // namespace plumbline::checker
