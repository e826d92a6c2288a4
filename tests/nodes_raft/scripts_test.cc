// Each testdata/*.txt is a conversation among replicas with what they tell written beneath.
// PLUMBLINE_REWRITE=1 writes what they tell now into the files; read the difference before keeping
// it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/nodes_raft/script.h"

namespace plumbline::raft::testing {
namespace {

std::vector<std::string> scripts() {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& file : std::filesystem::directory_iterator("testdata", none)) {
    if (file.path().extension() == ".txt") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class RaftScript : public ::testing::TestWithParam<std::string> {};

TEST_P(RaftScript, TellsWhatIsWritten) {
  const std::string path = "testdata/" + GetParam() + ".txt";
  std::ifstream in(path);
  const std::string written((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::optional<std::string> violation;
  const std::string told = run_script(written, violation);
  EXPECT_EQ(violation.value_or(""), "");
  if (std::getenv("PLUMBLINE_REWRITE") != nullptr) {
    std::ofstream(path) << told;
    return;
  }
  EXPECT_EQ(told, written) << path;
}

INSTANTIATE_TEST_SUITE_P(Testdata, RaftScript, ::testing::ValuesIn(scripts()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace plumbline::raft::testing
