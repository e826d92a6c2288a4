// Writes pages of judged histories into a folder, for open_pages to open in a browser.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "reports/check_page.h"
#include "tests/reports/check_fixture.h"

namespace {

using plumbline::reports::check_page;
using plumbline::reports::testing::Judged;

bool write_page(const std::filesystem::path& folder, const std::string& name,
                const Judged& judged) {
  std::ofstream file(folder / (name + ".html"), std::ios::binary | std::ios::trunc);
  file << check_page(judged.result, judged.history, judged.file) << std::flush;
  if (!file) std::fprintf(stderr, "cannot write %s.html\n", name.c_str());
  return static_cast<bool>(file);
}

}  // namespace

int main(int argc, char** argv) {
  namespace testing = plumbline::reports::testing;
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_check_pages FOLDER\n");
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::filesystem::create_directories(folder);
  const bool written = write_page(folder, "stale", testing::judged_stale_read()) &&
                       write_page(folder, "unknown", testing::judged_undecided()) &&
                       write_page(folder, "valid", testing::judged_valid()) &&
                       write_page(folder, "many", testing::judged_many_findings(300)) &&
                       write_page(folder, "large", testing::judged_large(1'000'000));
  return written ? 0 : 1;
}
