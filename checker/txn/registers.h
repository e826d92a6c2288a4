#pragma once

#include <cstdint>
#include <vector>

#include "checker/txn/versions.h"

namespace plumbline::checker::txn {

// Orders the versions of register keys, once all reads are known. `before` already says which
// version a transaction read before it wrote; published revisions are stronger than that.
class RegisterOrders {
 public:
  RegisterOrders(const Compiled& history, Versions& versions, Findings& findings);

  void order();

 private:
  struct Published {
    std::uint32_t key = 0;
    std::int64_t revision = 0;
    bool seen = false;  // The revision at which it was seen first, not the one that made it.
    std::uint32_t element = 0;

    bool same_place(const Published& other) const {
      return key == other.key && revision == other.revision && seen == other.seen;
    }
  };

  bool installs(std::uint32_t element) const;
  std::vector<Published> published() const;
  void order_by_revision();
  void find_cycles();
  void report_cycle(std::uint32_t version);
  void begin_others_at_nil();
  void find_loose_keys();

  const Compiled& history_;
  Versions& versions_;
  Findings& findings_;
  std::vector<bool> cyclic_;  // By key.
};

}  // namespace plumbline::checker::txn
