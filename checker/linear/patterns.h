#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/requests.h"

namespace plumbline::checker {

// The contradictions that have a name. Each pattern either recognises itself in the core of a key
// and says why it is one, or says nothing. What it says is proved by the operations it names and
// by how often a value was written on the key at all.
struct Contradiction {
  std::vector<const Request*> core;     // In the order of their calls.
  std::span<const Request* const> all;  // Every request of the key, failed ones too.
};

struct Because {
  std::string_view topic;  // A word of the glossary.
  std::string text;        // "... returned 5, which 7 had replaced".
  // Those that the text is about, in any order; empty: the core.
  std::vector<const Request*> about;
};

std::optional<Because> explain_by_pattern(const Contradiction& contradiction);

// The tokens of a value as kv-append counts them: none of nil, a list's items, else itself.
std::vector<Value> tokens_of(const Value& value);
// Whether the request writes a value that contains `token`, if it takes effect.
bool writes_token(const Request& request, const Value& token);

}  // namespace plumbline::checker
