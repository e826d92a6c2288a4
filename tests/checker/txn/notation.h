#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// Transactions as short as they can be written, one string each:
//
//   "ax1 ry12 rz"          append 1 to x, read [1, 2] of y, read [] of z
//   "wx1 rx=1 ry=nil"      write 1 to x, read 1 of x, read nil of y
//   "c3 10-20 ax1"         by process 3, from 10 ms to 20 ms; "10-" if it never returned
//   "ax1 !", "ax1 ?"       definitely failed; unknown
//   "@7 wx1"               at revision 7
//
// Keys are one letter, values one digit. Without a process each has its own; without times all
// overlap. They must stand in the order of their calls.
History txns(const std::vector<std::string>& rows);

// The topics of all reports that are not valid, and of the anomalies that a valid one allows,
// sorted, each once, joined by spaces.
std::string topics(const std::vector<Report>& reports);

// The transactions of a history, for a failed test.
std::string shown(const History& history);

}  // namespace plumbline::checker
