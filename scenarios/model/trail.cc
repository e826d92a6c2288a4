#include "scenarios/model/trail.h"

#include <algorithm>

namespace plumbline::model {

void Trail::put(std::uint32_t first, const std::vector<Link>& links) {
  if (links.empty()) return;
  spill_.write_at(
      std::uint64_t{first} * sizeof(Link),
      BytesView(reinterpret_cast<const char*>(links.data()), links.size() * sizeof(Link)));
}

std::vector<Action> Trail::path_to(std::uint32_t state) const {
  std::vector<Action> path;
  while (state != 0) {
    Link link;
    spill_.read(std::uint64_t{state} * sizeof(Link), reinterpret_cast<char*>(&link), sizeof(Link));
    path.push_back(link.action);
    state = link.parent;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

void Trail::save(CheckpointWriter& to) const {
  to.put(spill_.size());
  Bytes block;
  for (std::uint64_t at = 0; at < spill_.size(); at += block.size()) {
    block.resize(std::min<std::uint64_t>(std::uint64_t{1} << 20, spill_.size() - at));
    spill_.read(at, block.data(), block.size());
    to.put(block);
  }
}

void Trail::load(CheckpointReader& from) {
  const std::uint64_t size = from.number();
  while (spill_.size() < size && !failed()) spill_.append(from.block());
}

}  // namespace plumbline::model
