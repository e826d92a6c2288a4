#include "scenarios/model/spill.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "nodes/base/assert.h"

namespace plumbline::model {
namespace {

int open_unnamed(std::string folder) {
  const char* temporary = std::getenv("TMPDIR");
  if (folder.empty()) folder = temporary == nullptr ? "/tmp" : temporary;
  std::string path = folder + "/plumbline-model-XXXXXX";
  const int file = ::mkstemp(path.data());
  if (file >= 0) ::unlink(path.c_str());
  return file;
}

}  // namespace

Spill::Spill(const std::string& folder) : file_(open_unnamed(folder)) { failed_ = file_ < 0; }

Spill::~Spill() {
  if (file_ >= 0) ::close(file_);
}

std::uint64_t Spill::append(BytesView block) {
  std::uint64_t place = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    place = size_;
    size_ += block.size();
  }
  write_at(place, block);
  return place;
}

void Spill::write_at(std::uint64_t place, BytesView block) {
  std::size_t done = 0;
  while (done < block.size()) {
    const ssize_t wrote =
        ::pwrite(file_, block.data() + done, block.size() - done, static_cast<off_t>(place + done));
    if (wrote <= 0) {
      failed_ = true;
      return;
    }
    done += static_cast<std::size_t>(wrote);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  size_ = std::max(size_, place + block.size());
}

void Spill::read(std::uint64_t place, char* into, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got = ::pread(file_, into + done, size - done, static_cast<off_t>(place + done));
    PLUMB_ASSERT(got > 0, "a spilled block cannot be read back");
    done += static_cast<std::size_t>(got);
  }
}

void Spill::clear() {
  failed_ = failed_ || ::ftruncate(file_, 0) != 0;
  size_ = 0;
}

}  // namespace plumbline::model
