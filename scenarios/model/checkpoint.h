#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

#include "nodes/base/bytes.h"
#include "nodes/base/result.h"

namespace plumbline::model {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// A file in which a walk waits for another process to go on with it: blocks behind each other, the
// last of which is followed by a checksum over all. It gets its name when it is whole and on the
// disk, so that under that name there is a whole file or none.
class CheckpointWriter {
 public:
  explicit CheckpointWriter(const std::string& path);

  void put(std::uint64_t number);
  void put(BytesView block);
  Status finish();

 private:
  void write(BytesView bytes);

  std::string path_;
  std::unique_ptr<std::FILE, CloseFile> file_;
  std::uint32_t checksum_ = 0;
  bool failed_ = false;
};

// Believes nothing before it has seen that the whole file is what was written.
class CheckpointReader {
 public:
  // kNotFound when there is none, kCorrupt when it is not as it was written.
  static Result<CheckpointReader> open(const std::string& path);

  // REQUIRES of both: the writer put one here.
  std::uint64_t number();
  Bytes block();

 private:
  explicit CheckpointReader(std::FILE* file) : file_(file) {}
  void read(char* into, std::size_t size);

  std::unique_ptr<std::FILE, CloseFile> file_;
};

}  // namespace plumbline::model
