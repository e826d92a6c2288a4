#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "nodes/base/bytes.h"
#include "nodes/base/ids.h"

namespace plumbline::real {

// What crosses a connection between two nodes; all numbers little-endian.
//
//   hello  = magic(4) version(4) cluster(8) from(4) incarnation(4) to(4) crc32c(4)        32 bytes
//   frame  = length(4) crc32c(4) payload(length)
//
// Who dials says hello first; who answers checks it and says hello back, and from then on only the
// dialler sends, one frame per message. The checksum of a frame covers its length field too, so
// that a run of zeros is no frame.
constexpr std::uint32_t kHelloMagic = 0x31424c50;  // "PLB1"
constexpr std::uint32_t kTransportVersion = 1;
constexpr std::size_t kHelloBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 8;
constexpr std::size_t kFrameBytesMax = 64u << 20;

struct Hello {
  std::uint64_t cluster = 0;
  NodeId from;
  Incarnation incarnation;
  NodeId to;
};

Bytes encode_hello(const Hello& hello);
// Nothing for other bytes, other versions, a wrong checksum. REQUIRES: kHelloBytes bytes.
std::optional<Hello> decode_hello(BytesView bytes);

void append_frame(Bytes& out, BytesView payload);

// Cuts a stream of bytes into frames.
class FrameReader {
 public:
  enum class Next { kFrame, kNeedsMore, kMalformed };

  // Room for bytes that arrive; committed() says how many did. Ends the life of frames seen before.
  std::span<char> room();
  void committed(std::size_t bytes) { filled_ += bytes; }
  // With kFrame, frame() is valid until room() is called. After kMalformed there is nothing more to
  // read.
  Next next();
  BytesView frame() const { return frame_; }

 private:
  Bytes buffer_;
  std::size_t taken_ = 0;   // read up to here
  std::size_t filled_ = 0;  // bytes that arrived
  BytesView frame_;
};

}  // namespace plumbline::real
