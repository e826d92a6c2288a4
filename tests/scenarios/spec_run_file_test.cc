#include "scenarios/spec/run_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "scenarios/spec/scenario_file.h"

namespace plumbline::scenarios {
namespace {

RunFile some_run() {
  RunFile run;
  run.scenario.name = "general";
  run.scenario.workloads.push_back({.kind = "register"});
  run.scenario.faults.push_back({.id = 3,
                                 .kind = FaultKind::kKill,
                                 .at = milliseconds(7),
                                 .duration = milliseconds(400),
                                 .nodes = {2}});
  run.seed = 0xfedc'ba98'7654'3210;
  run.overrides = {{"fault.enabled/3", 0},
                   {"net.delay(append)/1/2/17", 18'446'744'073'709'551'615U}};
  run.plant = "RF-08";
  run.build = "0.1.0+abc";
  run.trace_hash = "00112233aabbccdd";
  run.verdict = "violation";
  run.property = "linearizability";
  run.replay = "plumbline replay runs/general-0xfe";
  return run;
}

void expect_equal(const RunFile& a, const RunFile& b) {
  EXPECT_EQ(a.scenario, b.scenario);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(a.plant, b.plant);
  EXPECT_EQ(a.verdict, b.verdict);
  EXPECT_EQ(a.overrides.size(), b.overrides.size());
  EXPECT_EQ(to_json(a), to_json(b));
}

TEST(RunFile, WhatIsSavedIsLoadedTheSame) {
  const auto path = std::filesystem::path(testing::TempDir()) / "plumbline-run-file-test.json";
  const RunFile run = some_run();
  ASSERT_TRUE(save_run(run, path.string()).ok());
  const auto loaded = load_run(path.string());
  ASSERT_TRUE(loaded.ok()) << loaded.error().detail;
  expect_equal(*loaded, run);
  std::filesystem::remove(path);
}

TEST(RunFile, NoPlantAndNoOverridesAreNotWritten) {
  RunFile run = some_run();
  run.plant.clear();
  run.overrides.clear();
  const std::string text = to_json(run);
  EXPECT_EQ(text.find("plant"), std::string::npos);
  EXPECT_EQ(text.find("overrides"), std::string::npos);
  expect_equal(*parse_run(text, "f"), run);
}

std::string refusal(const std::string& from, const std::string& to) {
  std::string text = to_json(some_run());
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  text.replace(at, from.size(), to);
  const auto parsed = parse_run(text, "run.json");
  return parsed ? "accepted" : parsed.error().detail;
}

TEST(RunFile, EveryWrongThingHasItsLine) {
  EXPECT_EQ(refusal("\"format\": 1", "\"format\": 2"),
            "run.json: /format: 2 is out of range; 1 to 1 is allowed");
  EXPECT_EQ(refusal("\"0xfedcba9876543210\"", "\"0xfedcba98765432100\"").substr(0, 46),
            "run.json: /seed: \"0xfedcba98765432100\" is not ");
  EXPECT_EQ(refusal("\"seed\"", "\"sead\""),
            "run.json: /sead: unknown key; did you mean \"seed\"?");
  EXPECT_EQ(refusal("fault.enabled/3", "fault.enabled/x"),
            "run.json: /overrides/0/key: key 'fault.enabled/x' is not written "
            "purpose(subject)/number/number");
  EXPECT_EQ(refusal("\"value\": 0", "\"value\": -1"),
            "run.json: /overrides/0/value: expected a whole number from 0, found a whole number");
  EXPECT_EQ(refusal("\"nodes\": [2]", "\"nodes\": [4]"),
            "run.json: /scenario/faults/0/nodes: node 4 does not exist among 3");
}

TEST(RunFile, AFolderThatIsNotThereIsAnError) {
  EXPECT_EQ(save_run(some_run(), "/no/such/folder/run.json").error().code, Errc::kIo);
}

}  // namespace
}  // namespace plumbline::scenarios
