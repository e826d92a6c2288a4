#include "checker/txn/registers.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace plumbline::checker::txn {

RegisterOrders::RegisterOrders(const Compiled& history, Versions& versions, Findings& findings)
    : history_(history),
      versions_(versions),
      findings_(findings),
      cyclic_(history.keys.size(), false) {}

void RegisterOrders::order() {
  order_by_revision();
  find_cycles();
  begin_others_at_nil();
  find_loose_keys();
}

// Whether others may see this element of a register.
bool RegisterOrders::installs(std::uint32_t element) const {
  const Element& info = history_.elements[element];
  const Key& key = history_.keys[info.key];
  return info.last && versions_.happened[info.transaction] && !key.is_list() && !key.is_unclear();
}

// A version that was made without a published revision is still pinned by one that shows it: it
// was the newest at that revision, or just before it if the reader made a change itself.
std::vector<RegisterOrders::Published> RegisterOrders::published() const {
  std::vector<std::int64_t> seen_at(history_.elements.size(), kNever);
  for (const Versions::Read& read : versions_.reads) {
    const Transaction& reader = history_.transactions[read.transaction];
    if (versions_.is_initial(read.version) || !read.replaced_known || !reader.revision) continue;
    const auto steps = history_.steps_of(read.transaction);
    const bool changes =
        std::any_of(steps.begin(), steps.end(), [](const Step& step) { return !step.reads(); });
    std::int64_t& at = seen_at[versions_.element_of(read.version)];
    at = std::min(at, *reader.revision - (changes ? 1 : 0));
  }
  std::vector<Published> all;
  for (std::uint32_t element = 0; element < history_.elements.size(); ++element) {
    if (!installs(element)) continue;
    const Element& info = history_.elements[element];
    const OptionalInt made = history_.transactions[info.transaction].revision;
    if (made) {
      all.push_back({info.key, *made, false, element});
    } else if (seen_at[element] != kNever) {
      all.push_back({info.key, seen_at[element], true, element});
    }
  }
  return all;
}

void RegisterOrders::order_by_revision() {
  std::vector<Published> all = published();
  std::sort(all.begin(), all.end(), [](const Published& a, const Published& b) {
    return std::tie(a.key, a.revision, a.seen, a.element) <
           std::tie(b.key, b.revision, b.seen, b.element);
  });
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin + 1;
    bool clear = true;
    for (; end < all.size() && all[end].key == all[begin].key; ++end) {
      if (all[end].same_place(all[end - 1])) clear = false;
    }
    std::uint32_t before = all[begin].key;
    for (std::size_t i = begin; clear && i < end; ++i) {
      const std::uint32_t version = versions_.version_of(all[i].element);
      versions_.before[version] = std::exchange(before, version);
    }
    begin = end;
  }
}

void RegisterOrders::find_cycles() {
  std::vector<std::uint32_t> visit(versions_.before.size(), 0);
  std::uint32_t round = 0;
  for (std::uint32_t element = 0; element < history_.elements.size(); ++element) {
    if (!installs(element)) continue;
    ++round;
    std::uint32_t version = versions_.version_of(element);
    while (version != kNone && visit[version] == 0) {
      visit[version] = round;
      version = versions_.before[version];
    }
    if (version != kNone && visit[version] == round) report_cycle(version);
  }
  for (std::uint32_t element = 0; element < history_.elements.size(); ++element) {
    if (!cyclic_[history_.elements[element].key]) continue;
    versions_.before[versions_.version_of(element)] = kNone;
  }
}

void RegisterOrders::report_cycle(std::uint32_t version) {
  Finding finding{Anomaly::kCyclicVersions};
  std::uint32_t at = version;
  do {
    const Element& info = history_.elements[versions_.element_of(at)];
    finding.transactions.push_back(info.transaction);
    finding.key = info.key;
    finding.value = info.value;
    at = versions_.before[at];
  } while (at != version);
  const std::uint32_t next = versions_.before[version];
  finding.other = finding.value;
  finding.value = history_.elements[versions_.element_of(version)].value;
  if (next == version) finding.other = finding.value;
  cyclic_[finding.key] = true;
  findings_.add(std::move(finding));
}

// Of a version that nobody read before replacing, only that nil came first is known.
void RegisterOrders::begin_others_at_nil() {
  for (std::uint32_t element = 0; element < history_.elements.size(); ++element) {
    const std::uint32_t key = history_.elements[element].key;
    std::uint32_t& before = versions_.before[versions_.version_of(element)];
    if (before == kNone && installs(element) && !cyclic_[key]) before = key;
  }
}

void RegisterOrders::find_loose_keys() {
  std::vector<bool> replaced(versions_.before.size(), false);
  std::vector<bool> loose(history_.keys.size(), false);
  for (std::uint32_t element = 0; element < history_.elements.size(); ++element) {
    if (!installs(element)) continue;
    const std::uint32_t before = versions_.before[versions_.version_of(element)];
    if (before == kNone) continue;
    if (replaced[before]) loose[history_.elements[element].key] = true;
    replaced[before] = true;
  }
  for (std::uint32_t key = 0; key < loose.size(); ++key) {
    if (loose[key]) versions_.loose_keys.push_back(key);
  }
}

}  // namespace plumbline::checker::txn
