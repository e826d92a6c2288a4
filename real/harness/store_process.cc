#include "real/harness/store_process.h"

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "real/asio/address.h"

namespace plumbline::harness {
namespace {

std::string text_from(const std::string& path, std::uint64_t offset) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(offset));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t newline = text.rfind('\n');
  return newline == text.npos ? text : text.substr(newline + 1);
}

}  // namespace

Status StoreProcess::start() {
  if (is_up()) return {};
  child_.reset();
  std::error_code missing;
  const auto size = std::filesystem::file_size(options_.log, missing);
  log_begins_at_ = missing ? 0 : size;
  ChildOptions options{
      .program = options_.plumbd,
      .arguments = {"replica", "--node", std::to_string(options_.node.value), "--data",
                    options_.data, "--listen-peers", real::text_of(peers_address()), "--listen",
                    real::text_of(clients_address())},
      .output = options_.log};
  options.arguments.insert(options.arguments.end(), flags_.begin(), flags_.end());
  auto child = ChildProcess::start(options);
  if (!child) return child.error();
  child_ = std::move(*child);
  ending_ = Ending::kNotExpected;
  return {};
}

void StoreProcess::kill() {
  if (!is_up()) return;
  ending_ = Ending::kKilled;
  child_->signal(SIGKILL);
}

void StoreProcess::terminate() {
  if (!is_up()) return;
  ending_ = Ending::kAsked;
  child_->signal(SIGTERM);
}

void StoreProcess::signal(int number) {
  if (is_up()) child_->signal(number);
}

// One that is being killed takes a moment to be gone, but is no longer up.
bool StoreProcess::is_up() {
  notice_end();
  return child_ && ending_ == Ending::kNotExpected;
}

bool StoreProcess::is_ready() {
  return is_up() && text_from(options_.log, log_begins_at_).find("ready: ") != std::string::npos;
}

const std::optional<std::string>& StoreProcess::died_by_itself() {
  notice_end();
  return died_;
}

void StoreProcess::notice_end() {
  if (!child_ || ending_ == Ending::kKilled) return;
  const std::optional<ProcessEnd> end = child_->ended();
  if (!end) return;
  const bool asked = std::exchange(ending_, Ending::kKilled) == Ending::kAsked;
  if (!asked) return note_death("by itself", *end);
  if (end->by_signal || end->code != 0) note_death("when asked to", *end);
}

void StoreProcess::note_death(const std::string& how, const ProcessEnd& end) {
  if (died_) return;
  died_by_signal_ = end.by_signal;
  died_ = "n" + std::to_string(options_.node.value) + " ended " + how + " with " + end.text();
  const std::string words = last_line(text_from(options_.log, log_begins_at_));
  if (!words.empty()) *died_ += ": " + words;
}

}  // namespace plumbline::harness
