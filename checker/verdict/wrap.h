#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plumbline::checker {

inline constexpr std::size_t kTextColumns = 100;

// One paragraph with its line end, broken at spaces so that no line is longer than kTextColumns.
// It stands `indent` columns in, besides its own blanks at the beginning; what goes on in another
// line stands `hang` further in. A word longer than a line stays whole, so that it can be searched
// for and copied.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t hang = 0);

}  // namespace plumbline::checker
