#include "checker/history/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace plumbline::checker {
namespace {

constexpr std::array<std::int64_t, 10> kPowers = {1,      10,      100,      1000,      10000,
                                                  100000, 1000000, 10000000, 100000000, 1000000000};
constexpr int kDigitsMin = 3;
constexpr int kDigitsMax = 9;

bool tells_apart(const std::vector<std::int64_t>& sorted, int digits) {
  const std::int64_t unit = kPowers[kDigitsMax - digits];
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i] / unit == sorted[i - 1] / unit) return false;
  }
  return true;
}

std::string joined(const Values& values) {
  std::string out;
  for (const Value& value : values) {
    if (!out.empty()) out += ", ";
    out += to_text(value);
  }
  return out;
}

}  // namespace

TimeText::TimeText(std::span<const std::int64_t> times) {
  std::vector<std::int64_t> sorted(times.begin(), times.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  digits_ = kDigitsMin;
  while (digits_ < kDigitsMax && !tells_apart(sorted, digits_)) digits_ += 3;
}

std::string TimeText::operator()(std::int64_t ns) const {
  if (ns == kNever) return "never";
  const std::string fraction =
      std::to_string(kPowers[kDigitsMax] + ns % kPowers[kDigitsMax]).substr(1, digits_);
  return std::to_string(ns / kPowers[kDigitsMax]) + "." + fraction + " s";
}

std::string call_text(const Operation& op) {
  std::string out(name_of(op.function));
  out += "(" + op.key;
  for (const Value& argument : op.arguments) out += ", " + to_text(argument);
  return out + ")";
}

std::string client_text(const Operation& op) {
  return call_text(op) + " by c" + std::to_string(op.process);
}

std::string answer_text(const Operation& op) {
  std::string out;
  if (op.outcome == Outcome::kOk && !op.results.empty()) {
    out = joined(op.results);
  } else {
    out = name_of(op.outcome);
  }
  if (op.revision) out += ", at revision " + std::to_string(*op.revision);
  return out;
}

}  // namespace plumbline::checker
