#pragma once

#include <cstdint>
#include <optional>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"

namespace plumbline::wire {

// A frame on a stream: the payload's length in four bytes, little-endian, then the payload.
inline constexpr std::size_t kFrameHeaderBytes = 4;
// Above any request that is accepted: longer is not a frame of ours.
inline constexpr std::uint32_t kFrameBytesMax = 8U << 20;

Bytes frame(BytesView payload);

// Cuts a stream's bytes back into frames, however they were split on the way.
class FrameReader {
 public:
  void feed(BytesView bytes) {
    // A stream whose pieces never end where a frame does would otherwise be kept as a whole.
    buffer_.erase(0, consumed_);
    consumed_ = 0;
    buffer_.append(bytes);
  }
  // The next whole payload, or nothing until more bytes are fed. Errors: kInvalid for a length that
  // no frame of ours has; the stream is then good for nothing.
  Result<std::optional<Bytes>> next();

 private:
  Bytes buffer_;
  std::size_t consumed_ = 0;
};

}  // namespace plumbline::wire
