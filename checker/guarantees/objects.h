#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/guarantees/findings.h"
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

// Judges each object by itself. `judge` makes what judges object i, lets it do so, and returns it.
// Returned are those that found something: their findings refer to them when they are put into
// words.
template <typename Judge>
auto judge_each(const Objects& objects, const Findings& findings, Judge judge) {
  std::vector<decltype(judge(std::size_t{}))> kept;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const std::uint64_t before = findings.count();
    auto judged = judge(i);
    if (findings.count() > before) kept.push_back(std::move(judged));
  }
  return kept;
}

}  // namespace plumbline::checker
