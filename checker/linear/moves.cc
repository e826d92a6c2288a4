#include "checker/linear/moves.h"

namespace plumbline::checker {

Config Moves::first() {
  Config config;
  config.state = model_.initial();
  config.mask.assign(mask_words(), 0);
  config.used.assign(groups(), 0);
  settle(config);
  return config;
}

bool Moves::may_try(std::uint32_t number) const {
  return !entries_[number].action.pure && !here_->done(time_.slot(number));
}

// Of two open entries that do the same, the one that returns first may as well come first, unless
// it need not happen and the other must.
bool Moves::is_like_an_earlier(std::uint32_t number) const {
  const Entry& entry = entries_[number];
  for (const std::uint32_t earlier : time_.open_at(here_->position)) {
    if (earlier == number) return false;
    const bool stands_in = entries_[earlier].definite || !entry.definite;
    if (stands_in && may_try(earlier) && entries_[earlier].action == entry.action) return true;
  }
  return false;
}

// The open entries are in the order of their returns.
bool Moves::try_eager() {
  for (const std::uint32_t entry : time_.open_at(here_->position)) {
    if (entries_[entry].eager && may_try(entry) && try_entry(entry)) return true;
  }
  return false;
}

// An entry that is not definite and changes nothing need not happen.
bool Moves::try_entry(std::uint32_t number) {
  const Entry& entry = entries_[number];
  const auto to = ask(here_->state, entry.action);
  if (!to || cut(entry, *to)) return false;
  if (!entry.definite && *to == here_->state) return false;
  start_next(*to);
  next_.set_done(time_.slot(number));
  if (entry.action.overwrites) absorb_unseen();
  settle(next_);
  return true;
}

bool Moves::try_group(std::size_t number) {
  const Timeline::Group& group = time_.groups()[number];
  const std::uint16_t used = here_->used[number];
  if (used >= group.available_from.size() || used == UINT16_MAX) return false;
  if (group.available_from[used] > here_->position) return false;
  const auto to = ask(here_->state, group.action);
  if (!to || *to == here_->state || cut(entries_[group.entry], *to)) return false;
  start_next(*to);
  ++next_.used[number];
  if (group.action.overwrites) absorb_unseen();
  settle(next_);
  return true;
}

// The entry that returns next did not take effect.
void Moves::pass_return() {
  ++steps_;
  next_ = *here_;
  ++next_.position;
  settle(next_);
}

std::optional<State> Moves::ask(State state, const Action& action) {
  ++steps_;
  return model_.step(state, action);
}

bool Moves::cut(const Entry& entry, State to) const {
  return options_.lookahead && model_.hopeless(here_->state, here_->seen, entry, to);
}

void Moves::start_next(State to) {
  next_ = *here_;
  next_.state = to;
  if (to != here_->state) next_.seen = 0;
}

// What nobody can have seen may as well have happened just before it was overwritten.
void Moves::absorb_unseen() {
  for (const std::uint32_t entry : time_.open_at(next_.position)) {
    if (entries_[entry].unseen) next_.set_done(time_.slot(entry));
  }
}

// Whatever is open and true in this state without changing it happens now: to wait cannot help.
// Then the returns pass of all that is done, which may open more.
void Moves::settle(Config& config) {
  while (config.position < time_.positions()) {
    for (const std::uint32_t entry : time_.open_at(config.position)) {
      const Action& action = entries_[entry].action;
      if (!action.pure || config.done(time_.slot(entry)) || !ask(config.state, action)) continue;
      config.set_done(time_.slot(entry));
      if (action.shows) ++config.seen;
    }
    const std::uint32_t slot = time_.slot(time_.returning(config.position));
    if (!config.done(slot)) return;
    config.clear(slot);
    ++config.position;
  }
}

}  // namespace plumbline::checker
