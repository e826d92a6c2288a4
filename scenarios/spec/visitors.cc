#include "scenarios/spec/visitors.h"

#include <algorithm>

#include "nodes/base/assert.h"
#include "scenarios/spec/fault_kinds.h"
#include "scenarios/spec/seeds.h"

namespace plumbline::scenarios {
namespace {

constexpr const char* kNumber = "a whole number";
constexpr const char* kRange = "a whole number or [low, high]";
constexpr const char* kModes[] = {"safety", "liveness"};
constexpr Structure kStructures[] = {Structure::kAny, Structure::kLog, Structure::kState,
                                     Structure::kSnapshot};

const char* type_in_words(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::object: return "an object";
    case Json::value_t::array: return "a list";
    case Json::value_t::string: return "a text";
    case Json::value_t::boolean: return "true or false";
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned: return kNumber;
    case Json::value_t::number_float: return "a number with a fraction";
    case Json::value_t::binary:
    case Json::value_t::discarded: break;
  }
  return "something else";
}

// Levenshtein's distance, one row at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

std::vector<std::string_view> structure_names() {
  std::vector<std::string_view> names;
  for (const Structure structure : kStructures) names.push_back(name_of(structure));
  return names;
}

std::vector<std::string_view> kind_names() {
  std::vector<std::string_view> names;
  for (const FaultShape& shape : fault_shapes()) names.push_back(shape.name);
  return names;
}

}  // namespace

std::string suggestion(std::string_view name, const std::vector<std::string_view>& known) {
  const auto nearest =
      std::min_element(known.begin(), known.end(), [&](std::string_view a, std::string_view b) {
        return distance(name, a) < distance(name, b);
      });
  if (nearest == known.end()) return {};
  return "; did you mean \"" + std::string(*nearest) + "\"?";
}

void Reader::fail(const std::string& path, const std::string& what) {
  if (problem_.empty()) problem_ = (path.empty() ? "/" : path) + ": " + what;
}

void Reader::wrong_type(const std::string& path, const char* wanted, const Json& found) {
  fail(path, std::string("expected ") + wanted + ", found " + type_in_words(found));
}

void Reader::check_keys(const std::vector<std::string_view>& known) {
  if (!object_.is_object()) return wrong_type(path_, "an object", object_);
  for (const auto& item : object_.items()) {
    if (std::find(known.begin(), known.end(), item.key()) != known.end()) continue;
    return fail(path_ + "/" + item.key(), "unknown key" + suggestion(item.key(), known));
  }
}

std::optional<std::int64_t> Reader::integer(const Json& json, const std::string& path,
                                            const About& about, const char* wanted) {
  if (!json.is_number_integer()) {
    wrong_type(path, wanted, json);
    return std::nullopt;
  }
  const bool huge = json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX;
  const std::int64_t value = huge ? INT64_MAX : json.get<std::int64_t>();
  if (!huge && value >= about.low && value <= about.high) return value;
  fail(path, json.dump() + " is out of range; " + std::to_string(about.low) + " to " +
                 std::to_string(about.high) + " is allowed");
  return std::nullopt;
}

bool Reader::expect_list(const Json& json, const std::string& path, const char* wanted) {
  if (!json.is_array()) wrong_type(path, wanted, json);
  return json.is_array();
}

void Reader::read(const Json& json, const std::string& path, std::string& value, const About&) {
  if (!json.is_string()) return wrong_type(path, "a text", json);
  value = json.get<std::string>();
}

void Reader::read(const Json& json, const std::string& path, bool& value, const About&) {
  if (!json.is_boolean()) return wrong_type(path, "true or false", json);
  value = json.get<bool>();
}

void Reader::read(const Json& json, const std::string& path, std::int64_t& value,
                  const About& about) {
  value = integer(json, path, about, kNumber).value_or(value);
}

void Reader::read(const Json& json, const std::string& path, std::uint32_t& value,
                  const About& about) {
  value = static_cast<std::uint32_t>(integer(json, path, about, kNumber).value_or(value));
}

void Reader::read(const Json& json, const std::string& path, std::uint64_t& value, const About&) {
  if (!json.is_number_unsigned()) return wrong_type(path, "a whole number from 0", json);
  value = json.get<std::uint64_t>();
}

void Reader::read(const Json& json, const std::string& path, Hex& value, const About&) {
  if (!json.is_string()) return wrong_type(path, "a text like \"0x1f\"", json);
  const auto seed = parse_seed(json.get_ref<const std::string&>());
  if (!seed) return fail(path, seed.error().detail);
  value.value = *seed;
}

void Reader::read(const Json& json, const std::string& path, Range& value, const About& about) {
  if (!json.is_array()) {
    if (const auto fixed = integer(json, path, about, kRange)) value = *fixed;
    return;
  }
  if (json.size() != 2) {
    return fail(path, std::string("expected ") + kRange + ", found a list of " +
                          std::to_string(json.size()));
  }
  const auto low = integer(json[0], path + "/0", about, kNumber);
  const auto high = integer(json[1], path + "/1", about, kNumber);
  if (!low || !high) return;
  value = Range(*low, *high);
  if (*low > *high) {
    fail(path, "low " + std::to_string(*low) + " is above high " + std::to_string(*high));
  }
}

void Reader::read(const Json& json, const std::string& path, Duration& value, const About& about) {
  if (const auto us = integer(json, path, about, kNumber)) value = microseconds(*us);
}

void Reader::read(const Json& json, const std::string& path, Mode& value, const About&) {
  if (!json.is_string()) return wrong_type(path, "\"safety\" or \"liveness\"", json);
  const auto& name = json.get_ref<const std::string&>();
  if (name == kModes[0]) {
    value = Mode::kSafety;
  } else if (name == kModes[1]) {
    value = Mode::kLiveness;
  } else {
    fail(path, "unknown mode \"" + name + "\"" + suggestion(name, {kModes[0], kModes[1]}));
  }
}

void Reader::read(const Json& json, const std::string& path, FaultKind& value, const About&) {
  if (!json.is_string()) return wrong_type(path, "the name of a fault kind", json);
  const auto& name = json.get_ref<const std::string&>();
  const auto kind = fault_kind_named(name);
  if (!kind) {
    return fail(path, "unknown fault kind \"" + name + "\"" + suggestion(name, kind_names()));
  }
  value = *kind;
}

void Reader::read(const Json& json, const std::string& path, Structure& value, const About&) {
  if (!json.is_string()) return wrong_type(path, "the name of a structure", json);
  const auto& name = json.get_ref<const std::string&>();
  for (const Structure structure : kStructures) {
    if (name != name_of(structure)) continue;
    value = structure;
    return;
  }
  fail(path, "unknown structure \"" + name + "\"" + suggestion(name, structure_names()));
}

Json Writer::write(const Hex& value) { return seed_text(value.value); }

Json Writer::write(const Range& value) {
  if (value.low == value.high) return value.low;
  return Json::array({value.low, value.high});
}

Json Writer::write(const Duration& value) {
  PLUMB_ASSERT(value.ns % 1'000 == 0, "files tell time in microseconds");
  return value.ns / 1'000;
}

Json Writer::write(Mode value) { return kModes[value == Mode::kLiveness ? 1 : 0]; }

Json Schema::integer(std::int64_t low, std::int64_t high) {
  return {{"type", "integer"}, {"minimum", low}, {"maximum", high}};
}

Json Schema::of(const Range&, const About& about) {
  const Json one = integer(about.low, about.high);
  const Json two = {{"type", "array"}, {"items", one}, {"minItems", 2}, {"maxItems", 2}};
  return {{"oneOf", Json::array({one, two})}};
}

Json Schema::of(Mode, const About&) { return {{"enum", kModes}}; }

Json Schema::of(Structure, const About&) { return {{"enum", structure_names()}}; }

Json Schema::of(FaultKind, const About&) { return {{"enum", kind_names()}}; }

Json Schema::object() && {
  Json json = {{"type", "object"}, {"additionalProperties", false}};
  if (!required_.empty()) json["required"] = std::move(required_);
  json["properties"] = std::move(properties_);
  return json;
}

}  // namespace plumbline::scenarios
