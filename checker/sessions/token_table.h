#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "checker/history/requests.h"

namespace plumbline::checker {

// Which request asked for which token, and which token was seen by whom, key by key. Built once
// for all guarantees, since clients read the same long lists again and again.
struct TokenUse {
  std::uint32_t asked = 0;          // How often, by requests that may have taken effect.
  const Request* writer = nullptr;  // The first of those.
  const Request* failed = nullptr;  // The first request that definitely failed to write it.
};

struct KeyTokens {
  struct Reader {
    const Request* request = nullptr;
    std::vector<std::uint32_t> tokens;  // What it saw, as indices of `uses`, in the order seen.
  };
  struct Append {
    const Request* request = nullptr;
    std::uint32_t token = 0;
  };

  std::string_view key;
  std::vector<TokenUse> uses;
  std::vector<Reader> readers;  // In the order of their calls.
  std::vector<Append> appends;  // Those answered, in the order of their returns.
  bool only_appends = true;     // Nothing else may have changed the value.
};

// In the order of the keys, without those on which no guarantee could be broken: where every value
// is a scalar, only what a failed request wrote is looked at. It points into `requests`.
std::vector<KeyTokens> tokens_by_key(std::span<const Request> requests);

}  // namespace plumbline::checker
