#include "checker/txn/list_orders.h"

namespace plumbline::checker::txn {

ListOrders::ListOrders(const Compiled& history, Versions& versions, Findings& findings)
    : history_(history), versions_(versions), findings_(findings), orders_(history.keys.size()) {
  versions_.place.assign(history.elements.size(), kNone);
  versions_.list_begin.reserve(history.keys.size());
  std::size_t begin = 0;
  for (const Key& key : history.keys) {
    versions_.list_begin.push_back(begin);
    if (key.is_list()) begin += 1 + (key.longest != nullptr ? key.longest->size() : 0);
  }
  versions_.list_versions.assign(begin, kNone);
  for (std::uint32_t key = 0; key < history.keys.size(); ++key) {
    if (history.keys[key].is_list() && !history.keys[key].is_unclear()) place(key);
  }
}

void ListOrders::place(std::uint32_t key) {
  ListOrder& order = orders_[key];
  std::uint32_t* const versions = versions_.list_versions.data() + versions_.list_begin[key];
  versions[0] = key;
  dirty_ = kNone;
  if (history_.keys[key].longest == nullptr) return;
  for (const Value& value : *history_.keys[key].longest) {
    const std::uint32_t at = order.known;
    const std::uint32_t element = history_.element_of(key, value);
    versions[at + 1] = versions[at];
    if (element == kNone) {
      if (order.first_garbage == kNone) order.first_garbage = at;
    } else if (!place_element(key, at, element)) {
      order.broken = true;
      return;
    }
    ++order.known;
  }
}

// False if the element has a place already.
bool ListOrders::place_element(std::uint32_t key, std::uint32_t at, std::uint32_t element) {
  const Element& info = history_.elements[element];
  if (versions_.place[element] != kNone) {
    const std::uint32_t reader = history_.keys[key].longest_reader;
    findings_.add({Anomaly::kDuplicateElements,
                   Detail::kPlain,
                   {},
                   {reader, info.transaction},
                   key,
                   info.value});
    return false;
  }
  versions_.place[element] = at;
  if (history_.transactions[info.transaction].outcome == Outcome::kFail) {
    if (orders_[key].first_failed == kNone) orders_[key].first_failed = at;
    dirty_ = element;
    return true;
  }
  if (dirty_ != kNone) {
    const Element& below = history_.elements[dirty_];
    findings_.add({Anomaly::kDirtyUpdate,
                   Detail::kPlain,
                   {},
                   {info.transaction, below.transaction, history_.keys[key].longest_reader},
                   key,
                   below.value,
                   info.value});
    dirty_ = kNone;
  }
  std::uint32_t* const versions = versions_.list_versions.data() + versions_.list_begin[key];
  versions_.happened[info.transaction] = true;
  versions_.before[versions_.version_of(element)] = versions[at];
  versions[at + 1] = versions_.version_of(element);
  return true;
}

void ListOrders::add_unread() {
  for (std::uint32_t element = 0; element < history_.elements.size(); ++element) {
    const Element& info = history_.elements[element];
    const Key& key = history_.keys[info.key];
    if (!key.is_list() || key.is_unclear() || orders_[info.key].broken) continue;
    if (versions_.place[element] != kNone || !versions_.happened[info.transaction]) continue;
    versions_.before[versions_.version_of(element)] =
        versions_.list_versions[versions_.list_begin[info.key] + orders_[info.key].known];
  }
}

}  // namespace plumbline::checker::txn
