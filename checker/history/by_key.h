#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checker/history/requests.h"

namespace plumbline::checker {

// The requests of each key, as positions in the requests, in the order of their calls.
class ByKey {
 public:
  explicit ByKey(std::span<const Request> requests);
  // All of them as if they had one key.
  static ByKey together(std::span<const Request> requests);

  std::size_t keys() const { return begin_.size() - 1; }
  std::span<const std::uint32_t> of(std::size_t key) const {
    return std::span(positions_).subspan(begin_[key], begin_[key + 1] - begin_[key]);
  }

 private:
  ByKey() = default;

  std::vector<std::uint32_t> positions_;
  std::vector<std::size_t> begin_;
};

}  // namespace plumbline::checker
