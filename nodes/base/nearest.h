#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plumbline {

// The name that a mistyped word was probably meant to be, "" when none is near: for the one line
// with which unknown options, keys and names are refused.
std::string nearest_name(std::string_view word, const std::vector<std::string>& names);

}  // namespace plumbline
