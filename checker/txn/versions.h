#pragma once

#include <cstdint>
#include <vector>

#include "checker/txn/compiled.h"
#include "checker/txn/findings.h"

namespace plumbline::checker::txn {

// The versions of all keys and what is known of their order. A version is a number: that of a key
// stands for its initial state, and keys.size() + e for the state that element e made. The order
// of a key is a forest: each version names the one that it directly replaced. It is complete if
// no version was replaced twice; for lists it suffices that nobody saw what replaced it.
struct Versions {
  struct Read {
    std::uint32_t transaction = 0;
    std::uint32_t version = 0;
    bool replaced_known = true;  // False: it says who wrote the version, but not who replaced it.
  };

  std::vector<std::uint32_t> before;  // By version; kNone if it is not known or has none.
  std::vector<Read> reads;            // Of states that the transaction itself had not changed.
  std::vector<bool> happened;         // By transaction: answered, or unknown and seen.
  // The versions of each list key in their order, one list after the other: what a read of n
  // elements saw is list_versions[list_begin[key] + n].
  std::vector<std::uint32_t> list_versions;
  std::vector<std::size_t> list_begin;  // By key.
  // By element of a list: its place in the longest read; kNone if nobody read it.
  std::vector<std::uint32_t> place;
  // Keys of whose versions some may stand in either order; nothing else is undecided.
  std::vector<std::uint32_t> loose_keys;

  bool is_initial(std::uint32_t version) const { return version < list_begin.size(); }
  std::uint32_t element_of(std::uint32_t version) const {
    return version - static_cast<std::uint32_t>(list_begin.size());
  }
  std::uint32_t version_of(std::uint32_t element) const {
    return element + static_cast<std::uint32_t>(list_begin.size());
  }
};

// Finds the versions, and on the way everything that is wrong with the steps themselves.
Versions find_versions(const Compiled& history, Findings& findings);

}  // namespace plumbline::checker::txn
