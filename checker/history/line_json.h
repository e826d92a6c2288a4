#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/operation.h"
#include "checker/history/value_json.h"

namespace plumbline::checker {

// One line of a file: a JSON object of which each member is asked for by name. The first thing
// wrong with it sticks, so that a reader asks for all it wants and looks at fault() once.
class LineJson {
 public:
  explicit LineJson(std::string_view text);
  explicit LineJson(const std::string& text) : LineJson(std::string_view(text)) {}
  explicit LineJson(Json json);

  const std::string& fault() const { return fault_; }  // Empty if nothing is wrong.
  void blame(std::string fault);

  bool has(std::string_view name) const;
  // Faults any member that is not among `known`.
  void expect_only(std::span<const std::string_view> known);
  // A missing or bad member is a fault; the value returned is then of no use.
  std::int64_t integer(std::string_view name);
  std::string bytes(std::string_view name);
  std::vector<Value> values(std::string_view name);
  std::vector<LineJson> objects(std::string_view name);
  // Optional members: no fault when missing.
  std::string bytes_if_any(std::string_view name);
  std::vector<Value> values_if_any(std::string_view name);
  std::optional<std::int64_t> integer_if_any(std::string_view name);
  std::optional<SessionSequence> session_if_any(std::string_view name);

 private:
  void expect_object();
  const Json* member(std::string_view name);

  Json json_;
  std::string fault_;
};

}  // namespace plumbline::checker
