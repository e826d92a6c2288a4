#include "scenarios/spec/json_text.h"

#include <fstream>
#include <set>
#include <sstream>
#include <vector>

namespace plumbline::scenarios {
namespace {

constexpr std::size_t kLineMax = 100;

// The parser keeps the last of two equal keys without a word, so keys are watched while it reads.
class KeyWatch {
 public:
  bool operator()(int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key) note(parsed.get_ref<const std::string&>());
    return true;
  }
  const std::string& repeated() const { return repeated_; }

 private:
  void note(const std::string& key) {
    if (!open_.back().insert(key).second && repeated_.empty()) repeated_ = key;
  }

  std::vector<std::set<std::string>> open_;
  std::string repeated_;
};

// "[json.exception.parse_error.101] parse error at line 3, column 5: ..." without the first part.
std::string said(const std::exception& error) {
  const std::string_view what = error.what();
  constexpr std::string_view kBefore = "parse error at ";
  const std::size_t begin = what.find(kBefore);
  return std::string(begin == std::string_view::npos ? what : what.substr(begin + kBefore.size()));
}

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// As dump(), with spaces after colons and commas. Only between tokens, so a string is not looked
// into.
std::string one_line(const Json& json) {
  if (!json.is_structured()) return dump(json);
  std::string text(1, json.is_object() ? '{' : '[');
  for (auto item = json.begin(); item != json.end(); ++item) {
    if (item != json.begin()) text += ", ";
    if (json.is_object()) text += dump(Json(item.key())) + ": ";
    text += one_line(*item);
  }
  return text + (json.is_object() ? '}' : ']');
}

void print(const Json& json, std::size_t indent, std::size_t used, std::string& out) {
  const std::string line = one_line(json);
  const bool top = indent == 0;
  if (!json.is_structured() || json.empty() || (!top && used + line.size() < kLineMax)) {
    out += line;
    return;
  }
  out += json.is_object() ? "{" : "[";
  for (auto item = json.begin(); item != json.end(); ++item) {
    out += item == json.begin() ? "\n" : ",\n";
    const std::string key = json.is_object() ? dump(Json(item.key())) + ": " : std::string();
    out += std::string(indent + 2, ' ') + key;
    print(*item, indent + 2, indent + 2 + key.size() + 1, out);
  }
  out += "\n" + std::string(indent, ' ') + (json.is_object() ? "}" : "]");
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::string_view origin) {
  const auto refuse = [&](const std::string& why) {
    return Error{Errc::kInvalid, std::string(origin) + ": " + why};
  };
  KeyWatch watch;
  try {
    Json json = Json::parse(text, std::ref(watch));
    if (watch.repeated().empty()) return json;
  } catch (const Json::exception& error) {
    return refuse(said(error));
  }
  return refuse("key \"" + watch.repeated() + "\" is there twice");
}

std::string pretty(const Json& json) {
  std::string out;
  print(json, 0, 0, out);
  return out + "\n";
}

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  if (!file) return Error{Errc::kNotFound, path + ": cannot be read"};
  return std::move(text).str();
}

Status write_text(const std::string& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.flush();
  if (!file) return Error{Errc::kIo, path + ": cannot be written"};
  return {};
}

}  // namespace plumbline::scenarios
