#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace plumbline::reports {

using Json = nlohmann::json;

// Reading fields of files that another version or another program may have written: a field that
// is absent or of another type is the neutral value, never an exception.

// A text; a number or a truth value as its text.
std::string text_in(const Json& object, const char* name);
std::uint64_t count_in(const Json& object, const char* name);
std::optional<double> number_in(const Json& object, const char* name);
// The member, or null.
const Json& member(const Json& object, const char* name);
// A seed as decimal number, decimal text or 0x-text.
std::optional<std::uint64_t> seed_in(const Json& object, const char* name);

// A whole file, or nothing when it cannot be read.
std::optional<std::string> file_content(const std::string& path);
// Discarded (is_discarded()) when the text is no JSON.
Json parsed(const std::string& text);
// One line, or indented lines; bytes that are no UTF-8 are replaced.
std::string dumped(const Json& json, int indent = -1);

}  // namespace plumbline::reports
