#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nodes/base/ids.h"
#include "nodes/base/result.h"
#include "nodes/base/time.h"

namespace plumbline {

// Says what is decided: a purpose ("net.delay"), an optional subject ("append") and up to eight
// numbers that tell this decision from every other of the run. Made of meaning (term, index,
// attempt), never of a running count that one message more would shift.
class Key {
 public:
  static constexpr int kPartsMax = 8;

  explicit constexpr Key(std::string_view purpose, std::string_view subject = {})
      : purpose_(purpose), subject_(subject) {}

  constexpr Key with(std::uint64_t part) const {
    Key key = *this;
    PLUMB_ASSERT(key.count_ < kPartsMax);
    key.parts_[key.count_++] = part;
    return key;
  }
  template <class Tag, class Rep>
  constexpr Key with(Id<Tag, Rep> id) const {
    return with(static_cast<std::uint64_t>(id.value));
  }
  // The same decision's other half: same subject and parts under another purpose.
  constexpr Key of(std::string_view purpose) const {
    Key key = *this;
    key.purpose_ = purpose;
    return key;
  }

  std::uint64_t hash() const;
  // "net.delay(append)/1/2/17": what overrides are written as; parse_hash(text()) == hash().
  std::string text() const;
  // The hash of the key that such a text names. Errors: kInvalid.
  static Result<std::uint64_t> parse_hash(std::string_view text);

 private:
  std::string_view purpose_;
  std::string_view subject_;
  std::array<std::uint64_t, kPartsMax> parts_{};
  int count_ = 0;
};

// One replaced decision: `value` is the decision's outcome (0 or 1 of a chance, the number of a
// range), not random bits.
struct Override {
  std::string key;
  std::uint64_t value = 0;
};

// The randomness of a run: every decision is a pure function of the seed and its key. There is no
// stream, so a draw added in one place shifts nothing in another. Drawing one key twice is an
// assertion: two decisions would be one.
class KeyedRandom {
 public:
  explicit KeyedRandom(std::uint64_t seed) : seed_(seed) {}
  // Errors: kInvalid when a key cannot be read.
  Status set_overrides(const std::vector<Override>& overrides);

  std::uint64_t seed() const { return seed_; }
  std::uint64_t bits(const Key& key);
  // In [0, bound). REQUIRES: bound > 0.
  std::uint64_t below(const Key& key, std::uint64_t bound);
  // In [low, high], both included.
  std::uint64_t between(const Key& key, std::uint64_t low, std::uint64_t high);
  Duration between(const Key& key, Duration low, Duration high);
  // True in `per_million` of a million keys. Integers, for floating point differs between
  // compilers.
  bool chance(const Key& key, std::uint64_t per_million);
  // Whether a thing that is part of the scenario happens at all: always, unless an override takes
  // it away.
  bool enabled(const Key& key) { return decide(key).value_or(1) != 0; }

  // Keys of overrides that no decision has met: the run no longer does what the override was
  // written for.
  std::vector<std::string> unused_overrides() const;
  std::uint64_t draws() const { return drawn_count_; }

 private:
  struct Replaced {
    std::uint64_t hash;
    std::uint64_t value;
    std::string key;
    bool used;
  };

  // Notes the draw; the override's value if there is one.
  std::optional<std::uint64_t> decide(const Key& key);
  std::uint64_t raw(const Key& key) const;
  void note_drawn(const Key& key, std::uint64_t hash);
  bool insert(std::uint64_t hash);
  void rehash();

  std::uint64_t seed_;
  std::vector<Replaced> overrides_;   // by hash
  std::vector<std::uint64_t> drawn_;  // open addressing, 0 is free
  std::uint64_t drawn_count_ = 0;
};

}  // namespace plumbline
