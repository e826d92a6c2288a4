#include "checker/history/kv_tree.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "checker/history/names.h"

namespace plumbline::checker {
namespace {

using Fault = std::optional<std::string>;
using Kind = Value::Kind;

struct Option {
  std::string_view name;
  Kind kind;
};

constexpr std::array kPutOptions = {Option{"lease", Kind::kInt}, Option{"prev_kv", Kind::kBool}};
constexpr std::array kDeleteOptions = {Option{"prev_kv", Kind::kBool}};
constexpr std::array kRangeOptions = {
    Option{"limit", Kind::kInt},        Option{"revision", Kind::kInt},
    Option{"sort", Kind::kString},      Option{"descend", Kind::kBool},
    Option{"keys_only", Kind::kBool},   Option{"count_only", Kind::kBool},
    Option{"min_mod", Kind::kInt},      Option{"max_mod", Kind::kInt},
    Option{"min_create", Kind::kInt},   Option{"max_create", Kind::kInt},
    Option{"serializable", Kind::kBool}};
constexpr std::array kWatchOptions = {
    Option{"start", Kind::kInt}, Option{"prev_kv", Kind::kBool}, Option{"filter", Kind::kString},
    Option{"fragment", Kind::kBool}, Option{"progress", Kind::kBool}};

constexpr std::array<std::string_view, 4> kRequests = {"put", "range", "delete", "txn"};
constexpr std::array<std::string_view, 5> kTargets = {"version", "create", "mod", "value", "lease"};
constexpr std::array<std::string_view, 4> kRelations = {"=", "!=", "<", ">"};
constexpr std::array<std::string_view, 5> kSorts = {"key", "version", "create", "mod", "value"};
constexpr std::array<std::string_view, 2> kEvents = {"put", "delete"};
constexpr std::array<std::string_view, 5> kAnswers = {"created", "events", "progress", "compacted",
                                                      "canceled"};

bool is_one_of(const Value& value, std::span<const std::string_view> names) {
  return value.is_string() && std::find(names.begin(), names.end(), value.text()) != names.end();
}

bool is_named(const Value& tree, std::span<const std::string_view> names) {
  return tree.is_list() && !tree.list().empty() && is_one_of(tree.list()[0], names);
}

bool is_end(const Value& value) { return value.is_nil() || value.is_string(); }

bool all_integers(const Value::List& list, std::size_t from, std::size_t to) {
  return std::all_of(list.begin() + static_cast<std::ptrdiff_t>(from),
                     list.begin() + static_cast<std::ptrdiff_t>(to),
                     [](const Value& value) { return value.is_int(); });
}

Fault fault_of_options(const Value::List& list, std::size_t from, std::span<const Option> known) {
  for (std::size_t i = from; i < list.size(); ++i) {
    const Value& given = list[i];
    const bool pair = given.is_list() && given.list().size() == 2 && given.list()[0].is_string();
    if (!pair) return "an option must be [name, value], not " + to_text(given);
    const std::string_view name = given.list()[0].text();
    const auto option =
        std::find_if(known.begin(), known.end(), [&](const Option& o) { return o.name == name; });
    const std::string owner(list[0].text());
    if (option == known.end()) return owner + " has no option " + std::string(name);
    if (given.list()[1].kind() != option->kind) {
      return "option " + std::string(name) + " of " + owner + " cannot be " +
             to_text(given.list()[1]);
    }
    if (name == "sort" && !is_one_of(given.list()[1], kSorts)) {
      return unknown_name("sort", given.list()[1].text(), kSorts);
    }
    if (name == "filter" && !is_one_of(given.list()[1], kEvents)) {
      return unknown_name("filter", given.list()[1].text(), kEvents);
    }
  }
  return std::nullopt;
}

Fault fault_of_compare(const Value& tree) {
  const bool shape = tree.is_list() && (tree.list().size() == 4 || tree.list().size() == 5) &&
                     is_one_of(tree.list()[0], kTargets) && is_one_of(tree.list()[1], kRelations) &&
                     tree.list()[2].is_string();
  if (!shape) {
    return "a compare must be [target, relation, key, operand] and perhaps a range end, not " +
           to_text(tree);
  }
  if (tree.list()[0].text() != "value" && !tree.list()[3].is_int()) {
    return "a compare of " + std::string(tree.list()[0].text()) + " takes an integer, not " +
           to_text(tree.list()[3]);
  }
  if (tree.list().size() == 5 && !is_end(tree.list()[4])) return "a range end must be bytes or nil";
  return std::nullopt;
}

Fault fault_of_txn(const Value::List& list) {
  const bool shape =
      list.size() == 4 && list[1].is_list() && list[2].is_list() && list[3].is_list();
  if (!shape) return std::string("txn takes lists of compares, of requests if so, and if not");
  for (const Value& compare : list[1].list()) {
    if (Fault fault = fault_of_compare(compare)) return fault;
  }
  for (std::size_t branch = 2; branch <= 3; ++branch) {
    for (const Value& request : list[branch].list()) {
      if (Fault fault = fault_of_kv_request(request)) return fault;
    }
  }
  return std::nullopt;
}

bool is_error(const Value& tree) {
  return tree.is_list() && tree.list().size() == 2 && tree.list()[0] == Value("error") &&
         tree.list()[1].is_string();
}

// [key, value, create_revision, mod_revision, version, lease]
Fault fault_of_key_value(const Value& tree) {
  const bool good = tree.is_list() && tree.list().size() == 6 && tree.list()[0].is_string() &&
                    all_integers(tree.list(), 2, 6);
  if (good) return std::nullopt;
  return "a key with its value must be [key, value, create, mod, version, lease], not " +
         to_text(tree);
}

Fault fault_of_key_values(const Value& tree) {
  if (!tree.is_list()) return "keys with their values must be a list, not " + to_text(tree);
  for (const Value& item : tree.list()) {
    if (Fault fault = fault_of_key_value(item)) return fault;
  }
  return std::nullopt;
}

Fault fault_of_txn_response(const Value::List& request, const Value::List& response) {
  const bool shape = response.size() == 3 && response[1].is_bool() && response[2].is_list();
  if (!shape) return std::string("txn answers whether it succeeded and with a list of answers");
  const Value::List& branch = request[response[1].truth() ? 2 : 3].list();
  const Value::List& answers = response[2].list();
  if (branch.size() != answers.size()) {
    return "a txn of " + std::to_string(branch.size()) + " requests in the branch taken has " +
           std::to_string(answers.size()) + " answers";
  }
  for (std::size_t i = 0; i < branch.size(); ++i) {
    if (Fault fault = fault_of_kv_response(branch[i], answers[i])) return fault;
  }
  return std::nullopt;
}

Fault fault_of_event(const Value& tree) {
  const bool shape = is_named(tree, kEvents) && tree.list().size() == 3;
  if (!shape) return "an event must be [put or delete, what, previous], not " + to_text(tree);
  if (!tree.list()[2].is_nil()) {
    if (Fault fault = fault_of_key_value(tree.list()[2])) return fault;
  }
  if (tree.list()[0].text() == "put") return fault_of_key_value(tree.list()[1]);
  const Value& what = tree.list()[1];
  const bool good = what.is_list() && what.list().size() == 2 && what.list()[0].is_string() &&
                    what.list()[1].is_int();
  if (good) return std::nullopt;
  return "a delete event must name [key, revision], not " + to_text(what);
}

}  // namespace

Fault fault_of_kv_request(const Value& tree) {
  if (!is_named(tree, kRequests)) {
    return "a request must be a list that begins with put, range, delete or txn, not " +
           to_text(tree);
  }
  const Value::List& list = tree.list();
  const std::string_view name = list[0].text();
  if (name == "txn") return fault_of_txn(list);
  if (list.size() < 3 || !list[1].is_string()) {
    return std::string(name) + " takes a key and " + (name == "put" ? "a value" : "a range end");
  }
  if (name == "put") return fault_of_options(list, 3, kPutOptions);
  if (!is_end(list[2])) return "a range end must be bytes or nil, not " + to_text(list[2]);
  if (name == "delete") return fault_of_options(list, 3, kDeleteOptions);
  return fault_of_options(list, 3, kRangeOptions);
}

Fault fault_of_kv_response(const Value& request, const Value& response) {
  if (is_error(response)) return std::nullopt;
  const Value::List& asked = request.list();
  const bool same =
      response.is_list() && !response.list().empty() && response.list()[0] == asked[0];
  if (!same) return std::string(asked[0].text()) + " is answered with " + to_text(response);
  const Value::List& list = response.list();
  const std::string_view name = asked[0].text();
  if (name == "txn") return fault_of_txn_response(asked, list);
  if (name == "put") {
    if (list.size() != 2) return std::string("put answers with the previous value or nil");
    return list[1].is_nil() ? std::nullopt : fault_of_key_value(list[1]);
  }
  if (name == "delete") {
    const bool shape = list.size() == 3 && list[1].is_int();
    if (!shape) return std::string("delete answers with a count and the previous values");
    return fault_of_key_values(list[2]);
  }
  const bool shape = list.size() == 4 && list[2].is_int() && list[3].is_bool();
  if (!shape) return std::string("range answers with keys, their count and whether there are more");
  return fault_of_key_values(list[1]);
}

Fault fault_of_watch_request(const Value& tree) {
  constexpr std::array<std::string_view, 1> kWatch = {"watch"};
  const bool shape = is_named(tree, kWatch) && tree.list().size() >= 3 &&
                     tree.list()[1].is_string() && is_end(tree.list()[2]);
  if (!shape) return "a watch must be [\"watch\", key, range end], not " + to_text(tree);
  return fault_of_options(tree.list(), 3, kWatchOptions);
}

Fault fault_of_watch_response(const Value& tree) {
  const bool shape =
      is_named(tree, kAnswers) && tree.list().size() >= 3 && all_integers(tree.list(), 1, 3);
  if (!shape) {
    return "a watch answers with [created, events, progress, compacted or canceled, time, "
           "revision], not " +
           to_text(tree);
  }
  const Value::List& list = tree.list();
  if (list[0].text() != "events") {
    return list.size() == 3 ? std::nullopt
                            : Fault("only events of a watch have more than a time and a revision");
  }
  const bool good =
      (list.size() == 4 || (list.size() == 5 && list[4].is_bool())) && list[3].is_list();
  if (!good) return std::string("events of a watch are a list, and perhaps whether more follow");
  for (const Value& event : list[3].list()) {
    if (Fault fault = fault_of_event(event)) return fault;
  }
  return std::nullopt;
}

Fault fault_of_integers(std::string_view function, const Values& values) {
  for (const Value& value : values) {
    if (!value.is_int()) return std::string(function) + " cannot take " + to_text(value);
  }
  return std::nullopt;
}

Fault fault_of_integers_or_error(std::string_view function, const Values& values,
                                 std::size_t count) {
  if (values.size() == 1 && is_error(values[0])) return std::nullopt;
  const bool good =
      values.size() == count &&
      std::all_of(values.begin(), values.end(), [](const Value& v) { return v.is_int(); });
  if (good) return std::nullopt;
  return std::string(function) + " answers with " + std::to_string(count) +
         (count == 1 ? " integer" : " integers") + " or an error";
}

}  // namespace plumbline::checker
