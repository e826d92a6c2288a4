#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "nodes/base/crc32c.h"
#include "nodes/base/hash.h"

namespace plumbline {
namespace {

// RFC 3720, B.4; the check value of the CRC catalogue.
TEST(Crc32c, AgreesWithThePublishedVectors) {
  std::string rising;
  std::string falling;
  for (int i = 0; i < 32; ++i) {
    rising.push_back(static_cast<char>(i));
    falling.push_back(static_cast<char>(31 - i));
  }
  EXPECT_EQ(crc32c(""), 0U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c(rising), 0x46dd794eU);
  EXPECT_EQ(crc32c(falling), 0x113fdb5cU);
}

std::uint32_t bit_by_bit(const std::string& bytes) {
  std::uint32_t crc = ~0U;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
  }
  return ~crc;
}

RC_GTEST_PROP(Crc32c, IsThePolynomialAndCanBeContinuedAnywhere, (const std::string& bytes)) {
  const auto cut = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
  RC_ASSERT(crc32c(bytes) == bit_by_bit(bytes));
  RC_ASSERT(crc32c_by_tables(bytes) == bit_by_bit(bytes));
  RC_ASSERT(crc32c(bytes.substr(cut), crc32c(bytes.substr(0, cut))) == bit_by_bit(bytes));
}

// The numbers stand in traces and formats: another machine, compiler or release must compute the
// same. FNV-1a worked out by hand from its definition, XXH3 with the library's scalar code.
TEST(Hash, OfNamesIsFnv1a) {
  static_assert(hash_name("") == 0xcbf29ce484222325ULL);
  static_assert(hash_name("a") == 0xaf63dc4c8601ec8cULL);
  EXPECT_EQ(hash_name("raft.vote_granted"), 0x1548d41b79b6d7d0ULL);
  EXPECT_EQ(hash_name("\xff"), (0xcbf29ce484222325ULL ^ 0xff) * 0x100000001b3ULL);
}

TEST(Hash, OfBytesIsFixed) {
  EXPECT_EQ(hash_bytes(""), 0x2d06800538d394c2ULL);
  EXPECT_EQ(hash_bytes("a"), 0xe6c632b61e964e1fULL);
  EXPECT_EQ(hash_bytes("12345678"), 0x62e29b4cad9e2ef6ULL);
  EXPECT_EQ(hash_bytes("123456789"), 0x72dcb18b67a17dffULL);
  EXPECT_EQ(hash_bytes("plumbline", 7), 0x2aba8b0996c83a68ULL);
}

// Zero bytes must not vanish in the padding.
TEST(Hash, OfBytesTellsLengthsApart) {
  EXPECT_EQ(hash_bytes(std::string(1, '\0')), 0xc44bdff4074eecdbULL);
  EXPECT_EQ(hash_bytes(std::string(2, '\0')), 0x3325230e1f285505ULL);
  EXPECT_NE(hash_bytes(std::string(8, '\0')), hash_bytes(std::string(9, '\0')));
}

RC_GTEST_PROP(Hash, OfBytesDependsOnEachByteAndOnTheSeed, (std::string bytes)) {
  RC_PRE(!bytes.empty());
  const std::uint64_t before = hash_bytes(bytes);
  RC_ASSERT(hash_bytes(bytes, 1) != before);
  bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] ^=
      *rc::gen::elementOf(std::string("\1\2\4\20\100"));
  RC_ASSERT(hash_bytes(bytes) != before);
}

}  // namespace
}  // namespace plumbline
