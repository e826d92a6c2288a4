#include "nodes/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace plumbline {
namespace {
AssertContext assert_context = nullptr;
}

void set_assert_context(AssertContext context) { assert_context = context; }

void assert_failed(const char* expression, const char* file, int line, const std::string& detail) {
  const std::string where = assert_context == nullptr ? std::string() : assert_context();
  std::fprintf(stderr, "assertion failed: %s at %s:%d%s%s%s%s\n", expression, file, line,
               detail.empty() ? "" : ": ", detail.c_str(), where.empty() ? "" : " ", where.c_str());
  std::fflush(stderr);
  std::abort();
}

}  // namespace plumbline
