#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "checker/formats/byte_source.h"

namespace plumbline::checker {

// The number that four hexadecimal digits stand for; a fault in `source` if they do not come.
std::uint32_t take_hex4(ByteSource& source);

// Appends the character after "\u", of which a second half must follow a first half.
void take_escaped_unicode(ByteSource& source, std::string& out);

// What follows a backslash within a string; EDN and JSON know the same escapes.
void take_escape(ByteSource& source, std::string& out);

// The bytes that hexadecimal digits stand for.
std::optional<std::string> bytes_of_hex(std::string_view hex);
std::string hex_of_bytes(std::string_view bytes);

}  // namespace plumbline::checker
