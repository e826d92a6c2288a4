#include "checker/explain/sub_history.h"

#include <algorithm>

namespace plumbline::checker {

SubHistory sub_history(const History& history, const std::vector<std::uint64_t>& witness) {
  SubHistory sub{{history.meta, {}}, witness};
  std::sort(sub.index_of.begin(), sub.index_of.end());
  sub.index_of.erase(std::unique(sub.index_of.begin(), sub.index_of.end()), sub.index_of.end());
  std::erase_if(sub.index_of,
                [&](std::uint64_t index) { return index >= history.operations.size(); });
  for (const std::uint64_t index : sub.index_of) {
    sub.history.operations.push_back(history.operations[index]);
  }
  return sub;
}

}  // namespace plumbline::checker
