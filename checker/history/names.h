#pragma once

#include <span>
#include <string>
#include <string_view>

namespace plumbline::checker {

// The known name with the least edit distance to `name`; the first of several.
// REQUIRES: `known` is not empty.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

// "unknown <what> 'putt'; the nearest known one is 'put'".
std::string unknown_name(std::string_view what, std::string_view name,
                         std::span<const std::string_view> known);

}  // namespace plumbline::checker
