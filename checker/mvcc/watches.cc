#include "checker/mvcc/watches.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "checker/history/text.h"
#include "checker/mvcc/report.h"

namespace plumbline::checker::mvcc {
namespace {

using Found = std::optional<Report>;
using Kind = WatchResponse::Kind;
using Judge = Found (*)(const WatchCase&, const Watch&);

Report over_all(const WatchCase& watches, std::string_view property, Judge judge) {
  for (const Watch& watch : watches.journal.watches()) {
    Found found = judge(watches, watch);
    if (!found) continue;
    found->property = property;
    return std::move(*found);
  }
  return valid(property);
}

// The answered change that made the revision.
std::optional<std::uint32_t> owner(const Journal& journal, std::int64_t revision) {
  const auto at = std::lower_bound(journal.answers().begin(), journal.answers().end(), revision,
                                   [](const Answer& a, std::int64_t r) { return a.revision < r; });
  const bool found = at != journal.answers().end() && at->revision == revision &&
                     at->kind == Answer::Kind::kChange;
  return found ? std::optional(at->index) : std::nullopt;
}

Report blame(const WatchCase& watches, const Watch& watch, std::string_view topic,
             std::int64_t revision, const std::string& what) {
  std::vector<std::uint32_t> witness = {watch.index};
  std::string by;
  if (const auto change = owner(watches.journal, revision)) {
    witness.push_back(*change);
    by = ", made by " + who(watches.journal, *change);
  }
  return finding(watches.journal, "", topic, std::move(witness),
                 who(watches.journal, watch.index) + " " + what + by);
}

std::string event_text(const Event& event) {
  const std::string key = to_text(Value(event.kv.key));
  return (event.is_delete() ? "the delete of " + key : "the put of " + key) + " at " +
         at_revision(event.revision());
}

// Calls visit(event, response) for each event in the order of its arrival, until it finds.
template <typename Visit>
Found for_events(const Watch& watch, const Visit& visit) {
  for (const WatchResponse& response : watch.responses) {
    for (const Event& event : response.events) {
      if (Found found = visit(event, response)) return found;
    }
  }
  return std::nullopt;
}

Found filter(const WatchCase& watches, const Watch& watch) {
  return for_events(watch, [&](const Event& event, const WatchResponse&) -> Found {
    if (watch.wants(event)) return std::nullopt;
    return blame(watches, watch, "watch-filter", event.revision(),
                 "was told of " + event_text(event) + ", which it had not asked for");
  });
}

Found ordered(const WatchCase& watches, const Watch& watch) {
  std::int64_t last = 0;
  return for_events(watch, [&](const Event& event, const WatchResponse&) -> Found {
    if (event.revision() < last) {
      return blame(watches, watch, "watch-reorder", event.revision(),
                   "was told of " + event_text(event) + " after a change of " + at_revision(last));
    }
    last = event.revision();
    return std::nullopt;
  });
}

Found unique(const WatchCase& watches, const Watch& watch) {
  std::set<std::pair<std::int64_t, std::string_view>> told;
  return for_events(watch, [&](const Event& event, const WatchResponse&) -> Found {
    if (told.emplace(event.revision(), event.kv.key).second) return std::nullopt;
    return blame(watches, watch, "watch-duplicate", event.revision(),
                 "was told twice of " + event_text(event));
  });
}

Found atomic(const WatchCase& watches, const Watch& watch) {
  std::int64_t last = 0;
  bool open = false;  // The last response said that more of its revision follow.
  for (const WatchResponse& response : watch.responses) {
    if (response.events.empty()) continue;
    if (response.events.front().revision() == last && !open) {
      return blame(watches, watch, "watch-split", last,
                   "was told of the changes of " + at_revision(last) +
                       " in two responses that are no fragments");
    }
    last = response.events.back().revision();
    open = response.fragment;
  }
  return std::nullopt;
}

Found bookmarkable(const WatchCase& watches, const Watch& watch) {
  std::int64_t progress = 0;
  for (const WatchResponse& response : watch.responses) {
    for (const Event& event : response.events) {
      if (event.revision() > progress) continue;
      return blame(watches, watch, "watch-progress", event.revision(),
                   "was told of " + event_text(event) + " after word that all up to " +
                       at_revision(progress) + " had been told");
    }
    if (response.kind != Kind::kProgress) continue;
    if (response.revision < progress) {
      return blame(watches, watch, "watch-progress", 0,
                   "was told of progress up to " + at_revision(progress) + " and then only up to " +
                       at_revision(response.revision));
    }
    progress = response.revision;
  }
  return std::nullopt;
}

// The last revision of which it was told all, by events or by word of progress.
std::int64_t told_up_to(const Watch& watch) {
  std::int64_t last = 0;
  for (const WatchResponse& response : watch.responses) {
    if (response.kind == Kind::kProgress) last = std::max(last, response.revision);
    if (response.events.empty()) continue;
    last = std::max(last, response.events.back().revision() - (response.fragment ? 1 : 0));
  }
  return last;
}

std::vector<Event> due(const WatchCase& watches, const Watch& watch, std::int64_t last) {
  std::vector<Event> events = watches.model->events(watch.keys, watch.first, last);
  std::erase_if(events, [&](const Event& event) { return !watch.wants(event); });
  return events;
}

Found start(const WatchCase& watches, const Watch& watch) {
  const std::int64_t first = watch.first;
  return for_events(watch, [&](const Event& event, const WatchResponse&) -> Found {
    if (event.revision() >= first) return std::nullopt;
    return blame(
        watches, watch, "watch-before-start", event.revision(),
        "was told of " + event_text(event) + ", although it started at " + at_revision(first));
  });
}

Found resumable(const WatchCase& watches, const Watch& watch) {
  if (watches.model == nullptr || watch.first == 0) return std::nullopt;
  std::optional<Event> first;
  for_events(watch, [&](const Event& event, const WatchResponse&) -> Found {
    if (!first) first = event;
    return std::nullopt;
  });
  if (!first) return std::nullopt;
  const std::vector<Event> all = due(watches, watch, first->revision());
  if (all.empty() || all.front().revision() == first->revision()) return std::nullopt;
  return blame(watches, watch, "watch-gap", all.front().revision(),
               "from " + at_revision(watch.first) + " on began with " + event_text(*first) +
                   " and left out " + event_text(all.front()));
}

Found is_create(const WatchCase& watches, const Watch& watch) {
  return for_events(watch, [&](const Event& event, const WatchResponse&) -> Found {
    if (event.is_delete()) return std::nullopt;
    const bool first = event.kv.version == 1;
    const bool created = event.kv.create_revision == event.kv.mod_revision;
    if (first == created) return std::nullopt;
    return blame(watches, watch, "watch-is-create", event.revision(),
                 "was told of " + event_text(event) + " with version " +
                     std::to_string(event.kv.version) + " and creation at " +
                     at_revision(event.kv.create_revision));
  });
}

bool before(const Event& a, const Event& b) {
  return std::pair(a.revision(), a.kv.key) < std::pair(b.revision(), b.kv.key);
}

// Within one revision the order is no matter.
std::vector<Event> received(const Watch& watch, std::int64_t first, std::int64_t last) {
  std::vector<Event> events;
  for (const WatchResponse& response : watch.responses) {
    for (const Event& event : response.events) {
      const bool counts =
          watch.wants(event) && event.revision() >= first && event.revision() <= last;
      if (counts) events.push_back(event);
    }
  }
  std::sort(events.begin(), events.end(), before);
  return events;
}

Found first_difference(const WatchCase& watches, const Watch& watch, const std::vector<Event>& all,
                       const std::vector<Event>& told) {
  auto want = all.begin();
  for (const Event& event : told) {
    if (want != all.end() && !before(event, *want) && before(*want, event)) {
      // Told again, or left out: what was told before cannot be due again.
      return blame(watches, watch, "watch-gap", want->revision(),
                   "was not told of " + event_text(*want) + ", but of " + event_text(event));
    }
    if (want == all.end() || before(event, *want)) {
      const bool again = want != all.begin() && !before(*(want - 1), event);
      if (again) continue;
      return blame(watches, watch, "watch-invented", event.revision(),
                   "was told of " + event_text(event) + ", which never happened");
    }
    if (want->kv != event.kv && !(want->is_delete() && event.is_delete())) {
      return blame(watches, watch, "watch-wrong-event", event.revision(),
                   "was told that " + at_revision(event.revision()) + " put " + text_of(event.kv) +
                       " instead of " + text_of(want->kv));
    }
    ++want;
  }
  if (want == all.end()) return std::nullopt;
  return blame(watches, watch, "watch-gap", want->revision(),
               "was told of all up to " + at_revision(told_up_to(watch)) + ", but not of " +
                   event_text(*want));
}

Found reliable(const WatchCase& watches, const Watch& watch) {
  const std::int64_t first = watch.first;
  if (watches.model == nullptr || first == 0) return std::nullopt;
  const std::int64_t last = told_up_to(watch);
  return first_difference(watches, watch, due(watches, watch, last), received(watch, first, last));
}

Found previous_by_model(const WatchCase& watches, const Watch& watch) {
  return for_events(watch, [&](const Event& event, const WatchResponse&) -> Found {
    if (!watch.prev_kv) return std::nullopt;
    const auto expected = watches.model->at(event.kv.key, event.revision() - 1);
    if (expected == event.previous) return std::nullopt;
    // What was compacted away is not to be had any more.
    if (!event.previous && !watches.journal.compactions().empty()) return std::nullopt;
    return blame(watches, watch, "watch-previous", event.revision(),
                 "was told with " + event_text(event) + " that the key held " +
                     (event.previous ? text_of(*event.previous) : std::string("nothing")) +
                     " before, instead of " +
                     (expected ? text_of(*expected) : std::string("nothing")));
  });
}

Found previous_by_itself(const WatchCase& watches, const Watch& watch) {
  std::map<std::string_view, const Event*> last;
  return for_events(watch, [&](const Event& event, const WatchResponse&) -> Found {
    const Event*& known = last[event.kv.key];
    const Event* before = std::exchange(known, &event);
    if (before == nullptr || !event.previous || watch.no_puts || watch.no_deletes) {
      return std::nullopt;
    }
    if (before->kv == *event.previous) return std::nullopt;
    return blame(watches, watch, "watch-previous", event.revision(),
                 "was told with " + event_text(event) + " that the key held " +
                     text_of(*event.previous) + " before, but had been told last of " +
                     event_text(*before));
  });
}

Found previous(const WatchCase& watches, const Watch& watch) {
  return watches.model != nullptr ? previous_by_model(watches, watch)
                                  : previous_by_itself(watches, watch);
}

Found real_time(const WatchCase& watches, const Watch& watch) {
  return for_events(watch, [&](const Event& event, const WatchResponse& response) -> Found {
    const auto change = owner(watches.journal, event.revision());
    if (!change) return std::nullopt;
    const std::int64_t called = watches.journal.operation(*change).invoked_at;
    if (response.at >= called) return std::nullopt;
    const TimeText time{response.at, called};
    return blame(watches, watch, "watch-real-time", event.revision(),
                 "was told at " + time(response.at) + " of " + event_text(event) +
                     ", which was called only at " + time(called));
  });
}

Found told_falsely_compacted(const WatchCase& watches, const Watch& watch) {
  for (const WatchResponse& response : watch.responses) {
    if (response.kind != Kind::kCompacted) continue;
    const std::int64_t waiting_for = std::max(watch.first, told_up_to(watch) + 1);
    const auto& all = watches.journal.compactions();
    const bool asked = std::any_of(all.begin(), all.end(), [&](const Compaction& compaction) {
      return compaction.revision == response.revision &&
             watches.journal.operation(compaction.index).invoked_at <= response.at;
    });
    if (asked && waiting_for < response.revision) continue;
    return blame(watches, watch, "watch-false-compacted", 0,
                 "waiting for " + at_revision(waiting_for) + " was told that all below " +
                     at_revision(response.revision) + " is compacted, " +
                     (asked ? "which does not concern it" : "which nobody had asked for"));
  }
  return std::nullopt;
}

Found compacted(const WatchCase& watches, const Watch& watch) {
  if (Found found = told_falsely_compacted(watches, watch)) return found;
  const bool told = std::any_of(watch.responses.begin(), watch.responses.end(), [](const auto& r) {
    return r.kind == Kind::kCompacted || r.kind == Kind::kCanceled;
  });
  if (told || watch.start == 0 || told_up_to(watch) == 0) return std::nullopt;
  const Operation& opened = watches.journal.operation(watch.index);
  for (const Compaction& compaction : watches.journal.compactions()) {
    const bool before = watches.journal.operation(compaction.index).returned_at < opened.invoked_at;
    if (!compaction.certain || !before || compaction.revision <= watch.start) continue;
    Report report = blame(watches, watch, "watch-below-compaction", 0,
                          "started at " + at_revision(watch.start) + " and was served, after " +
                              who(watches.journal, compaction.index) + " had returned");
    report.witness.push_back(compaction.index);
    std::sort(report.witness.begin(), report.witness.end());
    return report;
  }
  return std::nullopt;
}

Found fragments(const WatchCase& watches, const Watch& watch) {
  const WatchResponse* open = nullptr;
  for (const WatchResponse& response : watch.responses) {
    if (response.kind != Kind::kEvents) continue;
    if (response.fragment && !watch.fragment) {
      return blame(watches, watch, "watch-fragment", response.revision,
                   "was answered in fragments, which it had not asked for");
    }
    if (open != nullptr && !open->events.empty() && !response.events.empty() &&
        open->events.back().revision() > response.events.front().revision()) {
      return blame(watches, watch, "watch-fragment", open->events.back().revision(),
                   "was promised more of " + at_revision(open->events.back().revision()) +
                       ", and what followed was older");
    }
    open = response.fragment ? &response : nullptr;
  }
  return std::nullopt;
}

Found catches_up(const WatchCase& watches, const Watch& watch) {
  const MvccOptions& options = watches.options;
  if (watches.model == nullptr || options.quiet_from == kNever) return std::nullopt;
  const std::int64_t ended = watches.journal.operation(watch.index).returned_at;
  const bool closed = std::any_of(
      watch.responses.begin(), watch.responses.end(),
      [](const auto& r) { return r.kind == Kind::kCompacted || r.kind == Kind::kCanceled; });
  if (closed || watch.first == 0 || ended < options.quiet_from) return std::nullopt;
  const std::int64_t told = told_up_to(watch);
  for (const Event& event : due(watches, watch, watches.model->revision())) {
    if (event.revision() <= told) continue;
    const std::int64_t known = watches.journal.known_by(event.revision());
    const std::int64_t from = std::max(known, options.quiet_from);
    if (known == kNever || from > ended - options.catch_up_ns) continue;
    const TimeText time{known, ended};
    return blame(watches, watch, "watch-lags", event.revision(),
                 "had not been told by " + time(ended) + " of " + event_text(event) +
                     ", which was known at " + time(known));
  }
  return std::nullopt;
}

}  // namespace

Report check_watch_filter(const WatchCase& w) { return over_all(w, "watch-filter", filter); }
Report check_watch_ordered(const WatchCase& w) { return over_all(w, "watch-ordered", ordered); }
Report check_watch_unique(const WatchCase& w) { return over_all(w, "watch-unique", unique); }
Report check_watch_atomic(const WatchCase& w) { return over_all(w, "watch-atomic", atomic); }
Report check_watch_bookmarkable(const WatchCase& w) {
  return over_all(w, "watch-bookmarkable", bookmarkable);
}
Report check_watch_resumable(const WatchCase& w) {
  return over_all(w, "watch-resumable", resumable);
}
Report check_watch_is_create(const WatchCase& w) {
  return over_all(w, "watch-is-create", is_create);
}
Report check_watch_reliable(const WatchCase& w) { return over_all(w, "watch-reliable", reliable); }
Report check_watch_previous(const WatchCase& w) {
  return over_all(w, "watch-previous-value", previous);
}
Report check_watch_real_time(const WatchCase& w) {
  return over_all(w, "watch-real-time", real_time);
}
Report check_watch_start(const WatchCase& w) { return over_all(w, "watch-start", start); }
Report check_watch_compacted(const WatchCase& w) {
  return over_all(w, "watch-compacted", compacted);
}
Report check_watch_fragments(const WatchCase& w) {
  return over_all(w, "watch-fragments", fragments);
}
Report check_watch_catches_up(const WatchCase& w) {
  return over_all(w, "watch-catches-up", catches_up);
}

std::vector<Report> check_watches(const WatchCase& watches) {
  constexpr std::array kAll = {
      check_watch_filter,       check_watch_ordered,   check_watch_unique,    check_watch_atomic,
      check_watch_bookmarkable, check_watch_start,     check_watch_resumable, check_watch_is_create,
      check_watch_reliable,     check_watch_previous,  check_watch_real_time, check_watch_compacted,
      check_watch_fragments,    check_watch_catches_up};
  std::vector<Report> reports;
  for (const auto& check : kAll) reports.push_back(check(watches));
  return reports;
}

}  // namespace plumbline::checker::mvcc
