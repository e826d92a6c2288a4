#include "checker/linear/search.h"

#include <algorithm>

#include "checker/linear/configs.h"
#include "checker/linear/timeline.h"

namespace plumbline::checker {
namespace {

constexpr std::size_t kStatesKept = 16;

class Search {
 public:
  Search(Model& model, const std::vector<Entry>& entries, const SearchOptions& options)
      : model_(model),
        entries_(entries),
        options_(options),
        time_(entries),
        configs_((time_.slots() + 63) / 64, time_.groups().size()) {}

  SearchResult run() {
    here_.state = model_.initial();
    here_.mask.assign((time_.slots() + 63) / 64, 0);
    here_.used.assign(time_.groups().size(), 0);
    next_ = here_;
    if (reach_next()) return finished(Verdict::kValid);
    while (!stack_.empty()) {
      if (steps_ >= options_.step_budget) return finished(Verdict::kUnknown);
      configs_.load(stack_.back(), here_);
      stack_.pop_back();
      if (expand()) return finished(Verdict::kValid);
    }
    return finished(Verdict::kInvalid);
  }

 private:
  // Each of these is true when the end was reached: an order exists.
  bool expand() {
    const std::size_t base = stack_.size();
    for (const std::uint32_t entry : time_.open_at(here_.position)) {
      if (here_.done(time_.slot(entry)) || entries_[entry].action.pure) continue;
      if (try_entry(entry)) return true;
    }
    if (!entries_[time_.returning(here_.position)].definite && pass_return()) return true;
    for (std::size_t group = 0; group < time_.groups().size(); ++group) {
      if (try_group(group)) return true;
    }
    // What must return first is tried first, and what need not have happened last.
    std::reverse(stack_.begin() + static_cast<std::ptrdiff_t>(base), stack_.end());
    return false;
  }

  // An entry that is not definite and changes nothing need not happen.
  bool try_entry(std::uint32_t number) {
    const Entry& entry = entries_[number];
    const auto to = ask(here_.state, entry.action);
    if (!to || cut(entry, *to)) return false;
    if (!entry.definite && *to == here_.state) return false;
    start_next(*to);
    next_.set_done(time_.slot(number));
    if (entry.action.overwrites) absorb_unseen();
    return reach_next();
  }

  // The entry that returns next did not take effect.
  bool pass_return() {
    ++steps_;
    next_ = here_;
    ++next_.position;
    return reach_next();
  }

  bool try_group(std::size_t number) {
    const Timeline::Group& group = time_.groups()[number];
    const std::uint16_t used = here_.used[number];
    if (used >= group.available_from.size() || used == UINT16_MAX) return false;
    if (group.available_from[used] > here_.position) return false;
    const auto to = ask(here_.state, group.action);
    if (!to || *to == here_.state || cut(entries_[group.entry], *to)) return false;
    start_next(*to);
    ++next_.used[number];
    if (group.action.overwrites) absorb_unseen();
    return reach_next();
  }

  std::optional<State> ask(State state, const Action& action) {
    ++steps_;
    return model_.step(state, action);
  }

  bool cut(const Entry& entry, State to) const {
    return options_.lookahead && model_.hopeless(here_.state, here_.seen, entry, to);
  }

  void start_next(State to) {
    next_ = here_;
    next_.state = to;
    next_.seen = 0;
  }

  // What nobody can have seen may as well have happened just before it was overwritten.
  void absorb_unseen() {
    for (const std::uint32_t entry : time_.open_at(next_.position)) {
      if (entries_[entry].unseen) next_.set_done(time_.slot(entry));
    }
  }

  bool reach_next() {
    settle(next_);
    if (next_.position == time_.positions()) return true;
    if (!configs_.add(next_)) return false;
    stack_.push_back(static_cast<std::uint32_t>(configs_.size() - 1));
    note_progress();
    return false;
  }

  // Whatever is open and true in this state without changing it happens now: to wait cannot help.
  // Then the returns pass of all that is done, which may open more.
  void settle(Config& config) {
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

  void note_progress() {
    if (next_.position < furthest_) return;
    if (next_.position > furthest_) states_.clear();
    furthest_ = next_.position;
    const bool known = std::find(states_.begin(), states_.end(), next_.state) != states_.end();
    if (!known && states_.size() < kStatesKept) states_.push_back(next_.state);
  }

  SearchResult finished(Verdict verdict) {
    SearchResult result{verdict, steps_, {}, {}};
    if (verdict == Verdict::kValid) return result;
    for (std::uint32_t p = furthest_; p < time_.positions(); ++p) {
      const std::uint32_t entry = time_.returning(p);
      if (entries_[entry].definite) result.unplaced.push_back(entry);
    }
    result.states = std::move(states_);
    return result;
  }

  Model& model_;
  const std::vector<Entry>& entries_;
  SearchOptions options_;
  Timeline time_;
  Configs configs_;
  std::vector<std::uint32_t> stack_;
  Config here_;
  Config next_;
  std::uint64_t steps_ = 0;
  std::uint32_t furthest_ = 0;
  std::vector<State> states_;
};

}  // namespace

SearchResult search(Model& model, const std::vector<Entry>& entries, const SearchOptions& options) {
  return Search(model, entries, options).run();
}

}  // namespace plumbline::checker
