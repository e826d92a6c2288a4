#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checker/linear/key_case.h"

namespace plumbline::checker {

// "key x", or "the history" where the whole is one object.
std::string subject_text(const KeyCase& key);

struct Explanation {
  std::string_view topic;  // Of the glossary.
  std::string sentence;
  // The core, and the operations that wrote, or tried to write, what the core saw.
  std::vector<const Request*> witness;
};

// Says in one sentence why no order explains the answers of `core` (positions in key.requests(),
// invalid when taken alone). A sentence that names a pattern is true as it stands, without the
// rest of the history; where no pattern fits, it tells how far any order gets.
Explanation explain(KeyCase& key, const std::vector<std::uint32_t>& core,
                    const SearchOptions& options);

}  // namespace plumbline::checker
