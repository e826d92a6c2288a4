#include "real/harness/store_process.h"

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <iterator>

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
  end_expected_ = false;
  return {};
}

void StoreProcess::kill() {
  if (!is_up()) return;
  end_expected_ = true;
  child_->signal(SIGKILL);
}

void StoreProcess::signal(int number) {
  if (is_up()) child_->signal(number);
}

// One that is being killed takes a moment to be gone, but is no longer up.
bool StoreProcess::is_up() {
  notice_end();
  return child_ && !end_expected_;
}

bool StoreProcess::is_ready() {
  return is_up() && text_from(options_.log, log_begins_at_).find("ready: ") != std::string::npos;
}

const std::optional<std::string>& StoreProcess::died_by_itself() {
  notice_end();
  return died_;
}

void StoreProcess::notice_end() {
  if (!child_ || end_expected_) return;
  const std::optional<ProcessEnd> end = child_->ended();
  if (!end) return;
  end_expected_ = true;
  if (died_) return;
  died_by_signal_ = end->by_signal;
  died_ = "n" + std::to_string(options_.node.value) + " ended by itself with " + end->text();
  const std::string words = last_line(text_from(options_.log, log_begins_at_));
  if (!words.empty()) *died_ += ": " + words;
}

}  // namespace plumbline::harness
