#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "checker/linear/configs.h"
#include "checker/linear/model.h"
#include "checker/linear/search.h"
#include "checker/linear/timeline.h"

namespace plumbline::checker {

// From one configuration of a key to those that one more effect leads to. What may happen without
// being chosen has happened in every configuration that comes out: whatever only looks and sees
// what it answered, and the returns of all that is done.
class Moves {
 public:
  // All arguments must outlive this object.
  Moves(Model& model, const std::vector<Entry>& entries, const SearchOptions& options,
        const Timeline& time)
      : model_(model), entries_(entries), options_(options), time_(time) {}

  Config first();
  bool at_end(const Config& config) const { return config.position == time_.positions(); }
  std::size_t mask_words() const { return (time_.slots() + 63) / 64; }
  std::size_t groups() const { return time_.groups().size(); }

  // Calls visit(next) for each configuration that follows; what must return first comes first, and
  // what need not have happened last.
  template <typename Visit>
  void each(const Config& here, Visit visit) {
    here_ = &here;
    if (options_.lookahead && try_eager()) return visit(next_);
    for (const std::uint32_t entry : time_.open_at(here.position)) {
      if (!may_try(entry) || is_like_an_earlier(entry)) continue;
      if (try_entry(entry)) visit(next_);
    }
    if (!entries_[time_.returning(here.position)].definite) {
      pass_return();
      visit(next_);
    }
    for (std::size_t group = 0; group < groups(); ++group) {
      if (try_group(group)) visit(next_);
    }
  }

  std::uint64_t steps() const { return steps_; }

 private:
  bool may_try(std::uint32_t number) const;
  bool is_like_an_earlier(std::uint32_t number) const;
  bool try_eager();
  bool try_entry(std::uint32_t number);
  bool try_group(std::size_t number);
  void pass_return();
  std::optional<State> ask(State state, const Action& action);
  bool cut(const Entry& entry, State to) const;
  void start_next(State to);
  void absorb_unseen();
  void settle(Config& config);

  Model& model_;
  const std::vector<Entry>& entries_;
  SearchOptions options_;
  const Timeline& time_;
  const Config* here_ = nullptr;
  Config next_;
  std::uint64_t steps_ = 0;
};

}  // namespace plumbline::checker
