#include "reports/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumbline::reports {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

TEST(FailureBlock, IsTheViolationInOneSentenceAndTheReplayCommand) {
  const Failure failure{.verdict = SeedVerdict::kViolation,
                        .property = "linearizability",
                        .key = "orders/42",
                        .scenario = "kv5-partition",
                        .seed = "0x5f3c9a",
                        .sentence = "get by c1 at 12.050 s returned 5 (stale read)",
                        .shrunk = "4123 ops/11 faults -> 2 ops/1 fault",
                        .replay = "plumbline replay out/runs/kv5-0x5f3c9a/run.json",
                        .report = "out/runs/kv5-0x5f3c9a/report.html"};
  EXPECT_EQ(failure_block(failure),
            "VIOLATION linearizability  key=orders/42  scenario=kv5-partition  seed=0x5f3c9a\n"
            "  get by c1 at 12.050 s returned 5 (stale read)\n"
            "  shrunk 4123 ops/11 faults -> 2 ops/1 fault\n"
            "  replay:  plumbline replay out/runs/kv5-0x5f3c9a/run.json\n"
            "  report:  out/runs/kv5-0x5f3c9a/report.html\n");
}

TEST(FailureBlock, LeavesOutWhatIsNotKnownAndDisarmsValues) {
  const Failure failure{.verdict = SeedVerdict::kCrash,
                        .key = "\x1b]0;x\a",
                        .seed = "0x1",
                        .replay = "plumbline replay x"};
  EXPECT_EQ(failure_block(failure),
            "CRASH  key=\\x1b]0;x\\x07  seed=0x1\n  replay:  plumbline replay x\n");
  EXPECT_THAT(failure_block(failure, true), HasSubstr("\x1b[1;31mCRASH\x1b[0m"));
}

TEST(Progress, PlainSaysALineEveryTenPercent) {
  Progress progress(ProgressStyle::kPlain, 1000);
  std::string out;
  for (std::uint64_t done = 1; done <= 1000; ++done) {
    out += progress.update(done, done / 500, milliseconds(done * 10));
  }
  out += progress.finish(1000, 2, milliseconds(10'000));
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 10);
  EXPECT_EQ(out.substr(0, out.find('\n')), "100/1,000 seeds, 10 %, 0 failed, 100.0/s, 0:09 left");
  EXPECT_THAT(out, HasSubstr("1,000/1,000 seeds, 100 %, 2 failed, 100.0/s\n"));
  EXPECT_EQ(out.find_first_of("\r\x1b"), std::string::npos);
}

TEST(Progress, PlainSaysALineEveryThirtySecondsWhenSlow) {
  Progress progress(ProgressStyle::kPlain, 1'000'000);
  EXPECT_EQ(progress.update(1, 0, seconds(29)), "");
  EXPECT_NE(progress.update(2, 0, seconds(30)), "");
  EXPECT_EQ(progress.update(3, 0, seconds(59)), "");
  EXPECT_NE(progress.update(4, 0, seconds(60)), "");
}

TEST(Progress, PlainWithoutATotalTellsNoShare) {
  Progress progress(ProgressStyle::kPlain, 0);
  EXPECT_EQ(progress.update(50, 1, seconds(30)), "50 seeds, 1 failed, 1.7/s\n");
}

TEST(Progress, BarIsRedrawnAtMostTenTimesASecondAndTakenAway) {
  Progress progress(ProgressStyle::kBar, 100);
  const std::string first = progress.update(50, 0, milliseconds(1000));
  EXPECT_THAT(first, HasSubstr("\r\x1b[K[############............] 50/100 seeds, 50 %"));
  EXPECT_EQ(progress.update(51, 0, milliseconds(1050)), "");
  EXPECT_NE(progress.update(52, 0, milliseconds(1100)), "");
  EXPECT_EQ(progress.clear(), "\r\x1b[K");
  EXPECT_EQ(progress.clear(), "") << "nothing is drawn any more";
  EXPECT_THAT(progress.update(53, 0, milliseconds(1110)), HasSubstr("53/100"));
  EXPECT_EQ(progress.finish(100, 0, milliseconds(2000)),
            "\r\x1b[K100/100 seeds, 100 %, 0 failed, 50.0/s\n");
}

TEST(Progress, NoneIsSilent) {
  Progress progress(ProgressStyle::kNone, 10);
  EXPECT_EQ(progress.update(10, 1, seconds(100)) + progress.clear() +
                progress.finish(10, 1, seconds(100)),
            "");
}

}  // namespace
}  // namespace plumbline::reports
