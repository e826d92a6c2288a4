#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "nodes/base/result.h"
#include "scenarios/spec/fields.h"
#include "scenarios/spec/scenario.h"

namespace plumbline::scenarios {

// Scenario files. In every error `detail` is the one line to show: "file: /cluster/nodes: what is
// wrong", with line and column instead of the path when the JSON itself is malformed. Errors:
// kNotFound, kInvalid.
Result<Scenario> load_scenario(const std::string& path);
Result<Scenario> parse_scenario(std::string_view text, std::string_view origin);
// What the fields say together: a fault on node 7 of 5, a quiet time longer than the run.
// parse_scenario() includes it.
Status check_scenario(const Scenario& scenario, std::string_view origin);
// The same without the file: "/faults/2/nodes: what is wrong"; empty when nothing is.
std::string problem_of(const Scenario& scenario);

// A complete scenario file; parse_scenario() of it gives an equal scenario. REQUIRES: times in
// whole microseconds.
std::string to_json(const Scenario& scenario);
// The JSON schema of scenario files (draft 2020-12): scenarios/scenario.schema.json.
std::string scenario_schema();
// Over everything that the scenario says, however its file is laid out; printed as 16 hex digits.
std::uint64_t scenario_hash(const Scenario& scenario);
std::string scenario_hash_text(const Scenario& scenario);

// Calls for each Range with its path ("workloads/0/clients") and what it becomes in a drawn
// scenario.
using RangeVisitor = std::function<void(const std::string& path, Range& range, Drawn drawn)>;
void for_each_range(Scenario& scenario, const RangeVisitor& visit);

// Clients of all workloads together, at least.
std::int64_t clients_of(const Scenario& scenario);
// Faults end no later than this after the start.
Duration faults_end(const Scenario& scenario);

}  // namespace plumbline::scenarios
