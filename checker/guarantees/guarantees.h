#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "checker/guarantees/options.h"
#include "checker/history/history.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// A set of functions, a bit for each.
using Functions = std::uint64_t;

// One guarantee that a history can be held to. To add one: a file of its own, and a line in
// guarantees.cc.
struct GuaranteeInfo {
  std::string_view name;
  std::string_view summary;  // One line, for a list of all.
  // It says something about histories in which some function of each set occurs, unless a set is 0.
  Functions changes;
  Functions reads;
  // REQUIRES: the history has no fault. ENSURES: at least one report, each with `name` as its
  // property; one of a violation names an operation.
  std::vector<Report> (*run)(const History&, const GuaranteeOptions&);
  bool of_sessions = false;  // What each session alone is promised.
};

std::span<const GuaranteeInfo> guarantees();
std::span<const std::string_view> guarantee_names();
// nullptr if there is none of that name.
const GuaranteeInfo* guarantee_named(std::string_view name);

bool applies(const GuaranteeInfo& guarantee, const History& history);

}  // namespace plumbline::checker
