#include "checker/linear/searches.h"

#include <algorithm>

namespace plumbline::checker {
namespace {

constexpr std::size_t kStatesKept = 16;

}  // namespace

void Reach::note(const Config& config) {
  if (config.position < position_) return;
  if (config.position > position_) states_.clear();
  position_ = config.position;
  const bool known = std::find(states_.begin(), states_.end(), config.state) != states_.end();
  if (!known && states_.size() < kStatesKept) states_.push_back(config.state);
}

DepthFirst::DepthFirst(Moves& moves) : moves_(moves), configs_(moves.mask_words(), moves.groups()) {
  here_ = moves.first();
  meet(here_);
}

// True if the end was reached: an order exists.
bool DepthFirst::meet(const Config& config) {
  reach_.note(config);
  if (moves_.at_end(config)) return true;
  if (configs_.add(config)) stack_.push_back(static_cast<std::uint32_t>(configs_.size() - 1));
  return false;
}

Verdict DepthFirst::advance(std::uint64_t steps) {
  bool found = moves_.at_end(here_);
  while (!found && !stack_.empty()) {
    if (moves_.steps() >= steps) return Verdict::kUnknown;
    configs_.load(stack_.back(), here_);
    stack_.pop_back();
    const auto base = static_cast<std::ptrdiff_t>(stack_.size());
    moves_.each(here_, [&](const Config& next) { found = found || meet(next); });
    std::reverse(stack_.begin() + base, stack_.end());
  }
  return found ? Verdict::kValid : Verdict::kInvalid;
}

Frontier::Frontier(Moves& moves) : moves_(moves) {
  here_ = moves.first();
  meet(here_);
}

bool Frontier::meet(const Config& config) {
  reach_.note(config);
  if (moves_.at_end(config)) return true;
  auto at = by_position_.find(config.position);
  if (at == by_position_.end()) {
    at = by_position_.try_emplace(config.position, moves_.mask_words(), moves_.groups()).first;
  }
  at->second.add(config);
  return false;
}

Verdict Frontier::advance(std::uint64_t steps) {
  bool found = moves_.at_end(here_);
  while (!found && !by_position_.empty()) {
    if (moves_.steps() >= steps) return Verdict::kUnknown;
    const auto first = by_position_.begin();
    if (looked_at_ == first->second.size()) {
      by_position_.erase(first);
      looked_at_ = 0;
      continue;
    }
    first->second.load(looked_at_++, here_);
    moves_.each(here_, [&](const Config& next) { found = found || meet(next); });
  }
  return found ? Verdict::kValid : Verdict::kInvalid;
}

}  // namespace plumbline::checker
