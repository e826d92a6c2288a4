#include "real/asio/posix_error.h"

#include <filesystem>

#include <cerrno>
#include <system_error>

namespace plumbline::real {
namespace {

Errc disk_code(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR: return Errc::kNotFound;
    case EEXIST: return Errc::kExists;
    case ENOSPC:
    case EDQUOT: return Errc::kNoSpace;
    case EINVAL:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENOTEMPTY: return Errc::kInvalid;
    default: return Errc::kIo;
  }
}

Errc stream_code(int number) {
  switch (number) {
    case EADDRINUSE: return Errc::kExists;
    case EACCES:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EINVAL: return Errc::kInvalid;
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case ETIMEDOUT: return Errc::kRefused;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return Errc::kIo;
    default: return Errc::kReset;
  }
}

std::string text(std::string_view what, int number) {
  return std::string(what) + ": " + std::generic_category().message(number);
}

}  // namespace

Error disk_error(std::string_view what, int number) {
  return {disk_code(number), text(what, number)};
}
Error stream_error(std::string_view what, int number) {
  return {stream_code(number), text(what, number)};
}

Status make_directories(const std::string& directory) {
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (!failed) return {};
  std::error_code ignored;
  const auto there = std::filesystem::status(directory, ignored);
  if (std::filesystem::exists(there) && !std::filesystem::is_directory(there)) {
    return Error{Errc::kInvalid, directory + " is no directory"};
  }
  return disk_error("make directory " + directory, failed.value());
}

}  // namespace plumbline::real
