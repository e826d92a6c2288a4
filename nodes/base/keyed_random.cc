#include "nodes/base/keyed_random.h"

#include <algorithm>
#include <charconv>

#include "nodes/base/hash.h"

namespace plumbline {
namespace {

std::uint64_t key_hash(std::string_view purpose, std::string_view subject,
                       const std::uint64_t* parts, int count) {
  std::uint64_t hash = combine(hash_name(purpose), hash_name(subject));
  for (int i = 0; i < count; ++i) hash = combine(hash, parts[i]);
  return combine(hash, static_cast<std::uint64_t>(count));
}

// The high half of a 64 x 64 bit product: maps bits to [0, bound) without a division or a bias that
// matters.
std::uint64_t scale(std::uint64_t bits, std::uint64_t bound) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(bits) * bound) >> 64);
}

}  // namespace

std::uint64_t Key::hash() const { return key_hash(purpose_, subject_, parts_.data(), count_); }

std::string Key::text() const {
  std::string text(purpose_);
  if (!subject_.empty()) text.append("(").append(subject_).append(")");
  for (int i = 0; i < count_; ++i) text.append("/").append(std::to_string(parts_[i]));
  return text;
}

Result<std::uint64_t> Key::parse_hash(std::string_view text) {
  const auto malformed = [&] {
    return Error{Errc::kInvalid,
                 "key '" + std::string(text) + "' is not written purpose(subject)/number/number"};
  };
  std::string_view rest = text;
  const std::string_view purpose = rest.substr(0, rest.find_first_of("(/"));
  if (purpose.empty()) return malformed();
  rest.remove_prefix(purpose.size());
  std::string_view subject;
  if (rest.starts_with('(')) {
    const std::size_t close = rest.find(')');
    if (close == std::string_view::npos) return malformed();
    subject = rest.substr(1, close - 1);
    rest.remove_prefix(close + 1);
  }
  std::uint64_t parts[kPartsMax];
  int count = 0;
  while (!rest.empty()) {
    if (rest[0] != '/' || count == kPartsMax) return malformed();
    const char* end = rest.data() + rest.size();
    const auto [stop, error] = std::from_chars(rest.data() + 1, end, parts[count]);
    if (error != std::errc()) return malformed();
    ++count;
    rest = std::string_view(stop, static_cast<std::size_t>(end - stop));
  }
  return key_hash(purpose, subject, parts, count);
}

Status KeyedRandom::set_overrides(const std::vector<Override>& overrides) {
  std::vector<Replaced> replaced;
  for (const Override& item : overrides) {
    const auto hash = Key::parse_hash(item.key);
    if (!hash) return hash.error();
    replaced.push_back({*hash, item.value, item.key, false});
  }
  std::sort(replaced.begin(), replaced.end(),
            [](const Replaced& a, const Replaced& b) { return a.hash < b.hash; });
  overrides_ = std::move(replaced);
  return {};
}

std::uint64_t KeyedRandom::raw(const Key& key) const { return mix(combine(seed_, key.hash())); }

std::uint64_t KeyedRandom::bits(const Key& key) {
  const auto replaced = decide(key);
  return replaced ? *replaced : raw(key);
}

std::uint64_t KeyedRandom::below(const Key& key, std::uint64_t bound) {
  PLUMB_ASSERT(bound > 0);
  const auto replaced = decide(key);
  return replaced ? std::min(*replaced, bound - 1) : scale(raw(key), bound);
}

std::uint64_t KeyedRandom::between(const Key& key, std::uint64_t low, std::uint64_t high) {
  PLUMB_ASSERT(low <= high);
  const auto replaced = decide(key);
  if (replaced) return std::clamp(*replaced, low, high);
  const std::uint64_t width = high - low + 1;  // 0 stands for all numbers
  return low + (width == 0 ? raw(key) : scale(raw(key), width));
}

Duration KeyedRandom::between(const Key& key, Duration low, Duration high) {
  PLUMB_ASSERT(low <= high);
  if (const auto replaced = decide(key)) {
    return {std::clamp(static_cast<std::int64_t>(*replaced), low.ns, high.ns)};
  }
  const auto width = static_cast<std::uint64_t>(high.ns) - static_cast<std::uint64_t>(low.ns) + 1;
  return {low.ns + static_cast<std::int64_t>(scale(raw(key), width))};
}

bool KeyedRandom::chance(const Key& key, std::uint64_t per_million) {
  if (per_million == 0 && overrides_.empty()) return false;  // a feature that is off draws nothing
  const auto replaced = decide(key);
  return replaced ? *replaced != 0 : scale(raw(key), 1'000'000) < per_million;
}

std::optional<std::uint64_t> KeyedRandom::decide(const Key& key) {
  const std::uint64_t hash = key.hash();
  note_drawn(key, hash);
  const auto found = std::lower_bound(
      overrides_.begin(), overrides_.end(), hash,
      [](const Replaced& item, std::uint64_t wanted) { return item.hash < wanted; });
  if (found == overrides_.end() || found->hash != hash) return std::nullopt;
  found->used = true;
  return found->value;
}

void KeyedRandom::note_drawn(const Key& key, std::uint64_t hash) {
  if (drawn_count_ * 2 >= drawn_.size()) rehash();
  const bool fresh = insert(hash == 0 ? 1 : hash);
  PLUMB_ASSERT(fresh, "key drawn twice: " + key.text());
  ++drawn_count_;
}

bool KeyedRandom::insert(std::uint64_t hash) {
  const std::size_t mask = drawn_.size() - 1;
  std::size_t slot = hash & mask;
  while (drawn_[slot] != 0) {
    if (drawn_[slot] == hash) return false;
    slot = (slot + 1) & mask;
  }
  drawn_[slot] = hash;
  return true;
}

void KeyedRandom::rehash() {
  std::vector<std::uint64_t> old = std::move(drawn_);
  drawn_.assign(std::max<std::size_t>(1024, old.size() * 2), 0);
  for (const std::uint64_t hash : old) {
    if (hash != 0) insert(hash);
  }
}

std::vector<std::string> KeyedRandom::unused_overrides() const {
  std::vector<std::string> unused;
  for (const Replaced& item : overrides_) {
    if (!item.used) unused.push_back(item.key);
  }
  std::sort(unused.begin(), unused.end());
  return unused;
}

}  // namespace plumbline
