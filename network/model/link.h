#pragma once

#include <cstdint>

#include "nodes/base/ids.h"
#include "nodes/base/inline_vector.h"
#include "nodes/base/keyed_random.h"
#include "nodes/base/time.h"

namespace plumbline::network {

// How a link behaves when nobody torments it. All chances are per million.
struct LinkSettings {
  Duration delay_min = microseconds(100);
  Duration delay_max = milliseconds(1);
  // One message in `tail_ppm` of a million takes up to `tail_max`: the tail that makes reordering
  // and time-outs happen.
  std::uint32_t tail_ppm = 0;
  Duration tail_max = milliseconds(50);
  std::uint32_t loss_ppm = 0;
  std::uint32_t duplicate_ppm = 0;
};

// What a nemesis does to one direction of a link, on top of its settings. Set while the run goes
// on.
struct LinkState {
  bool blocked = false;  // messages are dropped; streams and connects stall without losing a byte
  bool clogged = false;  // everything is held, and goes on when the clog is released
  Duration extra_delay_max;    // each message waits up to this longer, in proportion to its rank
  std::uint32_t loss_ppm = 0;  // added to the settings' own
  std::uint32_t duplicate_ppm = 0;  // added to the settings' own
  std::uint32_t reset_ppm = 0;  // chance, for each chunk of a stream, that its connection breaks

  friend bool operator==(const LinkState&, const LinkState&) = default;
};

// What tells one message from every other of the run: who sent it, to whom, what it is about, and
// how many with the same label went the same way before it.
struct MessageIdentity {
  NodeId from;
  Incarnation incarnation;
  NodeId to;
  std::string_view kind;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  std::uint64_t attempt = 0;

  // "<purpose>(<kind>)/from/incarnation/to/a/b/attempt".
  Key key(std::string_view purpose) const;
};

// A message's fate: lost when `deliveries` is empty, else the delay of each copy.
struct Fate {
  InlineVector<Duration, 2> deliveries;
  bool lost() const { return deliveries.empty(); }
};

// A delay's rank is its place in the link's distribution, 0 the fastest. Decisions are drawn as
// ranks, so that an override means the same after a change of the settings.
constexpr std::uint64_t kRanks = 1'000'000'000;
Duration delay_at(const LinkSettings& settings, const LinkState& state, std::uint64_t rank);

// Purposes drawn: net.loss and net.duplicate (0 or 1), net.delay and net.delay_again (a rank below
// kRanks). REQUIRES: the link is neither blocked nor clogged, or the caller deals with that.
Fate decide(const LinkSettings& settings, const LinkState& state, const MessageIdentity& message,
            KeyedRandom& random);

}  // namespace plumbline::network
