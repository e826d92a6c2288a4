#include "scenarios/spec/scenario_file.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "scenarios/spec/fault_kinds.h"

namespace plumbline::scenarios {
namespace {

const std::filesystem::path kScenarios = "../../scenarios";

Scenario good() {
  Scenario scenario;
  scenario.name = "good";
  scenario.cluster.nodes = 5;
  scenario.workloads.push_back({.kind = "register", .clients = 2});
  return scenario;
}

// A good file in which the value at `where` is replaced; a value that is not JSON takes the key
// away.
std::string broken(const std::string& where, const std::string& value) {
  auto json = nlohmann::json::parse(to_json(good()));
  const nlohmann::json::json_pointer pointer(where);
  if (value.empty()) {
    json[pointer.parent_pointer()].erase(pointer.back());
  } else {
    json[pointer] = nlohmann::json::parse(value);
  }
  return json.dump();
}

std::string line_for(const std::string& text) {
  const auto parsed = parse_scenario(text, "f.json");
  return parsed ? "accepted" : parsed.error().detail;
}

struct Bad {
  const char* where;
  const char* value;
  const char* line;
};

class ScenarioRefusal : public testing::TestWithParam<Bad> {};

TEST_P(ScenarioRefusal, SaysWhatIsWrongInOneLine) {
  const Bad& bad = GetParam();
  EXPECT_EQ(line_for(broken(bad.where, bad.value)), std::string("f.json: ") + bad.line);
}

INSTANTIATE_TEST_SUITE_P(
    UnknownKeys, ScenarioRefusal,
    testing::Values(
        Bad{"/clustre", "{}", "/clustre: unknown key; did you mean \"cluster\"?"},
        Bad{"/cluster/node", "3", "/cluster/node: unknown key; did you mean \"nodes\"?"},
        Bad{"/workloads/0/think", "3", "/workloads/0/think: unknown key; did you mean \"kind\"?"},
        Bad{"/swarm", R"({"count": 3, "kind": []})",
            "/swarm/kind: unknown key; did you mean \"kinds\"?"}));

INSTANTIATE_TEST_SUITE_P(
    WrongTypes, ScenarioRefusal,
    testing::Values(
        Bad{"/cluster", "5", "/cluster: expected an object, found a whole number"},
        Bad{"/cluster/nodes", "\"5\"",
            "/cluster/nodes: expected a whole number or [low, high], found a text"},
        Bad{"/cluster/nodes", "5.0",
            "/cluster/nodes: expected a whole number or [low, high], found a number with a "
            "fraction"},
        Bad{"/cluster/nodes", "[3]",
            "/cluster/nodes: expected a whole number or [low, high], found a list of 1"},
        Bad{"/cluster/nodes", "[3, true]",
            "/cluster/nodes/1: expected a whole number, found true or false"},
        Bad{"/name", "7", "/name: expected a text, found a whole number"},
        Bad{"/mode", "1", "/mode: expected \"safety\" or \"liveness\", found a whole number"},
        Bad{"/duration_ms", "null", "/duration_ms: expected a whole number, found null"},
        Bad{"/workloads", "{}", "/workloads: expected a list, found an object"},
        Bad{"/faults", "[7]", "/faults/0: expected an object, found a whole number"}));

INSTANTIATE_TEST_SUITE_P(
    ImpossibleValues, ScenarioRefusal,
    testing::Values(
        Bad{"/cluster/nodes", "0", "/cluster/nodes: 0 is out of range; 1 to 9 is allowed"},
        Bad{"/cluster/nodes", "[3, 10]", "/cluster/nodes/1: 10 is out of range; 1 to 9 is allowed"},
        Bad{"/cluster/nodes", "18446744073709551615",
            "/cluster/nodes: 18446744073709551615 is out of range; 1 to 9 is allowed"},
        Bad{"/cluster/nodes", "[5, 3]", "/cluster/nodes: low 5 is above high 3"},
        Bad{"/cluster/heartbeat_ms", "[20, 150]",
            "/cluster/heartbeat_ms: 150 is not below the election timeout of 150"},
        Bad{"/name", "", "/: key \"name\" is missing"},
        Bad{"/name", "\"Good one\"",
            "/name: \"Good one\" is not made of lower case letters, digits and dashes"},
        Bad{"/mode", "\"live\"", "/mode: unknown mode \"live\"; did you mean \"liveness\"?"},
        Bad{"/quiet_ms", "30000", "/quiet_ms: 30000 leaves nothing of a run of duration_ms 30000"},
        Bad{"/recovery_timeouts", "54",
            "/recovery_timeouts: 54 election timeouts of 150 ms need a quiet_ms of 8100 or more; "
            "it is 8000"},
        Bad{"/steady_timeouts", "27",
            "/steady_timeouts: 27 election timeouts of 150 ms need a quiet_ms of 8100 or more; it "
            "is 8000"},
        Bad{"/workloads", "[]", "/workloads: at least one is needed"},
        Bad{"/workloads/0/kind", "", "/workloads/0: key \"kind\" is missing"},
        Bad{"/workloads/0/read_ppm", "900000",
            "/workloads/0/cas_ppm: 200000 and read_ppm 900000 are more than a million together"},
        Bad{"/network/loss_ppm", "-1",
            "/network/loss_ppm: -1 is out of range; 0 to 1000000 is allowed"},
        Bad{"/swarm", R"({"count": 3, "kinds": ["kil"]})",
            "/swarm/kinds/0: unknown fault kind \"kil\"; did you mean \"kill\"?"},
        Bad{"/swarm", R"({"count": 3, "kinds": ["kill", "loss", "kill"]})",
            "/swarm/kinds: \"kill\" is there twice"}));

constexpr const char* kTwoFaults =
    R"([{"id": 1, "kind": "reset-connections", "at_us": 5, "nodes": [1]},
        {"id": 1, "kind": "reset-connections", "at_us": 5, "nodes": [1]}])";

INSTANTIATE_TEST_SUITE_P(
    ImpossibleFaults, ScenarioRefusal,
    testing::Values(
        Bad{"/faults", kTwoFaults, "/faults/1/id: another fault has the id 1"},
        Bad{"/faults", R"([{"id": 1, "kind": "kill", "at_us": 5, "duration_us": 9, "nodes": [7]}])",
            "/faults/0/nodes: node 7 does not exist among 5"},
        Bad{"/faults", R"([{"id": 1, "kind": "client-restart", "at_us": 5, "nodes": [3]}])",
            "/faults/0/nodes: client 3 does not exist among 2"},
        Bad{"/faults", R"([{"id": 1, "kind": "kill", "at_us": 5, "duration_us": 9}])",
            "/faults/0/nodes: \"kill\" strikes one or more nodes; 0 of 5 are given"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "partition", "at_us": 5, "duration_us": 9,
                "nodes": [1, 2, 3, 4, 5]}])",
            "/faults/0/nodes: \"partition\" strikes one side; 5 of 5 are given"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "slow-link", "at_us": 5, "duration_us": 9, "nodes": [2,2]}])",
            "/faults/0/nodes: 2 is there twice"},
        Bad{"/faults", R"([{"id": 1, "kind": "kill", "at_us": 5, "nodes": [1]}])",
            "/faults/0/duration_us: \"kill\" lasts; more than 0 is needed"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "bit-rot", "at_us": 5, "duration_us": 9, "nodes": [1]}])",
            "/faults/0/duration_us: \"bit-rot\" happens at an instant and has none"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "kill", "at_us": 5, "duration_us": 9, "nodes": [1],
                "where": "log"}])",
            "/faults/0/where: \"kill\" damages no structure on a disk"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "bit-rot", "at_us": 5, "nodes": [1], "where": "lag"}])",
            "/faults/0/where: unknown structure \"lag\"; did you mean \"log\"?"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "loss", "at_us": 5, "duration_us": 9, "nodes": [1], "amount": 9,
                "stays": true}])",
            "/faults/0/stays: \"loss\" cannot stay"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "kill", "at_us": 5, "duration_us": 9, "nodes": [1, 2, 3],
                "stays": true}])",
            "/faults: those that stay leave no majority of 5 nodes"},
        Bad{"/faults", R"([{"id": 1, "kind": "loss", "at_us": 5, "duration_us": 9, "nodes": [1]}])",
            "/faults/0/amount: 0 is out of range for \"loss\"; 1 to 1000000 is allowed"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "kill-all", "at_us": 5, "duration_us": 9, "amount": 1}])",
            "/faults/0/amount: 4 restarts 1 ms apart do not fit into the duration"},
        Bad{"/faults",
            R"([{"id": 1, "kind": "kill", "at_us": 21999999, "duration_us": 9, "nodes": [1]}])",
            "/faults/0: ends at 22000008 us, but faults end by 22000000 us (duration_ms - "
            "quiet_ms)"},
        Bad{"/faults", R"([{"kind": "kill", "at_us": 5, "duration_us": 9, "nodes": [1]}])",
            "/faults/0: key \"id\" is missing"}));

TEST(ScenarioFile, MalformedJsonIsRefusedWithItsLine) {
  EXPECT_EQ(line_for("{\n  \"name\": \"x\",\n  }"),
            "f.json: line 3, column 3: syntax error while parsing object key - unexpected '}'; "
            "expected string literal");
  EXPECT_EQ(line_for("").substr(0, 25), "f.json: line 1, column 1:");
  EXPECT_EQ(line_for(to_json(good()) + "x").substr(0, 13), "f.json: line ");
}

TEST(ScenarioFile, AKeyGivenTwiceIsRefused) {
  EXPECT_EQ(line_for(R"({"name": "x", "cluster": {"nodes": 3, "nodes": 5}})"),
            "f.json: key \"nodes\" is there twice");
  EXPECT_EQ(
      line_for(R"({"name": "x", "network": {}, "workloads": [{"kind": "a"}, {"kind": "b"}]})"),
      "accepted")
      << "equal keys of different objects are no matter";
}

TEST(ScenarioFile, AFileThatIsNotThereIsNotFound) {
  const auto loaded = load_scenario("testdata/no-such.json");
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, Errc::kNotFound);
  EXPECT_EQ(loaded.error().detail, "testdata/no-such.json: cannot be read");
}

TEST(ScenarioFile, DefaultsAreThoseOfTheTypes) {
  const auto parsed = parse_scenario(R"({"name": "x", "workloads": [{"kind": "register"}]})", "f");
  ASSERT_TRUE(parsed.ok()) << parsed.error().detail;
  Scenario expected;
  expected.name = "x";
  expected.workloads.push_back({.kind = "register"});
  EXPECT_EQ(*parsed, expected);
}

rc::Gen<Range> any_range(std::int64_t low, std::int64_t high) {
  return rc::gen::map(
      rc::gen::pair(rc::gen::inRange(low, high + 1), rc::gen::inRange(low, high + 1)),
      [](const std::pair<std::int64_t, std::int64_t>& ends) {
        return Range(std::min(ends.first, ends.second), std::max(ends.first, ends.second));
      });
}

Fault any_fault(std::uint32_t id) {
  const auto shapes = fault_shapes();
  const FaultShape& shape = shapes[*rc::gen::inRange<std::size_t>(0, shapes.size())];
  Fault fault{.id = id, .kind = shape.kind, .at = microseconds(*rc::gen::inRange(0, 10'000'000))};
  if (shape.lasts != Lasts::kInstant) {
    fault.duration = microseconds(*rc::gen::inRange(1'000'000, 10'000'000));
  }
  const bool one = shape.targets == Targets::kNodes || shape.targets == Targets::kSide ||
                   shape.targets == Targets::kClients || shape.targets == Targets::kSeat;
  if (shape.targets != Targets::kAll) fault.nodes = {2, 1};
  if (one) fault.nodes.pop_back();
  const bool restarts = shape.targets == Targets::kAll && shape.amount_high > 0;
  const std::int64_t high = restarts ? 200 : shape.amount_high;
  if (damages(shape.kind)) {
    fault.where = *rc::gen::element(Structure::kAny, Structure::kLog, Structure::kSnapshot);
  }
  fault.amount = *rc::gen::inRange(shape.amount_low, high + 1);
  return fault;
}

Scenario any_scenario() {
  Scenario s = good();
  s.description = *rc::gen::arbitrary<bool>() ? "with \"quotes\", ümlauts and\nlines" : "";
  s.mode = *rc::gen::element(Mode::kSafety, Mode::kLiveness);
  s.duration_ms = *rc::gen::inRange(30'000, 60'000);
  s.cluster.nodes = *any_range(3, 5);
  s.cluster.spares = *any_range(1, 2);
  s.cluster.election_timeout_ms = *any_range(100, 5'000);
  s.cluster.heartbeat_ms = *any_range(1, 99);
  s.network.latency_us = *any_range(0, 10'000'000);
  s.network.loss_ppm = *any_range(0, 1'000'000);
  s.disk.sync_us = *any_range(0, 10'000'000);
  s.disk.capacity_kib = *any_range(0, 1'048'576);
  s.clock.offset_ms_max = *any_range(0, 86'400'000);
  s.workloads.push_back({.kind = "append-session", .think_ms = *any_range(0, 60'000)});
  if (*rc::gen::arbitrary<bool>()) {
    s.swarm = Swarm{.kinds = {FaultKind::kPause, FaultKind::kDiskLies}, .count = *any_range(0, 9)};
  }
  const auto faults = *rc::gen::inRange<std::uint32_t>(0, 6);
  for (std::uint32_t id = 1; id <= faults; ++id) s.faults.push_back(any_fault(id));
  return s;
}

RC_GTEST_PROP(ScenarioFileProperty, WhatIsWrittenIsReadTheSame, ()) {
  const Scenario scenario = any_scenario();
  const std::string text = to_json(scenario);
  const auto read = parse_scenario(text, "written");
  if (!read) RC_FAIL(read.error().detail + "\n" + text);
  RC_ASSERT(*read == scenario);
  RC_ASSERT(to_json(*read) == text);
  RC_ASSERT(scenario_hash(*read) == scenario_hash(scenario));
}

TEST(ScenarioFile, HashIsOfTheMeaningAndNotOfTheLayout) {
  const auto plain = parse_scenario(R"({"name":"x","workloads":[{"kind":"register"}]})", "f");
  const auto spelled = parse_scenario(
      R"({"workloads": [{"clients": [1, 1], "kind": "register"}], "duration_ms": 30000,
          "name": "x"})",
      "f");
  EXPECT_EQ(scenario_hash(*plain), scenario_hash(*spelled));
  Scenario other = *plain;
  other.workloads[0].keys = 4;
  EXPECT_NE(scenario_hash(*plain), scenario_hash(other));
  EXPECT_EQ(scenario_hash_text(other).size(), 16U);
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(ScenarioFile, TheSchemaInTheTreeIsTheLoaders) {
  const std::filesystem::path path = kScenarios / "scenario.schema.json";
  if (std::getenv("PLUMBLINE_REWRITE") != nullptr) std::ofstream(path) << scenario_schema();
  EXPECT_EQ(contents(path), scenario_schema()) << "rewrite it with PLUMBLINE_REWRITE=1";
}

// Walks the schema along with a written scenario: it must know each key, and demand none that is
// absent.
void expect_described(const nlohmann::json& value, const nlohmann::json& schema,
                      const std::string& path) {
  if (value.is_array() && schema.contains("items")) {
    for (const auto& item : value) expect_described(item, schema["items"], path + "/*");
  }
  if (!value.is_object()) return;
  EXPECT_EQ(schema["additionalProperties"], false) << path;
  for (const auto& [key, inner] : value.items()) {
    ASSERT_TRUE(schema["properties"].contains(key)) << path << "/" << key;
    expect_described(inner, schema["properties"][key], path + "/" + key);
  }
  for (const auto& key : schema.value("required", nlohmann::json::array())) {
    EXPECT_TRUE(value.contains(key)) << path << "/" << key;
  }
}

std::vector<std::filesystem::path> suite_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kScenarios / "suites")) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  return files;
}

TEST(ScenarioFile, EverySuiteFileIsGoodAndFitsTheSchema) {
  const auto schema = nlohmann::json::parse(scenario_schema());
  const auto files = suite_files();
  EXPECT_GE(files.size(), 9U);
  for (const std::filesystem::path& path : files) {
    const auto loaded = load_scenario(path.string());
    ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
    EXPECT_EQ(loaded->name, path.stem()) << "a scenario is found by its name";
    expect_described(nlohmann::json::parse(contents(path)), schema, "");
    expect_described(nlohmann::json::parse(to_json(*loaded)), schema, "");
  }
}

}  // namespace
}  // namespace plumbline::scenarios
