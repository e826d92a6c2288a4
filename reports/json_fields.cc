#include "reports/json_fields.h"

#include <charconv>
#include <fstream>
#include <iterator>

namespace plumbline::reports {
namespace {

const Json kNull;

std::optional<std::uint64_t> seed_from(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed, base);
  if (error != std::errc() || stop != end) return std::nullopt;
  return seed;
}

}  // namespace

const Json& member(const Json& object, const char* name) {
  if (!object.is_object()) return kNull;
  const auto found = object.find(name);
  return found == object.end() ? kNull : *found;
}

std::string text_in(const Json& object, const char* name) {
  const Json& field = member(object, name);
  if (field.is_string()) return field.get<std::string>();
  return field.is_null() ? std::string() : dumped(field);
}

std::uint64_t count_in(const Json& object, const char* name) {
  const Json& field = member(object, name);
  if (field.is_number_unsigned()) return field.get<std::uint64_t>();
  const std::optional<double> number = number_in(object, name);
  return number && *number >= 0 && *number < 1.8e19 ? static_cast<std::uint64_t>(*number) : 0;
}

std::optional<double> number_in(const Json& object, const char* name) {
  const Json& field = member(object, name);
  return field.is_number() ? std::optional(field.get<double>()) : std::nullopt;
}

std::optional<std::uint64_t> seed_in(const Json& object, const char* name) {
  const Json& field = member(object, name);
  if (field.is_number_unsigned()) return field.get<std::uint64_t>();
  return field.is_string() ? seed_from(field.get_ref<const std::string&>()) : std::nullopt;
}

std::optional<std::string> file_content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return file.bad() ? std::nullopt : std::optional(std::move(content));
}

Json parsed(const std::string& text) { return Json::parse(text, nullptr, false); }

std::string dumped(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace plumbline::reports
