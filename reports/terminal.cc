#include "reports/terminal.h"

#include <fmt/format.h>

#include <algorithm>

#include "reports/text.h"

namespace plumbline::reports {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[K";
constexpr std::chrono::milliseconds kRedrawInterval{100};
constexpr std::chrono::milliseconds kLineInterval{30'000};
constexpr std::uint64_t kBarColumns = 24;

std::string_view ansi_of(SeedVerdict verdict) {
  switch (verdict) {
    case SeedVerdict::kPass: return "\x1b[32m";
    case SeedVerdict::kInfrastructure:
    case SeedVerdict::kIndeterminate: return "\x1b[33m";
    case SeedVerdict::kViolation:
    case SeedVerdict::kCrash:
    case SeedVerdict::kLiveness:
    case SeedVerdict::kNondeterminism: return "\x1b[1;31m";
  }
  return "";
}

std::string named(std::string_view name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("  {}={}", name, plain(value));
}

std::string indented(std::string_view label, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("  {}{}\n", label, plain(value));
}

std::string clock_text(std::uint64_t seconds) {
  if (seconds < 3600) return fmt::format("{}:{:02}", seconds / 60, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

}  // namespace

std::string coloured(std::string_view text, SeedVerdict verdict, bool colour) {
  if (!colour) return std::string(text);
  return fmt::format("{}{}\x1b[0m", ansi_of(verdict), text);
}

std::string failure_block(const Failure& failure, bool colour) {
  std::string out = coloured(look_of(failure.verdict).word, failure.verdict, colour);
  if (!failure.property.empty()) out += " " + plain(failure.property);
  out += named("key", failure.key) + named("scenario", failure.scenario) +
         named("seed", failure.seed) + "\n";
  out += indented("", failure.sentence);
  out += indented("shrunk ", failure.shrunk);
  out += indented("replay:  ", failure.replay);
  out += indented("report:  ", failure.report);
  return out;
}

std::string Progress::facts(std::uint64_t done, std::uint64_t failures, Elapsed elapsed) const {
  const auto ms = static_cast<std::uint64_t>(elapsed.count());
  std::string out = with_commas(done);
  if (total_ > 0) out += fmt::format("/{} seeds, {} %", with_commas(total_), done * 100 / total_);
  if (total_ == 0) out += " seeds";
  out += fmt::format(", {} failed", with_commas(failures));
  const double seconds = static_cast<double>(ms) / 1000.0;
  if (ms > 0) out += fmt::format(", {:.1f}/s", static_cast<double>(done) / seconds);
  if (total_ > done && done > 0) {
    const double share = static_cast<double>(total_ - done) / static_cast<double>(done);
    out += fmt::format(", {} left", clock_text(static_cast<std::uint64_t>(share * seconds)));
  }
  return out;
}

std::string Progress::plain_line(std::uint64_t done, std::uint64_t failures, Elapsed elapsed) {
  told_at_ = elapsed;
  done_told_ = done;
  return facts(done, failures, elapsed) + "\n";
}

std::string Progress::bar(std::uint64_t done, std::uint64_t failures, Elapsed elapsed) {
  told_at_ = elapsed;
  bar_is_drawn_ = true;
  std::string out(kClearLine);
  if (total_ > 0) {
    const std::uint64_t full = std::min(done, total_) * kBarColumns / total_;
    out += "[" + std::string(full, '#') + std::string(kBarColumns - full, '.') + "] ";
  }
  return out + facts(done, failures, elapsed);
}

std::string Progress::update(std::uint64_t done, std::uint64_t failures, Elapsed elapsed) {
  if (style_ == ProgressStyle::kNone) return "";
  if (style_ == ProgressStyle::kBar) {
    const bool due = !bar_is_drawn_ || elapsed - told_at_ >= kRedrawInterval;
    return due ? bar(done, failures, elapsed) : "";
  }
  const std::uint64_t tenths = total_ > 0 ? done * 10 / total_ : 0;
  const bool due = tenths > tenths_told_ || elapsed - told_at_ >= kLineInterval;
  tenths_told_ = tenths;
  return due ? plain_line(done, failures, elapsed) : "";
}

std::string Progress::clear() {
  if (!bar_is_drawn_) return "";
  bar_is_drawn_ = false;
  return std::string(kClearLine);
}

std::string Progress::finish(std::uint64_t done, std::uint64_t failures, Elapsed elapsed) {
  if (style_ == ProgressStyle::kNone) return "";
  if (style_ == ProgressStyle::kPlain && done_told_ == done) return "";
  return clear() + plain_line(done, failures, elapsed);
}

}  // namespace plumbline::reports
