#pragma once

#include <string_view>

namespace plumbline::checker {

// Whether bytes are UTF-8 throughout, without overlong forms and halves of characters.
bool is_utf8(std::string_view text);

}  // namespace plumbline::checker
