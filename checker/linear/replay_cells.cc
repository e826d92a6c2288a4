#include "checker/linear/replay_cells.h"

namespace plumbline::checker {

bool ReplayCells::holds(std::uint32_t key, TokensView seen) const {
  const Cell& cell = cells_[key];
  for (std::uint32_t at = cell.appended; at != kNone; at = appends_[at].older) {
    if (seen.count == 0 || seen.last() != *appends_[at].token) return false;
    seen = seen.without_last();
  }
  const TokensView shown = view(cell.shown);
  // An append makes a sequence of what was nil.
  return cell.appended == kNone ? seen == shown
                                : seen.count == shown.count && (seen.count == 0 || seen == shown);
}

bool ReplayCells::is_nil(std::uint32_t key) const {
  return cells_[key].appended == kNone && view(cells_[key].shown).nil;
}

void ReplayCells::pin(std::uint32_t key, const Value* value, std::int64_t revision,
                      std::uint32_t request) {
  Cell& cell = cells_[key];
  while (cell.appended != kNone) {
    const std::uint32_t at = cell.appended;
    cell.appended = appends_[at].older;
    appends_[at].older = free_;
    free_ = at;
  }
  cell = Cell{.shown = value, .since = revision, .set_by = request};
}

void ReplayCells::add(std::uint32_t key, const Value* token, std::int64_t revision,
                      std::uint32_t request) {
  std::uint32_t at = free_;
  if (at == kNone) {
    at = static_cast<std::uint32_t>(appends_.size());
    appends_.emplace_back();
  } else {
    free_ = appends_[at].older;
  }
  appends_[at] = {token, revision, request, cells_[key].appended};
  cells_[key].appended = at;
}

}  // namespace plumbline::checker
