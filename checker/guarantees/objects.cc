#include "checker/guarantees/objects.h"

#include <unordered_map>

namespace plumbline::checker {
namespace {

// The object of each request.
std::vector<std::uint32_t> numbered(std::span<const Request> requests) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  std::vector<std::uint32_t> objects;
  objects.reserve(requests.size());
  std::string_view last;
  for (const Request& request : requests) {
    const std::string_view key = request.operation->key;
    if (objects.empty() || key != last) {
      const auto fresh = static_cast<std::uint32_t>(numbers.size());
      objects.push_back(numbers.try_emplace(key, fresh).first->second);
    } else {
      objects.push_back(objects.back());
    }
    last = key;
  }
  return objects;
}

}  // namespace

Objects::Objects(std::span<const Request> requests, bool independent_keys)
    : independent_keys_(independent_keys), begin_(1, 0), requests_(requests.size()) {
  const std::vector<std::uint32_t> objects =
      independent_keys ? numbered(requests) : std::vector<std::uint32_t>(requests.size(), 0);
  for (const std::uint32_t object : objects) {
    if (object + 1 == begin_.size()) begin_.push_back(0);
    ++begin_[object + 1];
  }
  for (std::size_t i = 1; i < begin_.size(); ++i) begin_[i] += begin_[i - 1];
  std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
  for (std::size_t i = 0; i < requests.size(); ++i) requests_[next[objects[i]]++] = &requests[i];
}

}  // namespace plumbline::checker
