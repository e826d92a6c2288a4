// The table of a collection of histories.

#include "checker/formats/manifest.h"

#include <gtest/gtest.h>

#include <sstream>

namespace plumbline::checker {
namespace {

const std::string kNames = "file\tformat\tmodel\tparams\tsemantics\tlevel\texpect\tops\tfrom\n";

Result<std::vector<ManifestRow>> parsed(const std::string& text) {
  std::istringstream in(text);
  return read_manifest(in, "M");
}

TEST(Manifest, RowsByTheNamesOfTheirColumns) {
  const auto rows = parsed(
      "ops\tfrom\texpect\tlevel\tsemantics\tparams\tmodel\tformat\tfile\n"
      "7\tme\tvalid\tlinearizable\tstrict\tinit=0\tcas-register\tedn\ta.edn\n"
      "\n"
      "\t\tinvalid\t\t\t\t\t\tb.edn\r\n");
  ASSERT_TRUE(rows.ok()) << rows.problem().text();
  ASSERT_EQ(rows.value().size(), 2U);
  const ManifestRow& row = rows.value()[0];
  EXPECT_EQ(row.line, 2U);
  EXPECT_EQ(row.file, "a.edn");
  EXPECT_EQ(row.format, "edn");
  EXPECT_EQ(row.model, "cas-register");
  EXPECT_EQ(row.params, "init=0");
  EXPECT_EQ(row.semantics, "strict");
  EXPECT_EQ(row.level, "linearizable");
  EXPECT_EQ(row.expect, "valid");
  EXPECT_EQ(row.operations, 7U);
  EXPECT_EQ(rows.value()[1].line, 4U);
  EXPECT_FALSE(rows.value()[1].operations.has_value());
}

TEST(Manifest, EveryWayToBeWrong) {
  const std::string row = "a\tedn\tm\t\t\tl\tvalid\t1\tme\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "M: the manifest is empty"},
      {"file\tformat\tmodel\n", "M:1: column 'params' is missing"},
      {"file\t" + kNames, "M:1: column 'file' occurs twice"},
      {kNames + row + "b\tedn\n", "M:3: 2 columns where the first line names 9"},
      {kNames + row + "b\tedn\tm\t\t\tl\tvalid\t1\tme\tmore\n",
       "M:3: 10 columns where the first line names 9"},
      {kNames + "\tedn\tm\t\t\tl\tvalid\t1\tme\n", "M:2: column 'file' is empty"},
      {kNames + row + row, "M:3: file 'a' occurs twice"},
      {kNames + "a\tedn\tm\t\t\tl\tvald\t1\tme\n",
       "M:2: unknown verdict 'vald'; the nearest known one is 'valid'"},
      {kNames + "a\tedn\tm\t\t\tl\tvalid\t-1\tme\n",
       "M:2: column 'ops' must be a number of operations"},
      {kNames + row.substr(0, row.size() - 1), "M:2: truncated: the line has no end"},
      {kNames + std::string(2'000'000, 'x'), "M:2: the line is longer than 1048576 bytes"},
  };
  for (const auto& [text, problem] : cases) {
    const auto rows = parsed(text);
    ASSERT_FALSE(rows.ok()) << problem;
    EXPECT_EQ(rows.problem().text(), problem);
  }
  EXPECT_EQ(read_manifest_file("/nowhere/M").problem().text(), "/nowhere/M: cannot be opened");
  EXPECT_EQ(read_manifest_file("/tmp").problem().text(), "/tmp: cannot be read");
}

}  // namespace
}  // namespace plumbline::checker
