#include "network/model/link.h"

#include <algorithm>

namespace plumbline::network {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;

// Maps `place` in [0, places) onto [low, high] evenly.
Duration interpolate(Duration low, Duration high, std::uint64_t place, std::uint64_t places) {
  const std::uint64_t span = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (high - low).ns));
  __extension__ using Wide = unsigned __int128;
  return low + nanoseconds(static_cast<std::int64_t>(static_cast<Wide>(span) * place / places));
}

std::uint64_t sum_ppm(std::uint32_t a, std::uint32_t b) {
  return std::min<std::uint64_t>(kMillion, std::uint64_t{a} + b);
}

Duration settled_delay(const LinkSettings& settings, std::uint64_t rank) {
  const std::uint64_t tail =
      std::min<std::uint64_t>(settings.tail_ppm, kMillion) * (kRanks / kMillion);
  const std::uint64_t common = kRanks - tail;
  if (rank < common) return interpolate(settings.delay_min, settings.delay_max, rank, common);
  return interpolate(settings.delay_max, settings.tail_max, rank - common, tail);
}

}  // namespace

Key MessageIdentity::key(std::string_view purpose) const {
  return Key(purpose, kind).with(from).with(incarnation).with(to).with(a).with(b).with(attempt);
}

Duration delay_at(const LinkSettings& settings, const LinkState& state, std::uint64_t rank) {
  PLUMB_ASSERT(rank < kRanks);
  return settled_delay(settings, rank) + interpolate({}, state.extra_delay_max, rank, kRanks);
}

Fate decide(const LinkSettings& settings, const LinkState& state, const MessageIdentity& message,
            KeyedRandom& random) {
  Fate fate;
  const std::uint64_t loss = sum_ppm(settings.loss_ppm, state.loss_ppm);
  if (random.chance(message.key("net.loss"), loss)) return fate;
  const std::uint64_t rank = random.below(message.key("net.delay"), kRanks);
  fate.deliveries.push_back(delay_at(settings, state, rank));
  const std::uint64_t duplicate = sum_ppm(settings.duplicate_ppm, state.duplicate_ppm);
  if (random.chance(message.key("net.duplicate"), duplicate)) {
    const std::uint64_t again = random.below(message.key("net.delay_again"), kRanks);
    fate.deliveries.push_back(delay_at(settings, state, again));
  }
  return fate;
}

}  // namespace plumbline::network
