#pragma once

#include <string_view>

namespace plumbline::checker {

// Every topic that a check may put into a report. A test holds each against the glossary, and the
// checks' sources against this list.
inline constexpr std::string_view kReportTopics[] = {
    // Linearizability and the order of revisions.
    "stale-read",
    "lost-update",
    "lost-write",
    "future-read",
    "garbage-read",
    "split-brain",
    "resurrected-value",
    "duplicate-effect",
    "non-monotonic-read",
    "incompatible-order",
    "revision-reuse",
    "revision-gap",
    "revision-backwards",
    "wrong-answer",
    "not-linearizable",
    // Transactions.
    "G0",
    "G0-process",
    "G0-realtime",
    "G1a",
    "G1b",
    "G1c",
    "G1c-process",
    "G1c-realtime",
    "G-single",
    "G-single-process",
    "G-single-realtime",
    "G-nonadjacent",
    "G-nonadjacent-process",
    "G-nonadjacent-realtime",
    "G2-item",
    "G2-item-process",
    "G2-item-realtime",
    "G2",
    "internal",
    "dirty-read",
    "intermediate-read",
    "long-fork",
    "torn-transaction",
    "write-skew",
    "cyclic-versions",
    "dirty-update",
    // Sessions.
    "read-your-writes",
    "monotonic-reads",
    "monotonic-writes",
    "writes-follow-reads",
    "causal",
    // Watches, leases, compaction.
    "watch-gap",
    "watch-duplicate",
    "watch-reorder",
    "watch-split",
    "watch-progress",
    "early-lease-end",
    "late-lease-end",
    "compacted-read",
    // Workloads.
    "wrong-total",
    "negative-balance",
    "lost-element",
    "duplicate-element",
    "stale-element",
    "phantom-element",
    "reordered-element",
    "out-of-bounds",
    "duplicate-id",
    "double-acquire",
    "release-without-acquire",
    "failed-effect",
    // A search that ended without a verdict.
    "budget",
    "malformed-history",
};

}  // namespace plumbline::checker
