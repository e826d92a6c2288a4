#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include "nodes/base/result.h"

// Private to scenarios/spec: JSON as text.
namespace plumbline::scenarios {

using Json = nlohmann::ordered_json;

// Errors: kInvalid with a line "origin: line 3, column 5: ...". An object that names a key twice is
// refused.
Result<Json> parse_json(std::string_view text, std::string_view origin);
// Indented, with everything that fits on a line kept on one, and a final newline.
std::string pretty(const Json& json);

Result<std::string> read_text(const std::string& path);
Status write_text(const std::string& path, std::string_view text);

}  // namespace plumbline::scenarios
