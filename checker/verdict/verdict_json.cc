#include "checker/verdict/verdict_json.h"

#include <array>
#include <optional>
#include <utility>

#include "checker/history/line_json.h"
#include "checker/history/names.h"
#include "checker/history/value_json.h"

namespace plumbline::checker {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::array<std::string_view, 3> kVerdicts = {"valid", "unknown", "invalid"};
constexpr std::array<std::string_view, 6> kResultMembers = {
    "plumbline_verdict", "verdict", "model", "operations", "keys", "reports"};
constexpr std::array<std::string_view, 14> kReportMembers = {
    "verdict", "property", "key",   "topic",  "sentence",  "argument",       "witness",
    "from",    "to",       "steps", "orders", "ruled_out", "still_possible", "undecided"};
constexpr std::array<std::string_view, 4> kOrderMembers = {"order", "fails_at", "why",
                                                           "stands_for"};

Json lines_to_json(const std::vector<std::string>& lines) {
  Json list = Json::array();
  for (const std::string& line : lines) list.push_back(bytes_to_json(line));
  return list;
}

Json to_json(const OrderTried& tried) {
  Json json;
  json["order"] = tried.order;
  json["fails_at"] = tried.fails_at;
  json["why"] = bytes_to_json(tried.why);
  if (tried.stands_for != 1) json["stands_for"] = tried.stands_for;
  return json;
}

void add_reasons(Json& json, const Report& report) {
  if (!report.argument.empty()) json["argument"] = lines_to_json(report.argument);
  for (const OrderTried& tried : report.orders) json["orders"].push_back(to_json(tried));
  if (!report.ruled_out.empty()) json["ruled_out"] = lines_to_json(report.ruled_out);
  if (!report.still_possible.empty()) {
    json["still_possible"] = lines_to_json(report.still_possible);
  }
}

Json to_json(const Report& report) {
  Json json;
  json["verdict"] = name_of(report.verdict);
  json["property"] = report.property;
  json["key"] = bytes_to_json(report.key);
  if (!report.topic.empty()) json["topic"] = bytes_to_json(report.topic);
  json["sentence"] = bytes_to_json(report.sentence);
  json["witness"] = report.witness;
  json["from"] = report.from;
  json["to"] = report.to;
  json["steps"] = report.steps;
  json["undecided"] = report.undecided;
  add_reasons(json, report);
  return json;
}

Verdict read_verdict(LineJson& json) {
  const std::string name = json.bytes("verdict");
  for (std::size_t i = 0; i < kVerdicts.size(); ++i) {
    if (kVerdicts[i] == name) return static_cast<Verdict>(i);
  }
  json.blame(unknown_name("verdict", name, kVerdicts));
  return Verdict::kUnknown;
}

std::uint64_t read_count(LineJson& json, std::string_view name) {
  const std::int64_t count = json.integer(name);
  if (count < 0) json.blame("member '" + std::string(name) + "' must not be negative");
  return static_cast<std::uint64_t>(count);
}

std::vector<std::uint64_t> read_indices(LineJson& json, std::string_view name) {
  std::vector<std::uint64_t> indices;
  for (const Value& value : json.values(name)) {
    if (value.kind() != Value::Kind::kInt || value.number() < 0) {
      json.blame("member '" + std::string(name) + "' must be a list of indices");
      break;
    }
    indices.push_back(static_cast<std::uint64_t>(value.number()));
  }
  return indices;
}

std::vector<std::string> read_lines_if_any(LineJson& json, std::string_view name) {
  std::vector<std::string> lines;
  for (const Value& value : json.values_if_any(name)) {
    if (!value.is_string()) {
      json.blame("member '" + std::string(name) + "' must be a list of strings");
      break;
    }
    lines.emplace_back(value.text());
  }
  return lines;
}

OrderTried read_order(LineJson& json) {
  json.expect_only(kOrderMembers);
  OrderTried tried;
  tried.order = read_indices(json, "order");
  tried.fails_at = read_count(json, "fails_at");
  tried.why = json.bytes("why");
  if (json.has("stands_for")) tried.stands_for = read_count(json, "stands_for");
  const bool inside = tried.fails_at < tried.order.size();
  if (json.fault().empty() && !inside) json.blame("member 'fails_at' lies outside the order");
  return tried;
}

std::vector<OrderTried> read_orders_if_any(LineJson& json) {
  std::vector<OrderTried> orders;
  if (!json.has("orders")) return orders;
  for (LineJson& item : json.objects("orders")) {
    orders.push_back(read_order(item));
    if (item.fault().empty()) continue;
    json.blame("order " + std::to_string(orders.size() - 1) + ": " + item.fault());
    break;
  }
  return orders;
}

void read_reasons(LineJson& json, Report& report) {
  report.topic = json.bytes_if_any("topic");
  report.argument = read_lines_if_any(json, "argument");
  report.orders = read_orders_if_any(json);
  report.ruled_out = read_lines_if_any(json, "ruled_out");
  report.still_possible = read_lines_if_any(json, "still_possible");
}

Report read_report(LineJson& json) {
  json.expect_only(kReportMembers);
  Report report;
  report.verdict = read_verdict(json);
  report.property = json.bytes("property");
  report.key = json.bytes("key");
  report.sentence = json.bytes("sentence");
  report.witness = read_indices(json, "witness");
  report.from = json.integer("from");
  report.to = json.integer("to");
  report.steps = read_count(json, "steps");
  report.undecided = read_indices(json, "undecided");
  read_reasons(json, report);
  return report;
}

}  // namespace

std::string to_json(const CheckResult& result) {
  Json json;
  json["plumbline_verdict"] = kVersion;
  json["verdict"] = name_of(result.verdict);
  json["model"] = result.model;
  json["operations"] = result.operations;
  json["keys"] = result.keys;
  json["reports"] = Json::array();
  for (const Report& report : result.reports) json["reports"].push_back(to_json(report));
  return json.dump(1) + "\n";
}

Result<CheckResult> check_result_from_json(std::string_view text, const std::string& file) {
  const auto malformed = [&](std::string reason) {
    return Problem{Problem::Kind::kMalformed, file, 0, std::move(reason)};
  };
  LineJson json{std::string(text)};
  json.expect_only(kResultMembers);
  const std::int64_t version = json.integer("plumbline_verdict");
  if (version != kVersion) json.blame("the version of the format is not known");
  CheckResult result;
  result.verdict = read_verdict(json);
  result.model = json.bytes("model");
  result.operations = read_count(json, "operations");
  result.keys = read_count(json, "keys");
  std::vector<LineJson> reports = json.objects("reports");
  if (!json.fault().empty()) return malformed(json.fault());
  for (std::size_t i = 0; i < reports.size(); ++i) {
    result.reports.push_back(read_report(reports[i]));
    if (reports[i].fault().empty()) continue;
    return malformed("report " + std::to_string(i) + ": " + reports[i].fault());
  }
  return result;
}

}  // namespace plumbline::checker
