#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "scenarios/explore/rerun.h"
#include "sim/trace_format.h"

namespace plumbline::scenarios {
namespace {

using Json = nlohmann::json;

// A trace file as it lies on disk: a line of JSON, then records.
struct RawTrace {
  Json header;
  std::string records;

  std::size_t count() const { return records.size() / sizeof(sim::TraceRecord); }
  sim::TraceRecord at(std::size_t i) const {
    sim::TraceRecord record;
    std::memcpy(&record, records.data() + i * sizeof(record), sizeof(record));
    return record;
  }
};

RawTrace load(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  const std::string bytes = content.str();
  const std::size_t line = bytes.find('\n');
  if (line == std::string::npos) return {};
  return {Json::parse(bytes.substr(0, line), nullptr, false), bytes.substr(line + 1)};
}

std::string kind_name(const RawTrace& trace, std::uint64_t id) {
  char wanted[17];
  std::snprintf(wanted, sizeof(wanted), "%016llx", static_cast<unsigned long long>(id));
  if (trace.header.is_object() && trace.header.contains("kinds")) {
    for (const Json& kind : trace.header["kinds"]) {
      if (kind.value("id", "") == wanted) return kind.value("name", wanted);
    }
  }
  return wanted;
}

std::string describe(const RawTrace& trace, std::size_t i) {
  if (i >= trace.count()) return "nothing (the run had ended)";
  const sim::TraceRecord r = trace.at(i);
  std::ostringstream text;
  text << kind_name(trace, r.kind) << '(' << r.a << ", " << r.b << ", " << r.c << ", " << r.d
       << ") on n" << r.node << "." << r.incarnation << " at " << r.time_ns / 1'000'000 << '.'
       << r.time_ns / 1'000 % 1'000 << " ms in event " << r.event;
  return text.str();
}

}  // namespace

std::string first_difference(const std::string& trace_a, const std::string& trace_b) {
  const RawTrace a = load(trace_a);
  const RawTrace b = load(trace_b);
  const std::size_t shorter = std::min(a.count(), b.count());
  for (std::size_t i = 0; i <= shorter; ++i) {
    const bool both = i < a.count() && i < b.count();
    if (both && a.at(i) == b.at(i)) continue;
    if (i == a.count() && i == b.count()) return {};
    return "record " + std::to_string(i) + " is " + describe(a, i) + " in one run and " +
           describe(b, i) + " in the other";
  }
  return {};
}

}  // namespace plumbline::scenarios
