#include <algorithm>
#include <cstring>
#include <utility>

#include "nodes/base/assert.h"
#include "sim/disk_state.h"

namespace plumbline::sim {
namespace {

// How many overwritten contents of one unsynced sector are remembered.
constexpr std::size_t kVersionsMax = 3;
// A page of zeros for what was never written.
constexpr Page kZeros{};

std::uint64_t pages_for(std::uint64_t bytes) { return (bytes + kPageBytes - 1) / kPageBytes; }

std::uint8_t bit_of(std::uint64_t sector) {
  return static_cast<std::uint8_t>(1U << (sector % kSectorsPerPage));
}

const Page& content(const std::shared_ptr<const Page>& page) {
  return page == nullptr ? kZeros : *page;
}

const char* sector_of(const Page& page, std::uint64_t sector) {
  return page.data() + sector % kSectorsPerPage * kSectorBytes;
}

char* sector_of(Page& page, std::uint64_t sector) {
  return page.data() + sector % kSectorsPerPage * kSectorBytes;
}

}  // namespace

void Inode::ensure_pages(std::uint64_t count) {
  if (slots_.size() < count) slots_.resize(count);
}

Page& Inode::writable(std::shared_ptr<Page>& page) {
  if (page == nullptr) {
    page = std::make_shared<Page>(kZeros);
  } else if (page.use_count() > 1) {
    page = std::make_shared<Page>(*page);
  }
  return *page;
}

template <class Which>
std::size_t Inode::read_from(std::uint64_t offset, std::span<char> into, std::uint64_t size,
                             Which which) const {
  if (offset >= size) return 0;
  const std::size_t count = std::min<std::uint64_t>(into.size(), size - offset);
  for (std::size_t done = 0; done < count;) {
    const std::uint64_t page = (offset + done) / kPageBytes;
    const std::uint64_t within = (offset + done) % kPageBytes;
    const std::size_t part = std::min<std::uint64_t>(kPageBytes - within, count - done);
    const Page& from = page < slots_.size() ? content(which(slots_[page])) : kZeros;
    std::memcpy(into.data() + done, from.data() + within, part);
    done += part;
  }
  return count;
}

std::size_t Inode::read(std::uint64_t offset, std::span<char> into) const {
  return read_from(
      offset, into, size_, [](const Slot& slot) -> auto& { return slot.cached; });
}

std::size_t Inode::read_durable(std::uint64_t offset, std::span<char> into) const {
  return read_from(
      offset, into, durable_size_, [](const Slot& slot) -> auto& { return slot.durable; });
}

void Inode::note_overwritten(std::uint64_t sector) {
  std::vector<Sector>& versions = overwritten_[sector];
  if (versions.size() == kVersionsMax) versions.erase(versions.begin());
  Sector before;
  const Page& page = content(slots_[sector / kSectorsPerPage].cached);
  std::memcpy(before.data(), sector_of(page, sector), kSectorBytes);
  versions.push_back(before);
}

// Almost every write is the first to its sector, which costs a look.
void Inode::note_before(std::uint64_t sector) {
  const std::shared_ptr<Page>& page = slots_[sector / kSectorsPerPage].cached;
  const bool zeros =
      page == nullptr || std::memcmp(sector_of(*page, sector), kZeros.data(), kSectorBytes) == 0;
  if (!zeros) {
    std::memcpy(before_[sector].data(), sector_of(*page, sector), kSectorBytes);
  } else if (!before_.empty()) {
    before_.erase(sector);
  }
}

Sector Inode::before(std::uint64_t sector) const {
  const auto found = before_.find(sector);
  return found == before_.end() ? Sector{} : found->second;
}

bool Inode::differs_from_before(std::uint64_t sector) const {
  const std::uint64_t page = sector / kSectorsPerPage;
  const Page& now = page < slots_.size() ? content(slots_[page].cached) : kZeros;
  return std::memcmp(sector_of(now, sector), before(sector).data(), kSectorBytes) != 0;
}

void Inode::write_platter(std::uint64_t offset, BytesView bytes) {
  ensure_pages(pages_for(offset + bytes.size()));
  for (std::uint64_t done = 0; done < bytes.size();) {
    const std::uint64_t at = offset + done;
    const std::uint64_t part =
        std::min<std::uint64_t>(kSectorBytes - at % kSectorBytes, bytes.size() - done);
    Slot& slot = slots_[at / kPageBytes];
    const bool clean = ((slot.dirty | slot.lost) & bit_of(at / kSectorBytes)) == 0;
    const bool shared = slot.cached == slot.durable;
    std::memcpy(writable(slot.durable).data() + at % kPageBytes, bytes.data() + done, part);
    if (clean && shared) {
      slot.cached = slot.durable;
    } else if (clean) {
      std::memcpy(writable(slot.cached).data() + at % kPageBytes, bytes.data() + done, part);
    }
    done += part;
  }
}

void Inode::write(std::uint64_t offset, BytesView bytes) {
  if (bytes.empty()) return;
  const std::uint64_t end = offset + bytes.size();
  ensure_pages(pages_for(end));
  reserve(end);
  dirty_from_ = std::min(dirty_from_, offset / kPageBytes);
  dirty_to_ = std::max(dirty_to_, pages_for(end));
  for (std::uint64_t sector = offset / kSectorBytes; sector <= (end - 1) / kSectorBytes; ++sector) {
    Slot& slot = slots_[sector / kSectorsPerPage];
    if ((slot.dirty & bit_of(sector)) != 0) note_overwritten(sector);
    note_before(sector);
    slot.dirty = static_cast<std::uint8_t>(slot.dirty | bit_of(sector));
    slot.lost = static_cast<std::uint8_t>(slot.lost & ~bit_of(sector));
  }
  for (std::uint64_t done = 0; done < bytes.size();) {
    const std::uint64_t within = (offset + done) % kPageBytes;
    const std::uint64_t part = std::min<std::uint64_t>(kPageBytes - within, bytes.size() - done);
    Page& page = writable(slots_[(offset + done) / kPageBytes].cached);
    std::memcpy(page.data() + within, bytes.data() + done, part);
    done += part;
  }
  size_ = std::max(size_, end);
}

void Inode::reserve(std::uint64_t size) {
  reserved_pages_ = std::max(reserved_pages_, pages_for(size));
}

void Inode::resize(std::uint64_t size) {
  if (size < size_) {
    // What is cut off becomes zeros in the cache, so that growing again shows zeros; on the platter
    // it is as before.
    const std::uint64_t old = std::exchange(size_, size);
    for (std::uint64_t at = size; at < old;) {
      const std::uint64_t part = std::min(kSectorBytes - at % kSectorBytes, old - at);
      const std::uint64_t page = at / kPageBytes;
      if (page < slots_.size() && slots_[page].cached != nullptr) {
        write(at, BytesView(kZeros.data(), part));
      }
      at += part;
    }
    size_ = size;
    reserved_pages_ = pages_for(size);
    return;
  }
  size_ = size;
  reserve(size);
}

Inode::SyncPoint Inode::begin_sync() {
  SyncPoint point;
  point.size = size_;
  point.number = ++sync_number_;
  for (std::uint64_t page = dirty_from_; page < std::min<std::uint64_t>(dirty_to_, slots_.size());
       ++page) {
    if (slots_[page].dirty != 0)
      point.pages.push_back({page, slots_[page].dirty, slots_[page].cached});
  }
  dirty_from_ = point.pages.empty() ? UINT64_MAX : point.pages.front().page;
  dirty_to_ = point.pages.empty() ? 0 : point.pages.back().page + 1;
  return point;
}

void Inode::make_durable(std::uint64_t page, std::uint8_t sectors,
                         const std::shared_ptr<const Page>& from) {
  Slot& slot = slots_[page];
  if (from == slot.cached && slot.lost == 0 && (slot.dirty & ~sectors) == 0) {
    slot.durable = slot.cached;  // the rest of the page is equal already
    return;
  }
  Page& durable = writable(slot.durable);
  for (std::uint64_t sector = 0; sector < kSectorsPerPage; ++sector) {
    if ((sectors & bit_of(sector)) == 0) continue;
    std::memcpy(sector_of(durable, sector), sector_of(content(from), sector), kSectorBytes);
  }
}

// Sectors that were not written again since the sync began are clean now.
void Inode::settle(const SyncPoint::Covered& covered) {
  Slot& slot = slots_[covered.page];
  for (std::uint64_t i = 0; i < kSectorsPerPage; ++i) {
    if ((covered.sectors & slot.dirty & bit_of(i)) == 0) continue;
    if (slot.cached != covered.content &&
        std::memcmp(sector_of(content(slot.cached), i), sector_of(content(covered.content), i),
                    kSectorBytes) != 0) {
      continue;
    }
    slot.dirty = static_cast<std::uint8_t>(slot.dirty & ~bit_of(i));
    if (!overwritten_.empty()) overwritten_.erase(covered.page * kSectorsPerPage + i);
  }
}

void Inode::finish_sync(const SyncPoint& point) {
  // A sync that began later covered all of this one and may have brought newer bytes: never go back
  // behind it.
  if (point.number < finished_sync_) return;
  finished_sync_ = point.number;
  for (const SyncPoint::Covered& covered : point.pages) {
    make_durable(covered.page, covered.sectors, covered.content);
    settle(covered);
  }
  durable_size_ = point.size;
}

void Inode::fail_sync(const SyncPoint& point,
                      const std::function<bool(std::uint64_t sector)>& survives) {
  if (point.number < finished_sync_) return;
  finished_sync_ = point.number;
  for (const SyncPoint::Covered& covered : point.pages) {
    std::uint8_t kept = 0;
    for (std::uint64_t i = 0; i < kSectorsPerPage; ++i) {
      if ((covered.sectors & bit_of(i)) == 0) continue;
      if (survives(covered.page * kSectorsPerPage + i))
        kept = static_cast<std::uint8_t>(kept | bit_of(i));
    }
    if (kept != 0) make_durable(covered.page, kept, covered.content);
    const std::uint8_t before = slots_[covered.page].dirty;
    settle(covered);
    Slot& slot = slots_[covered.page];
    const std::uint8_t forgotten = static_cast<std::uint8_t>(before & ~slot.dirty & ~kept);
    slot.lost = static_cast<std::uint8_t>(slot.lost | forgotten);
    any_lost_ = any_lost_ || forgotten != 0;
  }
  // Metadata went through the journal, as it usually does.
  durable_size_ = point.size;
}

void Inode::evict_lost() {
  if (!std::exchange(any_lost_, false)) return;
  for (Slot& slot : slots_) {
    for (std::uint64_t i = 0; i < kSectorsPerPage && slot.lost != 0; ++i) {
      if ((slot.lost & bit_of(i)) == 0) continue;
      std::memcpy(sector_of(writable(slot.cached), i), sector_of(content(slot.durable), i),
                  kSectorBytes);
    }
    slot.lost = 0;
  }
}

void Inode::apply(std::uint64_t sector, const SectorFate& fate) {
  if (fate.kind == SectorFate::Kind::kOld) return;
  Slot& slot = slots_[sector / kSectorsPerPage];
  const char* fresh = sector_of(content(slot.cached), sector);
  if (fate.version > 0) {
    const std::vector<Sector>& versions = overwritten_.at(sector);
    fresh = versions[versions.size() - fate.version].data();
  }
  const std::size_t count = fate.kind == SectorFate::Kind::kTorn ? fate.torn_bytes : kSectorBytes;
  Sector bytes;
  std::memcpy(bytes.data(), fresh, kSectorBytes);
  std::memcpy(sector_of(writable(slot.durable), sector), bytes.data(), count);
}

void Inode::lose_power(
    const std::function<SectorFate(std::uint64_t sector, std::uint32_t versions)>& fate,
    const std::function<bool()>& keep_size) {
  for (std::uint64_t page = 0; page < slots_.size(); ++page) {
    Slot& slot = slots_[page];
    for (std::uint64_t i = 0; i < kSectorsPerPage && slot.dirty != 0; ++i) {
      if ((slot.dirty & bit_of(i)) == 0) continue;
      const std::uint64_t sector = page * kSectorsPerPage + i;
      const auto older = overwritten_.find(sector);
      const std::size_t versions = 1 + (older == overwritten_.end() ? 0 : older->second.size());
      apply(sector, fate(sector, static_cast<std::uint32_t>(versions)));
    }
    slot.cached = slot.durable;
    slot.dirty = 0;
    slot.lost = 0;
  }
  overwritten_.clear();
  if (durable_size_ != size_ && keep_size()) durable_size_ = size_;
  size_ = durable_size_;
  reserved_pages_ = pages_for(size_);
  // What lies behind the end of the file is not part of it, and reads as zeros should the file grow
  // again.
  if (slots_.size() > pages_for(size_)) slots_.resize(pages_for(size_));
  if (size_ % kPageBytes != 0 && !slots_.empty() && slots_.size() == pages_for(size_)) {
    Slot& last = slots_.back();
    if (last.durable != nullptr) {
      Page& page = writable(last.durable);
      std::fill(page.begin() + static_cast<std::ptrdiff_t>(size_ % kPageBytes), page.end(), '\0');
      last.cached = last.durable;
    }
  }
}

std::vector<std::uint64_t> Inode::durable_sectors() const {
  std::vector<std::uint64_t> found;
  for (std::uint64_t sector = 0; sector * kSectorBytes < durable_size_; ++sector) {
    const std::uint64_t page = sector / kSectorsPerPage;
    if (page >= slots_.size()) break;
    if (slots_[page].durable != nullptr) found.push_back(sector);
  }
  return found;
}

void Inode::flip_durable_bit(std::uint64_t sector, std::uint32_t bit) {
  Slot& slot = slots_[sector / kSectorsPerPage];
  const std::size_t at = sector % kSectorsPerPage * kSectorBytes + bit / 8;
  const auto flip = [&](std::shared_ptr<Page>& page) {
    char& byte = writable(page)[at];
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
  };
  // A clean sector may have left the cache: whoever reads it next gets it from the platter.
  const bool clean = ((slot.dirty | slot.lost) & bit_of(sector)) == 0;
  flip(slot.durable);
  if (clean && slot.cached != slot.durable) flip(slot.cached);
}

bool Inode::dirty() const {
  if (size_ != durable_size_) return true;
  return std::any_of(slots_.begin(), slots_.end(),
                     [](const Slot& slot) { return slot.dirty != 0; });
}

}  // namespace plumbline::sim
