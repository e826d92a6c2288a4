#include "checker/history/by_key.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace plumbline::checker {

ByKey::ByKey(std::span<const Request> requests) {
  std::unordered_map<std::string_view, std::uint32_t> numbers;
  std::vector<std::string_view> names;
  std::vector<std::uint32_t> key_of;
  key_of.reserve(requests.size());
  for (const Request& request : requests) {
    const std::string_view name = request.operation->key.view();
    const auto next = static_cast<std::uint32_t>(names.size());
    if (key_of.empty() || names[key_of.back()] != name) {
      const auto [at, fresh] = numbers.try_emplace(name, next);
      if (fresh) names.push_back(name);
      key_of.push_back(at->second);
    } else {
      key_of.push_back(key_of.back());
    }
  }
  std::vector<std::uint32_t> by_name(names.size());
  std::iota(by_name.begin(), by_name.end(), 0U);
  std::sort(by_name.begin(), by_name.end(),
            [&](std::uint32_t a, std::uint32_t b) { return names[a] < names[b]; });
  std::vector<std::size_t> end(names.size(), 0);
  for (const std::uint32_t key : key_of) ++end[key];
  begin_.push_back(0);
  for (const std::uint32_t key : by_name) {
    begin_.push_back(begin_.back() + end[key]);
    end[key] = begin_[begin_.size() - 2];
  }
  positions_.resize(requests.size());
  for (std::uint32_t i = 0; i < requests.size(); ++i) positions_[end[key_of[i]]++] = i;
}

ByKey ByKey::together(std::span<const Request> requests) {
  ByKey whole;
  whole.begin_ = {0, requests.size()};
  if (requests.empty()) whole.begin_.pop_back();
  whole.positions_.resize(requests.size());
  std::iota(whole.positions_.begin(), whole.positions_.end(), 0U);
  return whole;
}

}  // namespace plumbline::checker
