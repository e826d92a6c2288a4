#include "checker/history/line_json.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "checker/history/history_format.h"
#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

// Stands beside the JSON library while it parses, which is too patient with hostile text: it keeps
// the last of two members of one name, looks for that name in linear time, and nests without end.
// Strict readers take neither of the two members, and no line of ours has many. What is nested
// deeper than any member of ours may be is not kept: what is left is still too deep to be taken.
class Watch {
 public:
  bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::key) return keeps_member(parsed.get_ref<const std::string&>());
    if (event == Event::object_end) objects_.pop_back();
    if (event == Event::object_start) objects_.emplace_back();
    const bool starts = event == Event::object_start || event == Event::array_start;
    return !starts || depth <= kDepthMax;
  }
  const std::string& fault() const { return fault_; }

 private:
  static constexpr int kDepthMax = 2 * format::kValueDepthMax;
  static constexpr std::size_t kMembersMax = 64;

  bool keeps_member(const std::string& name) {
    std::vector<std::string>& names = objects_.back();
    if (names.size() == kMembersMax) {
      blame("an object has more than " + std::to_string(kMembersMax) + " members");
      return false;
    }
    if (std::find(names.begin(), names.end(), name) != names.end()) {
      blame("member '" + name + "' occurs twice");
    }
    names.push_back(name);
    return true;
  }

  void blame(std::string fault) {
    if (fault_.empty()) fault_ = std::move(fault);
  }

  std::vector<std::vector<std::string>> objects_;  // The names in each object that is open.
  std::string fault_;
};

std::string in_quotes(std::string_view name) { return "'" + std::string(name) + "'"; }

}  // namespace

LineJson::LineJson(std::string_view text) {
  Watch watch;
  try {
    json_ = Json::parse(text, std::ref(watch));
  } catch (const Json::parse_error& error) {
    blame("not valid JSON at byte " + std::to_string(error.byte));
  } catch (const Json::exception&) {
    blame("not valid JSON");
  }
  if (fault_.empty()) blame(watch.fault());
  expect_object();
}

LineJson::LineJson(Json json) : json_(std::move(json)) { expect_object(); }

void LineJson::expect_object() {
  if (json_.is_object()) return;
  json_ = Json::object();
  blame("not a JSON object");
}

void LineJson::blame(std::string fault) {
  if (fault_.empty()) fault_ = std::move(fault);
}

bool LineJson::has(std::string_view name) const { return json_.contains(name); }

void LineJson::expect_only(std::span<const std::string_view> known) {
  for (const auto& [name, member] : json_.items()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    blame(unknown_name("member", name, known));
    return;
  }
}

const Json* LineJson::member(std::string_view name) {
  const auto at = json_.find(name);
  if (at != json_.end()) return &*at;
  blame("member " + in_quotes(name) + " is missing");
  return nullptr;
}

std::int64_t LineJson::integer(std::string_view name) {
  const Json* json = member(name);
  const auto number = json == nullptr ? std::nullopt : integer_from_json(*json);
  if (!number) blame("member " + in_quotes(name) + " must be an integer of 64 bits");
  return number.value_or(0);
}

std::string LineJson::bytes(std::string_view name) {
  const Json* json = member(name);
  auto text = json == nullptr ? std::nullopt : bytes_from_json(*json);
  if (!text) blame("member " + in_quotes(name) + R"( must be a string or {"hex": "..."})");
  return std::move(text).value_or("");
}

std::vector<Value> LineJson::values(std::string_view name) {
  const Json* json = member(name);
  auto value = json == nullptr ? std::nullopt : value_from_json(*json);
  if (!value || !value->is_list()) {
    blame("member " + in_quotes(name) + " must be a list of values, nested at most " +
          std::to_string(format::kValueDepthMax) + " deep");
    return {};
  }
  return value->list();
}

std::vector<LineJson> LineJson::objects(std::string_view name) {
  std::vector<LineJson> objects;
  const Json* json = member(name);
  if (json == nullptr) return objects;
  if (!json->is_array()) blame("member " + in_quotes(name) + " must be a list");
  for (const Json& item : *json) objects.emplace_back(item);
  return objects;
}

std::string LineJson::bytes_if_any(std::string_view name) { return has(name) ? bytes(name) : ""; }

std::vector<Value> LineJson::values_if_any(std::string_view name) {
  return has(name) ? values(name) : std::vector<Value>{};
}

std::optional<std::int64_t> LineJson::integer_if_any(std::string_view name) {
  if (!has(name)) return std::nullopt;
  return integer(name);
}

std::optional<SessionSequence> LineJson::session_if_any(std::string_view name) {
  if (!has(name)) return std::nullopt;
  const Json* json = member(name);
  const bool pair = json->is_array() && json->size() == 2;
  const auto session = pair ? integer_from_json((*json)[0]) : std::nullopt;
  const auto sequence = pair ? integer_from_json((*json)[1]) : std::nullopt;
  if (!session || !sequence)
    blame("member " + in_quotes(name) + " must be two integers of 64 bits");
  return SessionSequence{session.value_or(0), sequence.value_or(0)};
}

}  // namespace plumbline::checker
