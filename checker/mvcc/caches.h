#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker::mvcc {

// Caches in front of a store that publishes revisions, for histories of read or get, write or put,
// and delete. A read that a cache answered names it as its server and carries, as its revision,
// that of the value it returned; a change carries the revision it made. Each process has its own
// cache.
struct CacheOptions {
  std::string cache_prefix = "cache";  // Servers whose name begins so are caches.
  // A cache that is connected shows a change at most so long after it was answered, in nanoseconds;
  // negative: not judged. Judged for reads called from `connected_from` on.
  std::int64_t staleness_bound_ns = -1;
  std::int64_t connected_from = 0;
  // From this time on nothing disturbs the store and nothing changes; kNever: not judged.
  std::int64_t quiet_from = kNever;
};

// A value read was written for that key, and by the change of its revision if that was answered.
Report check_cache_no_invention(const History& history, const CacheOptions& options);
// What one process reads of one key never gets older.
Report check_cache_monotonic(const History& history, const CacheOptions& options);
// A process reads nothing older than what it wrote itself.
Report check_cache_reads_own_writes(const History& history, const CacheOptions& options);
// Once a process read of a revision, all it reads reflects the changes up to it.
Report check_cache_is_prefix(const History& history, const CacheOptions& options);
Report check_cache_bounded_staleness(const History& history, const CacheOptions& options);
// When all is quiet and the bound has passed, what is read is the last value.
Report check_cache_convergence(const History& history, const CacheOptions& options);

// All of them; none if no cache answered anything.
std::vector<Report> check_caches(const History& history, const CacheOptions& options);

}  // namespace plumbline::checker::mvcc
