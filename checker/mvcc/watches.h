#pragma once

#include <vector>

#include "checker/mvcc/journal.h"
#include "checker/mvcc/model.h"
#include "checker/mvcc/options.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::mvcc {

// What the guarantees of watches are judged by. Without a model, because the replay failed, each
// function says what the responses of a watch alone can show.
struct WatchCase {
  const Journal& journal;
  const MvccModel* model = nullptr;  // The store after the last revision known, with its past.
  const MvccOptions& options;
};

// One function for each guarantee, by the name that etcd gives it where it has one.

// Events are of keys and kinds that were asked for.
Report check_watch_filter(const WatchCase& watches);
// The revisions of events never go back.
Report check_watch_ordered(const WatchCase& watches);
// No change is told twice.
Report check_watch_unique(const WatchCase& watches);
// The changes of one revision come in one response, or in fragments that say so.
Report check_watch_atomic(const WatchCase& watches);
// After word of progress up to a revision no event comes of that revision or below, and progress
// itself does not go back.
Report check_watch_bookmarkable(const WatchCase& watches);
// The first event is the first change that matches from the revision asked for on.
Report check_watch_resumable(const WatchCase& watches);
// A change that makes a key has version 1, and no other has.
Report check_watch_is_create(const WatchCase& watches);
// From the start to the last revision told, the events are all changes that match and no others.
Report check_watch_reliable(const WatchCase& watches);
// The previous value is what the key held before.
Report check_watch_previous(const WatchCase& watches);
// No event arrives before its change was called.
Report check_watch_real_time(const WatchCase& watches);
// Nothing is told of a revision before the one asked for, which may lie in the future.
Report check_watch_start(const WatchCase& watches);
// A watch from a revision that was compacted away is told so, and no other is.
Report check_watch_compacted(const WatchCase& watches);
// Fragments only where they were asked for, and each is followed by the rest of its revision.
Report check_watch_fragments(const WatchCase& watches);
// A watch that outlasts the time from which nothing disturbs the store is told everything.
Report check_watch_catches_up(const WatchCase& watches);

std::vector<Report> check_watches(const WatchCase& watches);

}  // namespace plumbline::checker::mvcc
