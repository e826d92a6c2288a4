#include "checker/linear/contents.h"

#include <algorithm>
#include <utility>

namespace plumbline::checker {
namespace {

constexpr std::uint64_t kBase = 0x9fb21c651e98df25ULL;  // Odd, so that powers stay apart.

}  // namespace

Contents::Contents(std::vector<std::int64_t> ranks)
    : ranks_(std::move(ranks)), places_(1), all_(1), powers_(1, 1) {}

State Contents::with_last(State contents, Element element) {
  const Span span = all_[contents];
  return number_of(child(span.last, element), span.size + 1, span.hash * kBase + digit(element));
}

State Contents::without_first(State contents) {
  const Span span = all_[contents];
  if (span.size == 1) return kEmpty;
  return number_of(span.last, span.size - 1,
                   span.hash - digit(first(contents)) * power(span.size - 1));
}

Contents::Element Contents::first(State contents) const {
  const Span& span = all_[contents];
  return places_[above(span.last, places_[span.last].depth - span.size + 1)].element;
}

std::vector<Contents::Element> Contents::list(State contents) const {
  std::vector<Element> elements;
  Node node = all_[contents].last;
  for (std::uint32_t i = 0; i < size(contents); ++i) {
    elements.push_back(places_[node].element);
    node = places_[node].before;
  }
  std::reverse(elements.begin(), elements.end());
  return elements;
}

bool Contents::any_ranked_above(State contents, std::int64_t limit) const {
  const Span& span = all_[contents];
  const std::uint32_t outside = places_[span.last].depth - span.size;
  for (Node node = span.last; places_[node].depth > outside; node = places_[node].higher) {
    if (ranks_[places_[node].element] > limit) return true;
  }
  return false;
}

Contents::Node Contents::child(Node node, Element element) {
  const std::uint64_t key = static_cast<std::uint64_t>(node) << 32 | element;
  const auto [at, fresh] = children_.try_emplace(key, static_cast<Node>(places_.size()));
  if (!fresh) return at->second;
  const Place& parent = places_[node];
  const Place& jump = places_[parent.jump];
  // Two jumps of equal length make one of twice the length.
  const bool twice = parent.depth - jump.depth == jump.depth - places_[jump.jump].depth;
  Node higher = node;
  while (higher != kRoot && ranks_[places_[higher].element] <= ranks_[element]) {
    higher = places_[higher].higher;
  }
  places_.push_back({node, twice ? jump.jump : node, higher, parent.depth + 1, element});
  return at->second;
}

Contents::Node Contents::above(Node node, std::uint32_t depth) const {
  while (places_[node].depth > depth) {
    const Node jump = places_[node].jump;
    node = places_[jump].depth >= depth ? jump : places_[node].before;
  }
  return node;
}

State Contents::number_of(Node last, std::uint32_t size, std::uint64_t hash) {
  const auto [at, fresh] = by_hash_.try_emplace(hash, static_cast<State>(all_.size()));
  for (State known = fresh ? kEmpty : at->second; known != kEmpty; known = all_[known].same_hash) {
    if (same(all_[known], last, size)) return known;
  }
  all_.push_back({last, size, hash, fresh ? kEmpty : at->second});
  at->second = static_cast<State>(all_.size() - 1);
  return at->second;
}

bool Contents::same(const Span& span, Node last, std::uint32_t size) const {
  if (span.size != size) return false;
  Node node = span.last;
  for (std::uint32_t i = 0; i < size && node != last; ++i) {
    if (places_[node].element != places_[last].element) return false;
    node = places_[node].before;
    last = places_[last].before;
  }
  return true;
}

std::uint64_t Contents::power(std::uint32_t exponent) {
  while (powers_.size() <= exponent) powers_.push_back(powers_.back() * kBase);
  return powers_[exponent];
}

std::uint64_t Contents::digit(Element element) {
  std::uint64_t x = (element + 1) * 0xd6e8feb86659fd93ULL;
  return x ^ (x >> 32);
}

}  // namespace plumbline::checker
