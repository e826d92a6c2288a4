#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "checker/history/requests.h"

namespace plumbline::checker {

// The requests of a history, object by object: of each key, or all of them as one object. Objects
// are in the order of their first calls, and so are the requests of one.
class Objects {
 public:
  // `requests` must outlive this.
  Objects(std::span<const Request> requests, bool independent_keys);

  std::size_t size() const { return begin_.size() - 1; }
  std::span<const Request* const> requests(std::size_t object) const {
    return {requests_.data() + begin_[object], requests_.data() + begin_[object + 1]};
  }
  // Empty if all keys are one object.
  std::string_view key(std::size_t object) const {
    return independent_keys_ ? requests(object)[0]->operation->key.view() : std::string_view();
  }

 private:
  bool independent_keys_;
  std::vector<std::size_t> begin_;  // One more than there are objects.
  std::vector<const Request*> requests_;
};

}  // namespace plumbline::checker
