#include "nodes/client/session_file.h"

#include <cstring>

#include "nodes/base/crc32c.h"

namespace plumbline::client {
namespace {

constexpr const char* kPath = "session";
constexpr const char* kTemporaryPath = "session.new";
constexpr std::uint64_t kMagic = 0x31306e73736c70ULL;  // "plssn01"

struct Stored {
  std::uint64_t magic;
  std::uint64_t session;
  std::uint64_t reserved_to;
  std::uint32_t crc;
  std::uint32_t zero;
};
static_assert(sizeof(Stored) == 32, "the file's layout has no padding");

BytesView checked_part(const Stored& stored) {
  return {reinterpret_cast<const char*>(&stored), offsetof(Stored, crc)};
}

}  // namespace

SessionState SessionFile::load(Yield& yield) {
  auto file = disk_.open(yield, kPath, OpenMode::kRead);
  if (!file) return {};
  Stored stored{};
  const auto got = (*file)->read(yield, 0, {reinterpret_cast<char*>(&stored), sizeof(stored)});
  if (!got || *got != sizeof(stored) || stored.magic != kMagic) return {};
  if (crc32c(checked_part(stored)) != stored.crc) return {};
  return {.id = SessionId(stored.session),
          .next = Sequence(stored.reserved_to),
          .reserved_to = Sequence(stored.reserved_to)};
}

bool SessionFile::reserve(Yield& yield, SessionState& state) {
  const Sequence wanted = state.next.plus(kBlock);
  Stored stored{
      .magic = kMagic, .session = state.id.value, .reserved_to = wanted.value, .crc = 0, .zero = 0};
  stored.crc = crc32c(checked_part(stored));
  (void)disk_.remove(yield, kTemporaryPath);  // left by an earlier try, or not there
  auto file = disk_.open(yield, kTemporaryPath, OpenMode::kCreate);
  if (!file) return false;
  const BytesView bytes{reinterpret_cast<const char*>(&stored), sizeof(stored)};
  if (!(*file)->write(yield, 0, bytes) || !(*file)->sync(yield)) return false;
  if (!disk_.rename(yield, kTemporaryPath, kPath) || !disk_.sync_directory(yield, "")) return false;
  state.reserved_to = wanted;
  return true;
}

}  // namespace plumbline::client
