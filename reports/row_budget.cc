#include "reports/row_budget.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace plumbline::reports {

RowChoice choose_rows(const std::vector<RowPlace>& places, const RowBudget& budget,
                      const std::function<std::size_t(std::size_t)>& bytes_of) {
  std::vector<std::size_t> order(places.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(places[a].rank, places[a].distance) <
           std::tie(places[b].rank, places[b].distance);
  });
  RowChoice choice;
  std::size_t bytes = 0;
  for (const std::size_t row : order) {
    const bool must = places[row].rank == 0;
    bytes += bytes_of(row);
    if (bytes > (must ? budget.bytes_max : budget.bytes_wanted)) {
      choice.all_of_rank_0 = !must;
      break;
    }
    choice.rows.push_back(row);
  }
  std::sort(choice.rows.begin(), choice.rows.end());
  return choice;
}

}  // namespace plumbline::reports
