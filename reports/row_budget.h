#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace plumbline::reports {

// How much a table of a page may take, in bytes of HTML. A row of rank 0 must be shown: it is left
// out only above `bytes_max`, beyond which no page could be opened. All others are shown, in order
// of rank and then of distance, as long as `bytes_wanted` lasts.
struct RowBudget {
  std::size_t bytes_wanted = 0;
  std::size_t bytes_max = 0;
};

struct RowPlace {
  int rank = 0;
  std::int64_t distance = 0;
};

struct RowChoice {
  std::vector<std::size_t> rows;  // Ascending.
  bool all_of_rank_0 = true;
};

RowChoice choose_rows(const std::vector<RowPlace>& places, const RowBudget& budget,
                      const std::function<std::size_t(std::size_t)>& bytes_of);

}  // namespace plumbline::reports
