#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reports/json_fields.h"

namespace plumbline::reports {

// How long clients waited, in microseconds and in election timeouts of the seed's cluster.
struct Waits {
  std::vector<double> us;
  std::vector<double> timeouts;
};

// After the faults of one kind, over all seeds: how long until the first write succeeded that was
// called after the fault struck, and after it ended.
struct FirstWriteWaits {
  Waits after_start;
  Waits after_end;
  std::uint64_t never = 0;  // writes were called, and none succeeded until the run was over
};
using FirstWritesByKind = std::map<std::string, FirstWriteWaits>;

// A seed's part of the above, from its line of results.jsonl.
void add_first_writes(const Json& line, FirstWritesByKind& to);

// What a distribution comes to. A percentile is the smallest sample that so many are not above.
struct Spread {
  std::size_t count = 0;
  double median = 0;
  double p95 = 0;
  double max = 0;
};
Spread spread_of(std::vector<double> samples);

// One line of the table that every form of the report shows: a kind, since when, and the numbers as
// texts in the order of first_write_headings(). Kinds without a sample have none.
struct FirstWriteRow {
  std::string kind;
  std::vector<std::string> cells;
};
const std::vector<std::string>& first_write_headings();
std::vector<FirstWriteRow> first_write_rows(const FirstWritesByKind& all);

Json first_writes_json(const FirstWritesByKind& all);

}  // namespace plumbline::reports
