#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/linear/model.h"

namespace plumbline::checker {

// Numbers for the contents of a first-in-first-out queue; 0 is the empty one. Contents are what
// lies between two points of a path in a tree, the newest element at its end, so that they share
// what they have in common and no queue is ever copied. Adding and taking cost O(log length), and
// equal contents have equal numbers whatever went through the queue before.
class Contents {
 public:
  using Element = std::uint32_t;
  static constexpr State kEmpty = 0;

  // The elements are numbers below ranks.size().
  explicit Contents(std::vector<std::int64_t> ranks);

  State with_last(State contents, Element element);
  // REQUIRES of these: not empty.
  State without_first(State contents);
  Element first(State contents) const;
  Element last(State contents) const { return places_[all_[contents].last].element; }

  std::uint32_t size(State contents) const { return all_[contents].size; }
  std::vector<Element> list(State contents) const;

  // Whether the rank of any element there is greater than `limit`. Costs one look for each element
  // that outranks all behind it: few, if ranks go up from first to last.
  bool any_ranked_above(State contents, std::int64_t limit) const;

 private:
  using Node = std::uint32_t;
  static constexpr Node kRoot = 0;

  struct Place {
    Node before = kRoot;
    Node jump = kRoot;    // Far up, so that any place above is O(log) jumps away.
    Node higher = kRoot;  // The nearest above whose element has a greater rank.
    std::uint32_t depth = 0;
    Element element = 0;
  };
  struct Span {
    Node last = kRoot;
    std::uint32_t size = 0;
    std::uint64_t hash = 0;
    State same_hash = kEmpty;  // The next with that hash.
  };
  struct Mix {
    std::size_t operator()(std::uint64_t key) const { return (key * 0x9e3779b97f4a7c15ULL) >> 13; }
  };

  Node child(Node node, Element element);
  Node above(Node node, std::uint32_t depth) const;
  State number_of(Node last, std::uint32_t size, std::uint64_t hash);
  bool same(const Span& span, Node last, std::uint32_t size) const;
  std::uint64_t power(std::uint32_t exponent);
  static std::uint64_t digit(Element element);

  std::vector<std::int64_t> ranks_;
  std::vector<Place> places_;
  std::vector<Span> all_;
  std::vector<std::uint64_t> powers_;
  std::unordered_map<std::uint64_t, Node, Mix> children_;
  std::unordered_map<std::uint64_t, State, Mix> by_hash_;
};

}  // namespace plumbline::checker
