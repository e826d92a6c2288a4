#include "scenarios/spec/scenario_file.h"

#include "nodes/base/hash.h"
#include "scenarios/spec/visitors.h"

namespace plumbline::scenarios {
namespace {

class RangeWalk {
 public:
  RangeWalk(std::string prefix, const RangeVisitor& visit)
      : prefix_(std::move(prefix)), visit_(visit) {}

  void operator()(const char* name, Range& range, const About& about) {
    visit_(prefix_ + name, range, about.drawn);
  }
  template <Described T>
  void operator()(const char* name, T& value, const About&) {
    into(prefix_ + name, value);
  }
  template <Described T>
  void operator()(const char* name, std::optional<T>& value, const About&) {
    if (value) into(prefix_ + name, *value);
  }
  template <Described T>
  void operator()(const char* name, std::vector<T>& values, const About&) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      into(prefix_ + name + "/" + std::to_string(i), values[i]);
    }
  }
  template <class T>
  void operator()(const char*, T&, const About&) {}

 private:
  template <class T>
  void into(const std::string& path, T& value) {
    RangeWalk walk(path + "/", visit_);
    fields(walk, value);
  }

  std::string prefix_;
  const RangeVisitor& visit_;
};

}  // namespace

Result<Scenario> load_scenario(const std::string& path) {
  const auto text = read_text(path);
  if (!text) return text.error();
  return parse_scenario(*text, path);
}

Result<Scenario> parse_scenario(std::string_view text, std::string_view origin) {
  const auto json = parse_json(text, origin);
  if (!json) return json.error();
  Scenario scenario;
  std::string problem;
  Reader::read_object(*json, "", scenario, problem);
  if (!problem.empty()) return Error{Errc::kInvalid, std::string(origin) + ": " + problem};
  if (const Status checked = check_scenario(scenario, origin); !checked) return checked.error();
  return scenario;
}

std::string to_json(const Scenario& scenario) { return pretty(Writer::write_object(scenario)); }

std::string scenario_schema() {
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                 {"title", "Plumbline scenario"}};
  schema.update(Schema::of_object(Scenario{}));
  return pretty(schema);
}

std::uint64_t scenario_hash(const Scenario& scenario) {
  return hash_bytes(Writer::write_object(scenario).dump());
}

std::string scenario_hash_text(const Scenario& scenario) {
  constexpr char kDigits[] = "0123456789abcdef";
  const std::uint64_t hash = scenario_hash(scenario);
  std::string text(16, '0');
  for (int i = 0; i < 16; ++i) text[i] = kDigits[(hash >> (60 - 4 * i)) & 15];
  return text;
}

void for_each_range(Scenario& scenario, const RangeVisitor& visit) {
  RangeWalk walk("", visit);
  fields(walk, scenario);
}

std::int64_t clients_of(const Scenario& scenario) {
  std::int64_t clients = 0;
  for (const WorkloadSpec& workload : scenario.workloads) clients += workload.clients.low;
  return clients;
}

Duration faults_end(const Scenario& scenario) {
  const bool quiet = scenario.mode == Mode::kLiveness;
  return milliseconds(scenario.duration_ms - (quiet ? scenario.quiet_ms : 0));
}

}  // namespace plumbline::scenarios
