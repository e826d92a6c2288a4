#include "network/wire/frame.h"

#include <cstring>

namespace plumbline::wire {

Bytes frame(BytesView payload) {
  PLUMB_ASSERT(payload.size() <= kFrameBytesMax);
  const auto length = static_cast<std::uint32_t>(payload.size());
  Bytes bytes(kFrameHeaderBytes, '\0');
  std::memcpy(bytes.data(), &length, kFrameHeaderBytes);
  bytes.append(payload);
  return bytes;
}

Result<std::optional<Bytes>> FrameReader::next() {
  const BytesView rest = BytesView(buffer_).substr(consumed_);
  if (rest.size() < kFrameHeaderBytes) return std::optional<Bytes>();
  std::uint32_t length = 0;
  std::memcpy(&length, rest.data(), kFrameHeaderBytes);
  if (length > kFrameBytesMax) {
    return Error{Errc::kInvalid, "frame of " + std::to_string(length) + " bytes"};
  }
  if (rest.size() < kFrameHeaderBytes + length) return std::optional<Bytes>();
  std::optional<Bytes> payload(rest.substr(kFrameHeaderBytes, length));
  consumed_ += kFrameHeaderBytes + length;
  if (consumed_ >= buffer_.size()) {
    buffer_.clear();
    consumed_ = 0;
  }
  return payload;
}

}  // namespace plumbline::wire
