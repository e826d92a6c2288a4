#include "real/asio/transport_format.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "nodes/base/assert.h"
#include "nodes/base/crc32c.h"

namespace plumbline::real {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::size_t kRoomBytes = 64 * 1024;

template <class Number>
void put(Bytes& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

template <class Number>
Number take(BytesView& bytes) {
  Number number;
  std::memcpy(&number, bytes.data(), sizeof number);
  bytes.remove_prefix(sizeof number);
  return number;
}

}  // namespace

Bytes encode_hello(const Hello& hello) {
  Bytes out;
  put(out, kHelloMagic);
  put(out, kTransportVersion);
  put(out, hello.cluster);
  put(out, hello.from.value);
  put(out, hello.incarnation.value);
  put(out, hello.to.value);
  put(out, crc32c(out));
  PLUMB_ASSERT(out.size() == kHelloBytes);
  return out;
}

std::optional<Hello> decode_hello(BytesView bytes) {
  PLUMB_ASSERT(bytes.size() == kHelloBytes);
  const std::uint32_t sum = crc32c(bytes.substr(0, kHelloBytes - sizeof(std::uint32_t)));
  if (take<std::uint32_t>(bytes) != kHelloMagic) return std::nullopt;
  if (take<std::uint32_t>(bytes) != kTransportVersion) return std::nullopt;
  Hello hello;
  hello.cluster = take<std::uint64_t>(bytes);
  hello.from = take<NodeId>(bytes);
  hello.incarnation = take<Incarnation>(bytes);
  hello.to = take<NodeId>(bytes);
  if (take<std::uint32_t>(bytes) != sum) return std::nullopt;
  return hello;
}

void append_frame(Bytes& out, BytesView payload) {
  PLUMB_ASSERT(payload.size() <= kFrameBytesMax,
               "message of " + std::to_string(payload.size()) + " bytes");
  const std::size_t start = out.size();
  put(out, static_cast<std::uint32_t>(payload.size()));
  const std::uint32_t sum = crc32c(payload, crc32c(BytesView(out).substr(start)));
  put(out, sum);
  out.append(payload);
}

std::span<char> FrameReader::room() {
  buffer_.erase(0, taken_);
  filled_ -= taken_;
  taken_ = 0;
  // Doubling, never what a header asks for: memory is spent on bytes that came, not on a claim.
  const std::size_t wanted = filled_ + std::max(filled_, kRoomBytes);
  if (buffer_.size() < wanted) buffer_.resize(wanted);
  return {buffer_.data() + filled_, buffer_.size() - filled_};
}

FrameReader::Next FrameReader::next() {
  BytesView rest = BytesView(buffer_).substr(taken_, filled_ - taken_);
  if (rest.size() < kFrameHeaderBytes) return Next::kNeedsMore;
  const std::uint32_t length_sum = crc32c(rest.substr(0, sizeof(std::uint32_t)));
  const auto length = take<std::uint32_t>(rest);
  const auto sum = take<std::uint32_t>(rest);
  if (length > kFrameBytesMax) return Next::kMalformed;
  if (rest.size() < length) return Next::kNeedsMore;
  frame_ = rest.substr(0, length);
  if (crc32c(frame_, length_sum) != sum) return Next::kMalformed;
  taken_ += kFrameHeaderBytes + length;
  return Next::kFrame;
}

}  // namespace plumbline::real
