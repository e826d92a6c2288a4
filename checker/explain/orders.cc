#include "checker/explain/orders.h"

#include <algorithm>
#include <array>
#include <utility>

namespace plumbline::checker {
namespace {

using Mask = std::uint32_t;
constexpr std::size_t kMasks = std::size_t{1} << kOrderedOperationsMax;
constexpr std::uint32_t kRoot = UINT32_MAX;

bool is_definite(const Operation& op) { return op.outcome == Outcome::kOk; }

// The orders as a tree: one node per beginning, which names its last operation and the node before
// it. Only beginnings in which nothing broke have children, so what is shared is stored once.
class OrderTree {
 public:
  OrderTree(const std::vector<const Operation*>& operations, Stepper& stepper)
      : operations_(operations), stepper_(stepper) {
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (is_definite(*operations_[i])) definite_ |= bit(i);
      for (std::size_t j = 0; j < operations_.size(); ++j) {
        const bool before = is_definite(*operations_[j]) &&
                            operations_[j]->returned_at < operations_[i]->invoked_at;
        if (before) before_[i] |= bit(j);
      }
    }
  }

  // Depth first, so that broken beginnings come in order of positions.
  void grow() { grow(kRoot, 0, stepper_.initial()); }

  struct Broken {
    std::uint32_t node;
    std::string why;
    std::uint64_t stands_for;
  };
  const std::vector<Broken>& broken() const { return broken_; }
  const std::optional<std::uint32_t>& legal() const { return legal_; }
  std::uint64_t all() { return orders_from(0); }

  // Positions from the first operation to that of `node`.
  std::vector<std::size_t> order_of(std::uint32_t node) const {
    std::vector<std::size_t> order;
    for (; node != kRoot; node = nodes_[node].parent) order.push_back(nodes_[node].operation);
    std::reverse(order.begin(), order.end());
    return order;
  }

 private:
  struct Node {
    std::uint32_t parent;
    std::uint32_t operation;
  };

  static Mask bit(std::size_t i) { return Mask{1} << i; }
  bool is_whole(Mask placed) const { return (placed & definite_) == definite_; }
  bool may_follow(Mask placed, std::size_t i) const {
    return (placed & bit(i)) == 0 && (before_[i] & ~placed) == 0;
  }

  void grow(std::uint32_t parent, Mask placed, Stepper::State state) {
    if (is_whole(placed)) {
      if (!legal_) legal_ = parent;
      return;
    }
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (!may_follow(placed, i)) continue;
      const auto node = static_cast<std::uint32_t>(nodes_.size());
      nodes_.push_back({parent, static_cast<std::uint32_t>(i)});
      Stepper::Step step = stepper_.step(state, i);
      if (step.why.empty()) {
        grow(node, placed | bit(i), step.next);
      } else {
        broken_.push_back({node, std::move(step.why), orders_from(placed | bit(i))});
      }
    }
  }

  // How many ways there are to go on. An order ends with its last definite operation: an unknown
  // one after that is as good as left out.
  std::uint64_t orders_from(Mask placed) {
    if (is_whole(placed)) return 1;
    if (counted_[placed]) return counts_[placed];
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (may_follow(placed, i)) counts_[placed] += orders_from(placed | bit(i));
    }
    counted_[placed] = true;
    return counts_[placed];
  }

  const std::vector<const Operation*>& operations_;
  Stepper& stepper_;
  Mask definite_ = 0;
  std::array<Mask, kOrderedOperationsMax> before_{};
  std::vector<Node> nodes_;
  std::vector<Broken> broken_;
  std::optional<std::uint32_t> legal_;
  std::array<std::uint64_t, kMasks> counts_{};
  std::array<bool, kMasks> counted_{};
};

std::vector<const Operation*> operations_of(const History& history,
                                            const std::vector<std::uint64_t>& witness) {
  std::vector<const Operation*> operations;
  if (witness.size() > kOrderedOperationsMax) return operations;
  for (const std::uint64_t index : witness) {
    if (index >= history.operations.size()) return {};
    operations.push_back(&history.operations[index]);
    if (operations.back()->outcome == Outcome::kFail) return {};
  }
  return operations;
}

}  // namespace

std::optional<Orders> all_orders(const History& history, const std::vector<std::uint64_t>& witness,
                                 Stepper& stepper) {
  const std::vector<const Operation*> operations = operations_of(history, witness);
  if (operations.empty()) return std::nullopt;
  OrderTree tree(operations, stepper);
  tree.grow();
  const auto indices = [&](std::uint32_t node) {
    std::vector<std::uint64_t> order;
    for (const std::size_t position : tree.order_of(node)) order.push_back(witness[position]);
    return order;
  };
  Orders orders;
  orders.all = tree.all();
  if (tree.legal()) orders.legal = indices(*tree.legal());
  for (const OrderTree::Broken& broken : tree.broken()) {
    std::vector<std::uint64_t> order = indices(broken.node);
    const std::uint64_t fails_at = order.size() - 1;
    orders.broken.push_back({std::move(order), fails_at, broken.why, broken.stands_for});
  }
  return orders;
}

bool add_orders(Report& report, const History& history, Stepper& stepper) {
  auto orders = all_orders(history, report.witness, stepper);
  if (!orders || orders->legal) return false;
  report.orders = std::move(orders->broken);
  return true;
}

}  // namespace plumbline::checker
