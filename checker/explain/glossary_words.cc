#include "checker/explain/glossary_entries.h"

namespace plumbline::checker {
namespace {

constexpr auto kWord = Subject::kWord;

constexpr GlossaryEntry kEntries[] = {
    {kWord, "valid", "passed", "the history keeps what it was held to",
     "An explanation of all answers was found: for linearizability an order, for transactions a "
     "graph without a forbidden circle. It says that this run shows no fault, not that there is "
     "none in the store.",
     "", "", "invalid, unknown, verdict"},
    {kWord, "invalid", "violation", "the history proves a fault",
     "Every possible explanation was excluded. The proof is the witness: few operations that "
     "suffice. Invalid beats unknown and valid: one violation makes the whole verdict invalid.",
     "", "", "witness, valid, unknown"},
    {kWord, "unknown", "undecided, judgeable", "the check ended without an answer",
     "The budget was spent before an order was found or all were excluded, or the model does not "
     "know a function of the history. The report names the operations that were not placed. More "
     "budget may decide it.",
     "plumbline check history.jsonl --budget 200000000", "",
     "budget, indeterminate, valid, unknown-outcome"},
    {kWord, "indeterminate", "", "a run that says too little for a verdict",
     "The word of a whole run, where unknown is that of a check: too few operations succeeded, or "
     "a checker's budget was spent. The exit code is 4.",
     "", "", "unknown, budget"},
    {kWord, "verdict", "", "valid, unknown or invalid, the worst of all checks",
     "Each check reports on its own; together they are invalid if any is, else unknown if any is, "
     "else valid. The verdict depends on the history and the budget in steps, never on the "
     "machine.",
     "", "", "valid, unknown, invalid"},
    {kWord, "malformed-history", "illegal-history, well-formed, not-well-formed, malformed",
     "the recording contradicts itself, so it cannot be judged",
     "An operation returns before its call, a client has two operations open, or calls are not in "
     "order of time. This is a fault of whoever recorded the history, not of the store.",
     "", "", "history, process"},
    {kWord, "never-read", "not-read", "nothing was read, so nothing can be said",
     "The check compares what was done with what is read later, and the history holds no read that "
     "was answered. Let a client read at the end.",
     "", "", "not-drained, unknown, set"},
    {kWord, "not-drained", "undrained",
     "the queue was not emptied at the end, so elements may still be in it",
     "Whether an element is lost can be told only when the rest was taken out. Let a client drain "
     "the queue after the last enqueue.",
     "", "", "never-read, queue, lost-element"},
    {kWord, "no-revisions", "without-revisions",
     "answers carry no revision, so a check that needs them says nothing",
     "The store does not publish them, or the recorder did not write them down.", "", "",
     "revision, revisions, unknown"},
    {kWord, "no-version-order", "", "the history does not tell which value replaced which",
     "Values are not unique, or nobody read between two writes. What depends on their order stays "
     "undecided. Values written once, appends, or revisions tell it.",
     "", "", "list-append, revision, unknown"},
    {kWord, "history", "", "what clients asked, what they were told, and when",
     "Operations with their calls and returns on one clock. It is all that a check looks at: no "
     "log and no state of a node.",
     "", "", "operation, invocation, process"},
    {kWord, "operation", "op", "one request of one client with its answer",
     "It has a call, mostly a return, a function such as put, a key, arguments and results. Its "
     "place in the history is its number, written #4.",
     "#4  c2  put(x, 7)  12.031 s to 12.044 s  ok", "", "invocation, outcome, unknown-outcome"},
    {kWord, "invocation", "call, return", "the moment at which a client asked",
     "An operation takes effect between its invocation and its return. Two operations overlap if "
     "neither returned before the other was invoked; then either may come first.",
     "", "", "operation, real-time-order"},
    {kWord, "outcome", "ok, fail", "what a client knows: ok, fail, or unknown",
     "Ok: answered. Fail: certainly had no effect and never will. Unknown: may have taken effect "
     "or may do so later. A comparison that did not hold is an answer, so its outcome is ok.",
     "", "", "unknown-outcome, failed-effect"},
    {kWord, "unknown-outcome", "info, timeout, crashed-operation",
     "nobody knows whether the operation happened, or will",
     "A timeout tells nothing. The operation may take effect at any time after its call, even "
     "after the end of the history, or never; a check must allow all of it. Figures draw it "
     "hatched and open to the right.",
     "c1: put(x, 7)   0 ms to never\n"
     "c2: get(x) = 5  20 ms, get(x) = 7  900 ms    both fine",
     "", "outcome, operation, failed-effect"},
    {kWord, "process", "client, lane", "one client that does one thing at a time",
     "Written c3. Its operations follow each other. After an operation of unknown outcome it goes "
     "on, while that operation may still take effect.",
     "", "", "operation, session"},
    {kWord, "real-time-order", "real-time, happened-before",
     "what returned before something else was called comes before it",
     "It is the only order that a history shows by itself. Operations that overlap have none.",
     "c1: put(x, 7) returns at 10 ms\n"
     "c2: get(x) called at 20 ms    must see it",
     "", "linearizable, invocation, realtime-edge"},
    {kWord, "witness", "counterexample, core", "few operations that suffice to prove a violation",
     "Whatever the others did, these cannot all be explained. It is as small as could be made: "
     "without any one of them the proof falls apart.",
     "", "", "invalid, argument, sub-history"},
    {kWord, "argument", "proof", "the proof line by line, for a person to follow",
     "Let names the operations; Then draws one conclusion after the other; the last is a "
     "contradiction. Facts about the run, such as faults, are never part of it.",
     "", "", "witness, orders"},
    {kWord, "orders", "all-orders, order-table",
     "every order of the witness that agrees with real time, and what breaks each",
     "With at most six operations all orders can be listed. In each there is a first operation "
     "whose answer is wrong. Orders that begin alike break alike, so one line may stand for many. "
     "Operations of unknown outcome may also be left out.",
     "#0 #1 #2   #2: expected 7, got 5", "", "witness, real-time-order, argument"},
    {kWord, "ruled-out", "still-possible",
     "which promises the violation excludes, and which it leaves open",
     "A stale read excludes linearizable and leaves sequential possible. Possible means only "
     "that this witness does not speak against it.",
     "", "", "linearizable, sequential, serializable"},
    {kWord, "sub-history", "minimised-history",
     "the operations of the witness as a history of their own",
     "It can be saved, sent with a bug report, and judged again by itself.",
     "plumbline check minimal.jsonl", "", "witness, history"},
    {kWord, "zone", "zones, cluster, block", "the time that all operations of one value span",
     "For values written once: the write and the reads of a value lie in a zone, from the least "
     "return to the greatest call. Two zones that must each come before the other are a proof, "
     "found without any search.",
     "", "", "frontier, linearizable, algorithm"},
    {kWord, "frontier", "configurations, search",
     "all states that some order may have reached by now",
     "The search goes through the history return by return and keeps every state that is still "
     "possible, with the open operations that it used. If none is left, there is no order.",
     "", "", "zone, budget, linearizable"},
    {kWord, "algorithm", "", "how a check came to its answer",
     "Replay where revisions tell the order, zones where values are written once, a search of the "
     "frontier otherwise, circles in a graph for transactions. All of them are exact.",
     "", "", "zone, frontier, revisions, dependency"},
    {kWord, "budget", "steps, step-budget", "how many steps a search may take before it gives up",
     "Counted in steps, not in seconds, so that a verdict is the same on every machine. A budget "
     "that is spent gives unknown with the operations that are not decided.",
     "plumbline check history.jsonl --budget 200000000", "", "unknown, frontier"},
    {kWord, "revision", "version-number", "the store's own number of a state",
     "It grows by one with each change. An answer that carries it tells at which state it is true, "
     "which makes exact checks of very long histories cheap.",
     "put(x, 7) ok, at revision 12", "", "revisions, revision-gap, revision-backwards"},
    {kWord, "cas", "compare-and-swap, compare-and-set",
     "replace a value if it is what was expected",
     "True: it was, and is replaced. False: it was not, and nothing changed; some stores also say "
     "what they saw.",
     "cas(x, 5, 7) = true", "", "register, lost-update"},
    {kWord, "watch", "", "a stream of the changes to a range of keys",
     "It begins at a revision and promises every change from there on, once, in order, the changes "
     "of one revision together.",
     "watch(x) from 8: events 8, 9", "",
     "watch-gap, watch-duplicate, watch-reorder, watch-split, watch-wrong-event, watch-filter"},
    {kWord, "lease", "ttl", "a time for which keys are kept, unless it is prolonged",
     "It holds for its time after the grant or the last answered keep-alive, and takes its keys "
     "with it when it ends.",
     "", "", "early-lease-end, late-lease-end, lease-lives-on, lease-torn, lease-lost"},
    {kWord, "compaction", "compact", "throwing away old revisions",
     "Afterwards a read of a revision below the compacted one is an error, and the present state "
     "is what it was.",
     "compact(9)", "", "compacted-read, revision"},
    {kWord, "dependency", "edge, ww, wr, rw, anti-dependency",
     "why one transaction must come before another",
     "ww: the other wrote over it. wr: the other read what it wrote. rw: it read what the other "
     "then wrote over, so it came before. A circle of them is a contradiction.",
     "", "", "G0, G1c, G2-item, process-edge, realtime-edge"},
    {kWord, "process-edge", "-process", "one client did both, one after the other",
     "The ending -process says that the circle closes only because a client's transactions must "
     "keep their order. It excludes models that promise this order, such as "
     "strong-session-serializable, and not plain serializable.",
     "G2-item-process", "", "dependency, realtime-edge, strong-session-serializable"},
    {kWord, "realtime-edge", "-realtime", "one had ended before the other began",
     "The ending -realtime says that the circle closes only because transactions that do not "
     "overlap must keep their order. It excludes models that promise this, such as "
     "strict-serializable, and not plain serializable.",
     "G2-item-realtime", "", "dependency, process-edge, strict-serializable"},
    {kWord, "semantics", "", "what the recording system means by a failure and by nil",
     "For some recorders a failed compare-and-swap is an observation, for others it says nothing; "
     "some read nil where they know nothing. The switch says which, because a wrong guess gives "
     "false alarms.",
     "plumbline check etcd.log --semantics failed-cas-observed", "", "outcome, history, manifest"},
    {kWord, "manifest", "", "a list of histories with the verdicts that are expected",
     "Judged in one go; what differs from the expectation is told.",
     "plumbline check --manifest histories.tsv", "", "verdict, history"},
};

}  // namespace

std::span<const GlossaryEntry> verdict_words() { return kEntries; }

}  // namespace plumbline::checker
