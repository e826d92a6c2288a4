#include "network/wire/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace plumbline::wire {
namespace {

// Everything that can be taken out now.
std::vector<Bytes> drain(FrameReader& reader) {
  std::vector<Bytes> payloads;
  for (;;) {
    auto next = reader.next();
    if (!next || !next->has_value()) return payloads;
    payloads.push_back(std::move(**next));
  }
}

void append(std::vector<Bytes>& all, std::vector<Bytes> more) {
  for (Bytes& bytes : more) all.push_back(std::move(bytes));
}

Bytes framed(const std::vector<Bytes>& payloads) {
  Bytes stream;
  for (const Bytes& payload : payloads) stream += frame(payload);
  return stream;
}

Bytes header(std::uint32_t length) {
  Bytes bytes;
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(length >> (8 * i)));
  return bytes;
}

TEST(Frame, IsTheLengthInLittleEndianAndThePayload) {
  EXPECT_EQ(frame("abc"), Bytes("\x03\x00\x00\x00"
                                "abc",
                                7));
  EXPECT_EQ(frame(""), Bytes(4, '\0'));
  EXPECT_EQ(frame(Bytes(300, 'x')).substr(0, 4), Bytes("\x2c\x01\x00\x00", 4));
}

TEST(FrameReader, PutsEverySplitOfAStreamTogetherAgain) {
  const std::vector<Bytes> payloads = {"first", "", Bytes("\0\1\2", 3), "the last one"};
  const Bytes stream = framed(payloads);
  for (std::size_t first = 0; first <= stream.size(); ++first) {
    for (std::size_t second = first; second <= stream.size(); ++second) {
      FrameReader reader;
      std::vector<Bytes> got;
      for (const Bytes& piece :
           {stream.substr(0, first), stream.substr(first, second - first), stream.substr(second)}) {
        reader.feed(piece);
        append(got, drain(reader));
      }
      ASSERT_EQ(got, payloads) << "cut at " << first << " and " << second;
    }
  }
}

RC_GTEST_PROP(FrameReader, PutsAnyPiecesOfAnyStreamTogetherAgain,
              (const std::vector<Bytes>& payloads)) {
  const Bytes stream = framed(payloads);
  FrameReader reader;
  std::vector<Bytes> got;
  for (std::size_t at = 0; at < stream.size();) {
    const auto size = *rc::gen::inRange<std::size_t>(1, stream.size() - at + 1);
    reader.feed(BytesView(stream).substr(at, size));
    at += size;
    // Sometimes several pieces come before anybody looks.
    if (*rc::gen::arbitrary<bool>()) append(got, drain(reader));
  }
  append(got, drain(reader));
  RC_ASSERT(got == payloads);
}

TEST(FrameReader, GivesNoPartOfAFrame) {
  const Bytes whole = frame("payload");
  FrameReader reader;
  for (const char c : whole) {
    auto next = reader.next();
    ASSERT_TRUE(next);
    ASSERT_FALSE(next->has_value());
    reader.feed({&c, 1});
  }
  EXPECT_EQ(drain(reader), std::vector<Bytes>{"payload"});
}

// R-raft-23: at the boundary, before a byte of it is stored.
TEST(FrameReader, RefusesALengthThatNoFrameHas) {
  for (const std::uint32_t length : {kFrameBytesMax + 1, 0x7fffffffU, 0xffffffffU}) {
    FrameReader reader;
    reader.feed(frame("good") + header(length));
    auto next = reader.next();
    ASSERT_TRUE(next.ok() && next->has_value()) << "what came before it is whole";
    next = reader.next();
    ASSERT_FALSE(next);
    EXPECT_EQ(next.error().code, Errc::kInvalid);
    EXPECT_NE(next.error().detail.find(std::to_string(length)), std::string::npos);
    reader.feed(frame("later"));
    EXPECT_FALSE(reader.next()) << "the stream is good for nothing";
  }
}

TEST(FrameReader, TakesTheLongestFrame) {
  const Bytes longest(kFrameBytesMax, 'x');
  FrameReader reader;
  reader.feed(frame(longest));
  const std::vector<Bytes> got = drain(reader);
  ASSERT_EQ(got.size(), 1U);
  EXPECT_TRUE(got.front() == longest);
}

TEST(FrameDeathTest, TheLongestFrameIsTheLimit) {
  EXPECT_DEATH(frame(Bytes(kFrameBytesMax + 1, 'x')), "kFrameBytesMax");
}

}  // namespace
}  // namespace plumbline::wire
