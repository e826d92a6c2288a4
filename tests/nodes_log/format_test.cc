#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/nodes_log/helpers.h"

namespace plumbline::log::test {
namespace {

// The lines "0640  02 00 ...   remark" of the document as a file; what they leave out is zeros.
Bytes worked_example(std::uint64_t bytes) {
  std::ifstream document("../../nodes/log/FORMAT.md");
  Bytes file(bytes, '\0');
  std::string line;
  while (std::getline(document, line)) {
    if (line.size() < 53 || line.substr(4, 2) != "  " || line[8] != ' ') continue;
    std::istringstream words(line.substr(0, 53));
    std::size_t at = 0;
    unsigned byte = 0;
    words >> std::hex >> at;
    for (int i = 0; i < 16 && words >> byte; ++i) file[at++] = static_cast<char>(byte);
  }
  return file;
}

TEST(LogFormat, TheWorkedExampleOfTheDocumentIsWhatIsWritten) {
  MemoryDisk disk;
  Records replayed;
  Options options;
  options.identity = {7, NodeId(1)};
  const std::unique_ptr<Log> log = must_open(disk, replayed, options);
  Record greeting = entry(1, 0);
  greeting.payload = Blob("hi");
  log->append(hard_state(3, 2, 0));
  log->append(greeting);
  ASSERT_TRUE(log->flush(now()));
  const Bytes written = disk.bytes("log/0000000000000001.wal");
  EXPECT_TRUE(written == worked_example(written.size()));
}

TEST(LogFormat, SegmentNamesAreSixteenHexDigits) {
  EXPECT_EQ(segment_name(RecordNumber(0x1af)), "00000000000001af.wal");
  EXPECT_EQ(parse_segment_name("00000000000001af.wal"), (SegmentName{RecordNumber(0x1af), false}));
  EXPECT_EQ(parse_segment_name("ffffffffffffffff.wal"), (SegmentName{RecordNumber(~0ULL), false}));
  EXPECT_EQ(parse_segment_name("00000000000001afr.wal"), (SegmentName{RecordNumber(0x1af), true}));
  for (const char* name :
       {"", "1.wal", "00000000000001AF.wal", "00000000000001af.wal.tmp", "00000000000001ag.wal",
        "00000000000001afx.wal", "0000000000000 1af.wal"}) {
    EXPECT_FALSE(parse_segment_name(name)) << name;
  }
}

}  // namespace
}  // namespace plumbline::log::test
