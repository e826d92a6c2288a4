#include "checker/linear/revision_order.h"

#include <algorithm>
#include <tuple>

namespace plumbline::checker {
namespace {

RevisionOrder::Kind kind_of(const Operation& op) {
  switch (effect_of(op)) {
    case Effect::kSome: return RevisionOrder::Kind::kChange;
    case Effect::kMaybe: return RevisionOrder::Kind::kMaybe;
    case Effect::kNone: return RevisionOrder::Kind::kSight;
  }
  return RevisionOrder::Kind::kSight;
}

}  // namespace

RevisionOrder::RevisionOrder(std::span<const Request> requests) : requests_(requests) {
  std::vector<Item> unsorted;
  unsorted.reserve(requests.size());
  for (std::uint32_t i = 0; i < requests.size(); ++i) {
    if (requests[i].outcome != Outcome::kOk) continue;
    const Operation& op = *requests[i].operation;
    if (op.revision) unsorted.push_back({*op.revision, i, kind_of(op)});
  }
  sort(std::move(unsorted));
}

// Into a bucket per revision and kind if that takes less room than the answers themselves.
void RevisionOrder::sort(std::vector<Item> unsorted) {
  const auto before = [](const Item& a, const Item& b) {
    return std::tie(a.revision, a.kind, a.request) < std::tie(b.revision, b.kind, b.request);
  };
  if (unsorted.empty()) return;
  const auto [least, greatest] =
      std::minmax_element(unsorted.begin(), unsorted.end(),
                          [](const Item& a, const Item& b) { return a.revision < b.revision; });
  const std::int64_t base = least->revision;
  const std::uint64_t range =
      static_cast<std::uint64_t>(greatest->revision) - static_cast<std::uint64_t>(base);
  if (range >= unsorted.size()) {
    std::sort(unsorted.begin(), unsorted.end(), before);
    items_ = std::move(unsorted);
    return;
  }
  constexpr std::size_t kKinds = 3;
  const auto bucket = [base](const Item& item) {
    return static_cast<std::size_t>(item.revision - base) * kKinds +
           static_cast<std::size_t>(item.kind);
  };
  std::vector<std::uint32_t> begins((range + 1) * kKinds + 1, 0);
  for (const Item& item : unsorted) ++begins[bucket(item) + 1];
  for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  items_.resize(unsorted.size());
  for (const Item& item : unsorted) items_[begins[bucket(item)]++] = item;
}

std::optional<RevisionOrder::Clash> RevisionOrder::shared() const {
  for (std::size_t i = 1; i < items_.size(); ++i) {
    const Item& last = items_[i - 1];
    const Item& item = items_[i];
    if (item.kind == Kind::kChange && last.kind == Kind::kChange &&
        item.revision == last.revision) {
      return Clash{last.request, item.request};
    }
  }
  return std::nullopt;
}

// From the greatest revision down, with the earliest return of all that is newer: whoever is called
// after that saw less than he had to. No time needs sorting.
bool RevisionOrder::backwards() const {
  std::int64_t newer = kNever;
  for (std::size_t end = items_.size(); end > 0;) {
    std::size_t begin = end;
    std::int64_t here = kNever;
    while (begin > 0 && items_[begin - 1].revision == items_[end - 1].revision) {
      const Item& item = items_[--begin];
      const Request& request = requests_[item.request];
      if (newer < request.invoked_at) return true;
      // Changes come last on the way down, when `here` is complete but for themselves.
      if (item.kind == Kind::kChange && here < request.invoked_at) return true;
      here = std::min(here, request.returned_at);
    }
    newer = std::min(newer, here);
    end = begin;
  }
  return false;
}

std::vector<std::int64_t> RevisionOrder::noted_at(std::span<const std::int64_t> calls) const {
  std::vector<std::int64_t> noted(calls.size(), kNothingNoted);
  std::size_t left = calls.size();
  std::int64_t earliest_return = kNever;
  for (std::size_t i = items_.size(); i-- > 0 && left > 0;) {
    earliest_return = std::min(earliest_return, requests_[items_[i].request].returned_at);
    for (; left > 0 && earliest_return < calls[left - 1]; --left) {
      noted[left - 1] = items_[i].revision;
    }
  }
  return noted;
}

}  // namespace plumbline::checker
