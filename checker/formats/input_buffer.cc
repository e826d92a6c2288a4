#include "checker/formats/input_buffer.h"

#include <ios>

namespace plumbline::checker {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{256} << 10;

}  // namespace

std::string_view InputBuffer::beginning() {
  if (gptr() == egptr() && !in_.bad()) {
    try {
      underflow();
    } catch (const std::ios_base::failure&) {
      return {};  // The reader meets it again and says so.
    }
  }
  return {gptr(), static_cast<std::size_t>(egptr() - gptr())};
}

InputBuffer::int_type InputBuffer::underflow() {
  if (gptr() != egptr()) return traits_type::to_int_type(*gptr());
  chunk_.resize(kChunkBytes);
  in_.read(chunk_.data(), static_cast<std::streamsize>(chunk_.size()));
  if (in_.bad()) throw std::ios_base::failure("cannot be read");
  const std::streamsize size = in_.gcount();
  if (size == 0) return traits_type::eof();
  setg(chunk_.data(), chunk_.data(), chunk_.data() + size);
  bytes_ += static_cast<std::uint64_t>(size);
  if (progress_) progress_(bytes_);
  return traits_type::to_int_type(*gptr());
}

}  // namespace plumbline::checker
