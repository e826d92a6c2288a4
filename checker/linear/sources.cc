#include "checker/linear/sources.h"

#include <algorithm>
#include <string_view>

namespace plumbline::checker {
namespace {

bool holds(const Value& value, const Value& part) {
  if (!value.is_list()) return value == part;
  return std::find(value.list().begin(), value.list().end(), part) != value.list().end();
}

bool contains(const Value& shown, const Value& written) {
  if (!shown.is_string() || !written.is_string() || written.text().empty()) return false;
  return shown.text().find(written.text()) != std::string_view::npos;
}

// Steps are [what, key, value].
bool txn_wrote(const Operation& writer, const Value::List& read) {
  return std::any_of(writer.arguments.begin(), writer.arguments.end(), [&](const Value& step) {
    const Value::List& written = step.list();
    return written[0].text() != "r" && written[1] == read[1] && holds(read[2], written[2]);
  });
}

bool txn_shows(const Operation& reader, const Operation& writer) {
  if (writer.function != Function::kTxn) return false;
  return std::any_of(reader.results.begin(), reader.results.end(), [&](const Value& step) {
    return step.list()[0].text() == "r" && txn_wrote(writer, step.list());
  });
}

bool shows(const Operation& reader, const Operation& writer) {
  if (reader.function == Function::kTxn) return txn_shows(reader, writer);
  const Value* written = written_value(writer);
  if (written == nullptr || reader.results.empty()) return false;
  const Value& shown = reader.results.back();
  switch (writer.function) {
    case Function::kEnqueue: return holds(shown, *written);
    case Function::kAdd: return shown.is_list() && holds(shown, *written);
    default: return contains(shown, *written);
  }
}

}  // namespace

std::vector<const Request*> sources_of(const Request& reader,
                                       const std::vector<const Request*>& all) {
  std::vector<const Request*> sources;
  for (const Request* request : all) {
    const bool other = request->operation != reader.operation;
    if (other && shows(*reader.operation, *request->operation)) sources.push_back(request);
  }
  return sources;
}

}  // namespace plumbline::checker
