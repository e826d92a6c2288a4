#pragma once

#include <string>

namespace plumbline {

// Who steps a copy of a core, and can throw the copy away, may go on behind an assertion that
// fails: the trap is given the sentence that would be printed, and throws. Where it returns, the
// process ends as without one.
using AssertTrap = void (*)(const std::string& sentence);
void set_assert_trap(AssertTrap trap);

}  // namespace plumbline
