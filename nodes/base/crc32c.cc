#include "nodes/base/crc32c.h"

#include <array>
#include <cstring>

namespace plumbline {
namespace {

constexpr int kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    tables[0][byte] = crc;
  }
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    for (int slice = 1; slice < kSlices; ++slice) {
      const std::uint32_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8) ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

// Eight bytes a step ("slicing by 8", Kounavis and Berry 2005).
std::uint32_t step8(std::uint32_t crc, const char* data) {
  std::uint64_t word = 0;
  std::memcpy(&word, data, 8);
  word ^= crc;
  std::uint32_t next = 0;
  for (int i = 0; i < kSlices; ++i) next ^= kTables[kSlices - 1 - i][(word >> (8 * i)) & 0xff];
  return next;
}

std::uint32_t by_tables(std::uint32_t crc, const char* data, std::size_t left) {
  for (; left >= 8; left -= 8, data += 8) crc = step8(crc, data);
  for (; left > 0; --left, ++data) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<unsigned char>(*data)) & 0xff];
  }
  return crc;
}

#ifdef __x86_64__
// The same polynomial as an instruction.
__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::uint32_t crc, const char* data,
                                                               std::size_t left) {
  std::uint64_t wide = crc;
  for (; left >= 8; left -= 8, data += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, data, 8);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  crc = static_cast<std::uint32_t>(wide);
  for (; left > 0; --left, ++data)
    crc = __builtin_ia32_crc32qi(crc, static_cast<unsigned char>(*data));
  return crc;
}

const bool kHasInstruction = __builtin_cpu_supports("sse4.2") != 0;
#else
constexpr bool kHasInstruction = false;
constexpr auto by_instruction = by_tables;
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t crc) {
  return ~(kHasInstruction ? by_instruction : by_tables)(~crc, bytes.data(), bytes.size());
}

std::uint32_t crc32c_by_tables(std::string_view bytes, std::uint32_t crc) {
  return ~by_tables(~crc, bytes.data(), bytes.size());
}

}  // namespace plumbline
