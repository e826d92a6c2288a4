#include "checker/history/names.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace plumbline::checker {
namespace {

// Names come from files: a hostile one must not cost quadratic time, nor fill a terminal.
constexpr std::size_t kNameBytesMax = 40;

// Letters inserted, left out, replaced, and neighbours swapped.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  name = name.substr(0, kNameBytesMax);
  return *std::min_element(known.begin(), known.end(), [&](auto a, auto b) {
    return edit_distance(name, a) < edit_distance(name, b);
  });
}

std::string unknown_name(std::string_view what, std::string_view name,
                         std::span<const std::string_view> known) {
  std::string out = "unknown " + std::string(what) + " '";
  out += name.substr(0, kNameBytesMax);
  out += name.size() > kNameBytesMax ? "...'" : "'";
  out += "; the nearest known one is '";
  out += nearest_name(name, known);
  return out + "'";
}

}  // namespace plumbline::checker
