#include "checker/linear/replay.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checker/history/text.h"
#include "checker/linear/key_numbers.h"
#include "checker/linear/replay_cells.h"
#include "checker/linear/replay_why.h"
#include "checker/linear/revision_order.h"
#include "checker/linear/unknown_writers.h"
#include "checker/mvcc/gap_schedule.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kProperty = "replay-by-revision";

Report not_decided(std::string sentence) {
  Report report;
  report.verdict = Verdict::kUnknown;
  report.property = kProperty;
  report.sentence = std::move(sentence);
  return report;
}

// What keeps the whole from being replayed at all.
std::optional<std::string> obstacle(std::span<const Request> requests) {
  for (const Request& request : requests) {
    const Operation& op = *request.operation;
    if (op.function > Function::kAppend) {
      return std::string(name_of(op.function)) + " is no function of a register or a map";
    }
    if (request.outcome == Outcome::kOk && !op.revision) {
      return "the answer of " + client_text(op) + " carries no revision";
    }
  }
  return std::nullopt;
}

class Replay {
 public:
  Replay(std::span<const Request> requests, const ReplayOptions& options)
      : requests_(requests),
        sequences_(options.sequences),
        order_(requests),
        writers_(requests, options.sequences) {}

  Report run() {
    if (order_.shared() || order_.backwards()) {
      return not_decided("not replayed because the revisions are not an order of the changes");
    }
    number_keys();
    base_ = base();
    ReplayCells cells(names_.size(), base_, sequences_);
    cells_ = &cells;
    writers_.index(order_.noted_at(writers_.calls()));
    for (const RevisionOrder::Item& item : order_.items()) {
      if (!replay(item)) return mismatch();
    }
    return place_unknown();
  }

 private:
  using Kind = RevisionOrder::Kind;

  void number_keys() {
    keys_.reserve(requests_.size());
    for (std::uint32_t i = 0; i < requests_.size(); ++i) {
      const Operation& op = *requests_[i].operation;
      keys_.push_back(names_.number_of(op.key));
      const bool may_change =
          requests_[i].outcome == Outcome::kUnknown && effect_of(op) == Effect::kMaybe;
      if (may_change) writers_.add(i, keys_.back());
    }
  }

  // Below the least revision known there is room for all that is unknown, but none below 1.
  std::int64_t base() const {
    if (order_.items().empty()) return 0;
    const std::int64_t least = order_.items().front().revision;
    const auto unknown = static_cast<std::int64_t>(writers_.all().size());
    return std::max<std::int64_t>(least - 1 - unknown, least > 0 ? 0 : least - 1 - unknown);
  }

  const Value* argument(const RevisionOrder::Item& item, std::size_t i) const {
    return &requests_[item.request].operation->arguments[i];
  }

  bool replay(const RevisionOrder::Item& item) {
    const Operation& op = *requests_[item.request].operation;
    if (item.kind == Kind::kChange) owned_.push_back(item.revision);
    switch (op.function) {
      case Function::kRead:
      case Function::kGet: return observe(item, item.revision, &op.results[0]);
      case Function::kWrite:
      case Function::kPut: return set(item, argument(item, 0));
      case Function::kAppend:
        cells_->add(keys_[item.request], argument(item, 0), item.revision, item.request);
        return true;
      case Function::kDelete: return replay_delete(item);
      case Function::kCas: return replay_cas(item, op);
      default: return true;
    }
  }

  bool set(const RevisionOrder::Item& item, const Value* value) {
    cells_->pin(keys_[item.request], value, item.revision, item.request);
    return true;
  }

  bool replay_delete(const RevisionOrder::Item& item) {
    if (item.kind == Kind::kChange) {
      if (!differs(item, item.revision - 1, nullptr)) return false;
      return set(item, nullptr);
    }
    const bool owned = !owned_.empty() && owned_.back() == item.revision;
    if (item.kind == Kind::kSight || owned) return observe(item, item.revision, nullptr);
    // Whether it made this revision, or saw one that an unknown operation made, it does not say:
    // that hangs on whether the key held something.
    const std::uint32_t key = keys_[item.request];
    if (writers_.any(key, item.revision)) loose_ = true;
    if (cells_->is_nil(key)) return observe(item, item.revision, nullptr);
    if (returned_before_its_call(item)) return fail(item, item.revision, nullptr);
    owned_.push_back(item.revision);
    return set(item, nullptr);
  }

  // Whether somebody had the revision of `item` already when that was called.
  bool returned_before_its_call(const RevisionOrder::Item& item) const {
    const std::int64_t called = requests_[item.request].invoked_at;
    const RevisionOrder::Item* other = &item;
    const RevisionOrder::Item* end = order_.items().data() + order_.items().size();
    for (; other != end && other->revision == item.revision; ++other) {
      if (requests_[other->request].returned_at < called) return true;
    }
    return false;
  }

  bool replay_cas(const RevisionOrder::Item& item, const Operation& op) {
    if (op.results[0].truth()) {
      return observe(item, item.revision - 1, &op.arguments[0]) && set(item, &op.arguments[1]);
    }
    if (op.results.size() == 1) return differs(item, item.revision, &op.arguments[0]);
    if (cells_->view(&op.results[1]) == cells_->view(&op.arguments[0])) {
      return fail(item, item.revision, &op.results[1]);
    }
    return observe(item, item.revision, &op.results[1]);
  }

  // The answer of `item` shows `value` at `revision`.
  bool observe(const RevisionOrder::Item& item, std::int64_t revision, const Value* value) {
    const std::uint32_t key = keys_[item.request];
    if (!cells_->holds(key, cells_->view(value)) && !account_for(item, revision, value)) {
      return fail(item, revision, value);
    }
    cells_->pin(key, value, revision, item.request);
    return true;
  }

  // The answer of `item` shows that the key did not hold `value` at `revision`.
  bool differs(const RevisionOrder::Item& item, std::int64_t revision, const Value* value) {
    const std::uint32_t key = keys_[item.request];
    const TokensView view = cells_->view(value);
    const bool held = view.nil ? cells_->is_nil(key) : cells_->holds(key, view);
    if (!held) {
      (*cells_)[key].blind_at = revision;
      return true;
    }
    if (writers_.any(key, revision)) loose_ = true;
    return fail(item, revision, value, true);
  }

  // Explains what is shown, and answered changes do not explain, by changes of unknown outcome:
  // backwards from what was shown, by whatever can have left it there. Tokens of answered appends
  // are met on the way.
  bool account_for(const RevisionOrder::Item& item, std::int64_t by, const Value* value) {
    const std::uint32_t key = keys_[item.request];
    const ReplayCells::Cell& cell = (*cells_)[key];
    if (cell.blind_at > cell.since) loose_ = true;
    TokensView goal = cells_->view(value);
    bool or_nil = false;
    std::uint32_t appended = cell.appended;
    chain_.clear();
    while (true) {
      const TokensView shown = cells_->view(cell.shown);
      if (appended == ReplayCells::kNone && (goal == shown || (or_nil && shown.nil))) break;
      const std::int64_t since = appended == ReplayCells::kNone
                                     ? std::max(cell.since, cell.blind_at)
                                     : cells_->append(appended).revision;
      const auto found = writers_.find(key, goal, or_nil, since, by);
      if (found.usable > 1) loose_ = true;
      if (appended != ReplayCells::kNone && goal.count > 0 &&
          goal.last() == *cells_->append(appended).token) {
        if (found.usable > 0) loose_ = true;
        by = cells_->append(appended).revision - 1;
        appended = cells_->append(appended).older;
        goal = goal.without_last();
        or_nil = goal.count == 0;
        continue;
      }
      if (found.best == nullptr || since >= by) return false;
      found.best->used = true;
      chain_.push_back({{std::max(since, found.best->noted), by, true}, found.best->request});
      const Operation& op = *requests_[found.best->request].operation;
      if (op.function == Function::kAppend) {
        goal = goal.without_last();
        or_nil = goal.count == 0;
      } else if (op.function == Function::kCas) {
        goal = cells_->view(&op.arguments[0]);
        or_nil = false;
      } else {
        break;
      }
    }
    keep_chain(item.request);
    return true;
  }

  void keep_chain(std::uint32_t seen_by) {
    for (std::size_t i = chain_.size(); i-- > 0;) {
      jobs_.push_back(chain_[i].job);
      jobs_.back().follows = i + 1 < chain_.size();
      placed_.push_back({chain_[i].request, seen_by});
    }
  }

  Report place_unknown() {
    Report report;
    report.property = kProperty;
    report.steps = order_.items().size() + jobs_.size();
    if (jobs_.empty()) return report;
    std::vector<std::size_t> crowded;
    if (assign_gaps(jobs_, Gaps(base_, std::move(owned_)), crowded)) return report;
    if (loose_) return undecided();
    std::vector<PlacedChange> changes;
    for (const std::size_t i : crowded) {
      changes.push_back({placed_[i].request, placed_[i].seen_by, jobs_[i].after, jobs_[i].by});
    }
    report = explain_crowd(requests_, changes);
    report.property = kProperty;
    return report;
  }

  bool fail(const RevisionOrder::Item& item, std::int64_t revision, const Value* value,
            bool blind = false) {
    failure_ = {item.request, revision, value, blind};
    return false;
  }

  Report mismatch() const {
    if (loose_) return undecided();
    const std::uint32_t key = keys_[failure_.reader];
    Report report = explain_mismatch(requests_, failure_, key_view(key));
    report.property = kProperty;
    report.steps = order_.items().size();
    return report;
  }

  CellView key_view(std::uint32_t key) const {
    const ReplayCells::Cell& cell = (*cells_)[key];
    CellView view{cell.shown, cell.set_by, {}};
    for (std::uint32_t at = cell.appended; at != ReplayCells::kNone;
         at = cells_->append(at).older) {
      view.appended.push_back(cells_->append(at).request);
    }
    std::reverse(view.appended.begin(), view.appended.end());
    return view;
  }

  Report undecided() const {
    return not_decided(
        "undecided because an operation of unknown outcome can be placed in several ways, and the "
        "one that was tried explains not every answer");
  }

  struct Link {
    GapJob job;
    std::uint32_t request = 0;
  };
  struct Placed {
    std::uint32_t request = 0;
    std::uint32_t seen_by = 0;
  };

  std::span<const Request> requests_;
  bool sequences_;
  RevisionOrder order_;
  UnknownWriters writers_;
  KeyNumbers names_;
  std::vector<std::uint32_t> keys_;  // Of each request.
  ReplayCells* cells_ = nullptr;     // Lives in run().
  std::int64_t base_ = 0;
  std::vector<std::int64_t> owned_;
  std::vector<Link> chain_;  // The last change first.
  std::vector<GapJob> jobs_;
  std::vector<Placed> placed_;  // One per job.
  // Whether a choice was made that another might have been made instead of: a failure after that
  // proves nothing.
  bool loose_ = false;
  Mismatch failure_;
};

}  // namespace

Report check_replay(std::span<const Request> requests, const ReplayOptions& options) {
  if (auto why = obstacle(requests)) return not_decided("not replayed because " + *why);
  return Replay(requests, options).run();
}

}  // namespace plumbline::checker
