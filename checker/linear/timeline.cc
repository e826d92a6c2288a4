#include "checker/linear/timeline.h"

#include <algorithm>
#include <tuple>

namespace plumbline::checker {

// At one instant calls come before returns: operations that touch in time count as concurrent.
std::vector<Timeline::Event> Timeline::events_of(const std::vector<Entry>& entries) {
  std::vector<Event> events;
  events.reserve(2 * entries.size());
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    if (entries[i].dropped) continue;
    events.push_back({entries[i].invoked_at, false, i});
    if (entries[i].returned_at != kNever) events.push_back({entries[i].returned_at, true, i});
  }
  std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return std::tie(a.at, a.is_return, a.entry) < std::tie(b.at, b.is_return, b.entry);
  });
  return events;
}

Timeline::Timeline(const std::vector<Entry>& entries) {
  const std::vector<Event> events = events_of(entries);
  return_rank_.assign(entries.size(), 0);
  slots_.assign(entries.size(), 0);
  for (const Event& event : events) {
    if (!event.is_return) continue;
    return_rank_[event.entry] = positions();
    returns_.push_back(event.entry);
  }
  std::vector<std::uint32_t> open_now;
  open_begin_.push_back(0);
  for (const Event& event : events) {
    const Entry& entry = entries[event.entry];
    if (event.is_return) {
      open_.insert(open_.end(), open_now.begin(), open_now.end());
      open_begin_.push_back(open_.size());
      close(event.entry, open_now);
    } else if (entry.returned_at != kNever) {
      open(event.entry, open_now);
    } else {
      add_optional(entry.action, event.entry);
    }
  }
}

void Timeline::add_optional(const Action& action, std::uint32_t entry) {
  auto group = std::find_if(groups_.begin(), groups_.end(),
                            [&](const Group& known) { return known.action == action; });
  if (group == groups_.end()) group = groups_.insert(groups_.end(), Group{action, {}, entry});
  const auto passed = static_cast<std::uint32_t>(open_begin_.size() - 1);
  group->available_from.push_back(passed);
}

void Timeline::open(std::uint32_t entry, std::vector<std::uint32_t>& open_now) {
  const auto later = [&](std::uint32_t a, std::uint32_t b) {
    return return_rank_[a] < return_rank_[b];
  };
  open_now.insert(std::upper_bound(open_now.begin(), open_now.end(), entry, later), entry);
  const auto free = std::find(slot_taken_.begin(), slot_taken_.end(), false);
  slots_[entry] = static_cast<std::uint32_t>(free - slot_taken_.begin());
  if (free == slot_taken_.end()) {
    slot_taken_.push_back(true);
    ++slots_used_;
  } else {
    *free = true;
  }
}

void Timeline::close(std::uint32_t entry, std::vector<std::uint32_t>& open_now) {
  open_now.erase(std::find(open_now.begin(), open_now.end(), entry));
  slot_taken_[slots_[entry]] = false;
}

}  // namespace plumbline::checker
