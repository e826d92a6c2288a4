#pragma once

#include <string>
#include <string_view>

#include "checker/history/result.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// verdict.json: {"plumbline_verdict": 1, "verdict": ..., "reports": [...]}, members named as the
// fields of CheckResult and Report. Keys and sentences that are not UTF-8 are written as in
// history.jsonl. What a report may lack (topic, argument, orders, ruled_out, still_possible) is
// written only where there is some, and read as empty where it is missing.
std::string to_json(const CheckResult& result);

// `file` is for the problem's text only. Strict, as all our readers.
Result<CheckResult> check_result_from_json(std::string_view text, const std::string& file);

}  // namespace plumbline::checker
