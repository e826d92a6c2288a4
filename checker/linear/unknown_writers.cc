#include "checker/linear/unknown_writers.h"

#include <algorithm>
#include <tuple>

namespace plumbline::checker {
namespace {

constexpr std::uint32_t kTagOfNil = 1;
constexpr std::uint32_t kTagOfEmpty = 2;

auto place_of(const UnknownWriters::Writer& writer) { return std::tie(writer.key, writer.tag); }

}  // namespace

std::uint32_t UnknownWriters::tag_of(const TokensView& written) const {
  if (written.nil) return kTagOfNil;
  if (written.count == 0) return kTagOfEmpty;
  const std::uint64_t hash = written.last().hash();
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

void UnknownWriters::add(std::uint32_t request, std::uint32_t key) {
  const Value* written = written_value(*requests_[request].operation);
  writers_.push_back({key, tag_of(TokensView::of(written, sequences_)), request, false, 0});
}

std::vector<std::int64_t> UnknownWriters::calls() const {
  std::vector<std::int64_t> calls;
  calls.reserve(writers_.size());
  for (const Writer& writer : writers_) calls.push_back(requests_[writer.request].invoked_at);
  return calls;
}

void UnknownWriters::index(std::span<const std::int64_t> noted) {
  for (std::size_t i = 0; i < writers_.size(); ++i) writers_[i].noted = noted[i];
  std::sort(writers_.begin(), writers_.end(), [](const Writer& a, const Writer& b) {
    return std::tie(a.key, a.tag, a.request) < std::tie(b.key, b.tag, b.request);
  });
}

bool UnknownWriters::leaves(const Operation& op, const TokensView& goal) const {
  switch (op.function) {
    case Function::kAppend: return goal.count > 0 && op.arguments[0] == goal.last();
    case Function::kDelete: return goal.nil;
    default: return TokensView::of(written_value(op), sequences_) == goal;
  }
}

void UnknownWriters::find_tagged(std::uint32_t key, const TokensView& goal, std::int64_t after,
                                 std::int64_t by, Found& found) {
  const Writer wanted{key, tag_of(goal)};
  auto at =
      std::lower_bound(writers_.begin(), writers_.end(), wanted,
                       [](const Writer& a, const Writer& b) { return place_of(a) < place_of(b); });
  for (; at != writers_.end() && place_of(*at) == place_of(wanted); ++at) {
    if (at->used || at->noted >= by || !leaves(*requests_[at->request].operation, goal)) continue;
    ++found.usable;
    // Of those that may stand anywhere in the stretch, the last called is the least needed later.
    if (found.best == nullptr || at->noted <= after) found.best = &*at;
  }
}

UnknownWriters::Found UnknownWriters::find(std::uint32_t key, const TokensView& goal, bool or_nil,
                                           std::int64_t after, std::int64_t by) {
  Found found;
  find_tagged(key, goal, after, by, found);
  if (or_nil && !goal.nil) find_tagged(key, TokensView{}, after, by, found);
  return found;
}

bool UnknownWriters::any(std::uint32_t key, std::int64_t by) const {
  auto at = std::lower_bound(writers_.begin(), writers_.end(), key,
                             [](const Writer& a, std::uint32_t b) { return a.key < b; });
  for (; at != writers_.end() && at->key == key; ++at) {
    if (!at->used && at->noted < by) return true;
  }
  return false;
}

}  // namespace plumbline::checker
