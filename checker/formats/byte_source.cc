#include "checker/formats/byte_source.h"

#include <array>
#include <cstdio>
#include <utility>

namespace plumbline::checker {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{64} << 10;

std::string in_words(int byte) {
  if (byte > 0x20 && byte < 0x7f) return std::string("'") + static_cast<char>(byte) + "'";
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "byte 0x%02x", static_cast<unsigned>(byte));
  return text.data();
}

}  // namespace

bool ByteSource::fill() {
  if (in_ == nullptr || failed_) return false;
  chunk_.resize(kChunkBytes);
  in_->read(chunk_.data(), static_cast<std::streamsize>(chunk_.size()));
  next_ = chunk_.data();
  end_ = next_ + in_->gcount();
  if (in_->bad()) {
    kind_ = Problem::Kind::kIo;
    fail("cannot be read");
  }
  return next_ != end_;
}

void ByteSource::fail_at(std::uint64_t line, std::string reason) {
  if (failed_) return;
  failed_ = true;
  fault_line_ = line;
  reason_ = std::move(reason);
  next_ = end_;
}

void ByteSource::fail_truncated(std::string reason) {
  if (failed_) return;
  kind_ = Problem::Kind::kTruncated;
  fail("truncated: " + reason);
}

void ByteSource::fail_unexpected(int byte, const std::string& where) {
  if (byte == kEnd) return fail_truncated("the end comes " + where);
  fail("unexpected " + in_words(byte) + " " + where);
}

void ByteSource::fail_long() {
  fail("an entry is longer than " + std::to_string(kElementBytesMax) + " bytes");
}

}  // namespace plumbline::checker
