#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/spec/fields.h"
#include "scenarios/spec/json_text.h"

// Private to scenarios/spec: the visitors of fields.h that read, write and describe JSON.
namespace plumbline::scenarios {

// A number written as "0x1f": JSON numbers lose the upper bits of a seed in most readers.
struct Hex {
  std::uint64_t& value;
};

struct Names {
  std::vector<std::string_view> found;
  template <class T>
  void operator()(const char* name, T&&, const About&) {
    found.push_back(name);
  }
};

template <class T>
concept Described = requires(T& value, Names& names) {
  fields(names, value);
};

// The nearest of `known` to a name that is not among them, in words: `; did you mean "nodes"?`.
std::string suggestion(std::string_view name, const std::vector<std::string_view>& known);

// Reads one object; stops at the first thing wrong, which problem() tells as "/cluster/nodes: 0 is
// out of range".
class Reader {
 public:
  Reader(const Json& object, std::string path, std::string& problem)
      : object_(object), path_(std::move(path)), problem_(problem) {}

  template <class T>
  void operator()(const char* name, T&& member, const About& about) {
    if (!problem_.empty()) return;
    const auto found = object_.find(name);
    if (found != object_.end()) return read(*found, path_ + "/" + name, member, about);
    if (about.required) fail(path_, "key \"" + std::string(name) + "\" is missing");
  }

  template <Described T>
  static void read_object(const Json& json, const std::string& path, T& value,
                          std::string& problem) {
    Names names;
    fields(names, value);
    Reader reader(json, path, problem);
    reader.check_keys(names.found);
    if (problem.empty()) fields(reader, value);
  }

 private:
  void fail(const std::string& path, const std::string& what);
  void wrong_type(const std::string& path, const char* wanted, const Json& found);
  void check_keys(const std::vector<std::string_view>& known);
  std::optional<std::int64_t> integer(const Json& json, const std::string& path, const About& about,
                                      const char* wanted);
  bool expect_list(const Json& json, const std::string& path, const char* wanted);

  void read(const Json& json, const std::string& path, std::string& value, const About& about);
  void read(const Json& json, const std::string& path, bool& value, const About& about);
  void read(const Json& json, const std::string& path, std::int64_t& value, const About& about);
  void read(const Json& json, const std::string& path, std::uint32_t& value, const About& about);
  void read(const Json& json, const std::string& path, std::uint64_t& value, const About& about);
  void read(const Json& json, const std::string& path, Hex& value, const About& about);
  void read(const Json& json, const std::string& path, Range& value, const About& about);
  void read(const Json& json, const std::string& path, Duration& value, const About& about);
  void read(const Json& json, const std::string& path, Mode& value, const About& about);
  void read(const Json& json, const std::string& path, FaultKind& value, const About& about);
  void read(const Json& json, const std::string& path, Structure& value, const About& about);
  template <Described T>
  void read(const Json& json, const std::string& path, T& value, const About&) {
    read_object(json, path, value, problem_);
  }
  template <class T>
  void read(const Json& json, const std::string& path, std::optional<T>& value,
            const About& about) {
    read(json, path, value.emplace(), about);
  }
  template <class T>
  void read(const Json& json, const std::string& path, std::vector<T>& values, const About& about) {
    if (!expect_list(json, path, "a list")) return;
    values.clear();
    for (std::size_t i = 0; i < json.size() && problem_.empty(); ++i) {
      read(json[i], path + "/" + std::to_string(i), values.emplace_back(), about);
    }
  }

  const Json& object_;
  std::string path_;
  std::string& problem_;
};

// Everything is written, so that a file does not change its meaning with a default, but for empty
// texts and lists and what is false.
class Writer {
 public:
  template <class T>
  void operator()(const char* name, T&& member, const About&) {
    Json json = write(member);
    if (!json.is_null()) object_[name] = std::move(json);
  }
  template <Described T>
  static Json write_object(T value) {
    Writer writer;
    fields(writer, value);
    return std::move(writer.object_);
  }

 private:
  static Json write(const std::string& value) { return value.empty() ? Json() : Json(value); }
  static Json write(bool value) { return value ? Json(true) : Json(); }
  static Json write(std::int64_t value) { return value; }
  static Json write(std::uint32_t value) { return value; }
  static Json write(std::uint64_t value) { return value; }
  static Json write(const Hex& value);
  static Json write(const Range& value);
  static Json write(const Duration& value);
  static Json write(Mode value);
  static Json write(FaultKind value) { return name_of(value); }
  static Json write(Structure value) { return name_of(value); }
  template <Described T>
  static Json write(const T& value) {
    return write_object(value);
  }
  template <class T>
  static Json write(const std::optional<T>& value) {
    return value ? write(*value) : Json();
  }
  template <class T>
  static Json write(const std::vector<T>& values) {
    Json list;
    for (const T& value : values) list.push_back(write(value));
    return list;
  }

  Json object_ = Json::object();
};

// Makes the JSON schema of what the Reader accepts.
class Schema {
 public:
  template <class T>
  void operator()(const char* name, T&& member, const About& about) {
    Json json = of(member, about);
    json["description"] = about.doc;
    properties_[name] = std::move(json);
    if (about.required) required_.push_back(name);
  }
  template <Described T>
  static Json of_object(T value) {
    Schema schema;
    fields(schema, value);
    return std::move(schema).object();
  }

 private:
  static Json integer(std::int64_t low, std::int64_t high);
  static Json of(const std::string&, const About&) { return {{"type", "string"}}; }
  static Json of(bool, const About&) { return {{"type", "boolean"}}; }
  static Json of(std::int64_t, const About& about) { return integer(about.low, about.high); }
  static Json of(std::uint32_t, const About& about) { return integer(about.low, about.high); }
  static Json of(const Duration&, const About& about) { return integer(about.low, about.high); }
  static Json of(const Range&, const About& about);
  static Json of(Mode, const About&);
  static Json of(FaultKind, const About&);
  static Json of(Structure, const About&);
  template <Described T>
  static Json of(const T& value, const About&) {
    return of_object(value);
  }
  template <class T>
  static Json of(const std::optional<T>&, const About& about) {
    return of(T{}, about);
  }
  template <class T>
  static Json of(const std::vector<T>&, const About& about) {
    return {{"type", "array"}, {"items", of(T{}, about)}};
  }
  Json object() &&;

  Json properties_ = Json::object();
  Json required_ = Json::array();
};

}  // namespace plumbline::scenarios
