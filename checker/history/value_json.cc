#include "checker/history/value_json.h"

#include <string_view>
#include <utility>

#include "checker/history/history_format.h"
#include "checker/history/utf8.h"

namespace plumbline::checker {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHexDigits[byte >> 4];
    out += kHexDigits[byte & 15];
  }
  return out;
}

std::optional<std::string> from_hex(const std::string& hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const std::size_t high = kHexDigits.find(hex[i]);
    const std::size_t low = kHexDigits.find(hex[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::optional<Value> value_at_depth(const Json& json, int depth);

std::optional<Value> list_from_json(const Json& json, int depth) {
  if (depth == format::kValueDepthMax) return std::nullopt;
  Value::List list;
  list.reserve(json.size());
  for (const Json& item : json) {
    auto value = value_at_depth(item, depth + 1);
    if (!value) return std::nullopt;
    list.push_back(std::move(*value));
  }
  return Value(std::move(list));
}

std::optional<Value> value_at_depth(const Json& json, int depth) {
  if (json.is_null()) return Value();
  if (json.is_boolean()) return Value(json.get<bool>());
  if (json.is_array()) return list_from_json(json, depth);
  if (json.is_number()) {
    const auto number = integer_from_json(json);
    if (!number) return std::nullopt;
    return Value(*number);
  }
  auto bytes = bytes_from_json(json);
  if (!bytes) return std::nullopt;
  return Value(std::move(*bytes));
}

}  // namespace

Json bytes_to_json(std::string_view bytes) {
  if (is_utf8(bytes)) return bytes;
  return Json{{"hex", to_hex(bytes)}};
}

std::optional<std::string> bytes_from_json(const Json& json) {
  if (json.is_string()) return json.get_ref<const std::string&>();
  if (!json.is_object() || json.size() != 1) return std::nullopt;
  const auto hex = json.find("hex");
  if (hex == json.end() || !hex->is_string()) return std::nullopt;
  return from_hex(hex->get_ref<const std::string&>());
}

Json value_to_json(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNil: return nullptr;
    case Value::Kind::kBool: return value.truth();
    case Value::Kind::kInt: return value.number();
    case Value::Kind::kString: return bytes_to_json(value.text());
    case Value::Kind::kList: {
      Json list = Json::array();
      for (const Value& item : value.list()) list.push_back(value_to_json(item));
      return list;
    }
  }
  return nullptr;
}

std::optional<Value> value_from_json(const Json& json) { return value_at_depth(json, 0); }

std::optional<std::int64_t> integer_from_json(const Json& json) {
  if (json.is_number_unsigned()) {
    const auto number = json.get<std::uint64_t>();
    if (number > static_cast<std::uint64_t>(INT64_MAX)) return std::nullopt;
    return static_cast<std::int64_t>(number);
  }
  if (json.is_number_integer()) return json.get<std::int64_t>();
  return std::nullopt;
}

}  // namespace plumbline::checker
