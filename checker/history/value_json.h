#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "checker/history/value.h"

namespace plumbline::checker {

// Objects keep the order in which they were written, so that a line reads as FORMAT.md shows it.
using Json = nlohmann::ordered_json;

// Bytes that are UTF-8 become a JSON string, any other {"hex": "00ff"}.
Json bytes_to_json(std::string_view bytes);
std::optional<std::string> bytes_from_json(const Json& json);

// Nothing if `json` holds what no value is: a fraction, an integer of more than 64 bits, an object
// other than {"hex": ...}, lists nested too deep.
Json value_to_json(const Value& value);
std::optional<Value> value_from_json(const Json& json);

// Nothing unless it is an integer that fits.
std::optional<std::int64_t> integer_from_json(const Json& json);

}  // namespace plumbline::checker
