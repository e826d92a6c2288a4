#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "checker/history/requests.h"

namespace plumbline::checker {

// The answers of a history in the order of the revisions they carry: at one revision the change
// that made it, then a delete that does not tell whether it changed anything, then those that saw
// it. 16 bytes an answer; linear in time where revisions are dense, as a store's are.
class RevisionOrder {
 public:
  enum class Kind : std::uint8_t { kChange, kMaybe, kSight };

  struct Item {
    std::int64_t revision = 0;
    std::uint32_t request = 0;  // A position in the requests.
    Kind kind = Kind::kSight;
  };

  // Answers without a revision are left out.
  explicit RevisionOrder(std::span<const Request> requests);

  const std::vector<Item>& items() const { return items_; }

  // Two requests whose revisions cannot be right together.
  struct Clash {
    std::uint32_t first = 0;
    std::uint32_t second = 0;
  };
  // Two changes that carry one revision: the least such.
  std::optional<Clash> shared() const;
  // Whether some answer is older than one that had returned before its call, or, being a change,
  // not newer.
  bool backwards() const;

  // For each of `calls` (ascending times): the greatest revision of all answers that had returned
  // before; kNothingNoted if none had.
  static constexpr std::int64_t kNothingNoted = std::numeric_limits<std::int64_t>::min();
  std::vector<std::int64_t> noted_at(std::span<const std::int64_t> calls) const;

 private:
  void sort(std::vector<Item> unsorted);

  std::span<const Request> requests_;
  std::vector<Item> items_;
};

}  // namespace plumbline::checker
