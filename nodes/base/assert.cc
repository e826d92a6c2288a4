#include "nodes/base/assert.h"

#include <cstdio>
#include <cstdlib>

#include "nodes/base/assert_trap.h"

namespace plumbline {
namespace {

AssertContext assert_context = nullptr;
AssertTrap assert_trap = nullptr;

}  // namespace

void set_assert_context(AssertContext context) { assert_context = context; }
void set_assert_trap(AssertTrap trap) { assert_trap = trap; }

void assert_failed(const char* expression, const char* file, int line, const std::string& detail) {
  std::string sentence =
      std::string("assertion failed: ") + expression + " at " + file + ":" + std::to_string(line);
  if (!detail.empty()) sentence += ": " + detail;
  if (assert_trap != nullptr) assert_trap(sentence);
  const std::string where = assert_context == nullptr ? std::string() : assert_context();
  std::fprintf(stderr, "%s%s%s\n", sentence.c_str(), where.empty() ? "" : " ", where.c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace plumbline
