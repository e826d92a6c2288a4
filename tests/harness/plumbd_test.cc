// The program itself: what it refuses, and how it ends.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <utility>

#include "real/harness/child_process.h"
#include "real/harness/store_process.h"
#include "tests/real/support.h"

namespace plumbline::harness {
namespace {

using Arguments = std::vector<std::string>;

class PlumbdTest : public ::testing::Test {
 protected:
  Arguments good(std::uint32_t node = 1) const {
    return {"replica",
            "--node",
            std::to_string(node),
            "--data",
            directory_.path() + "/data",
            "--peer",
            "1=127.0.0.1:0",
            "--peer",
            "2=127.0.0.1:0",
            "--listen",
            "127.0.0.1:0"};
  }
  static Arguments with(Arguments arguments, const Arguments& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  std::unique_ptr<ChildProcess> start(const Arguments& arguments) {
    output_ = directory_.path() + "/output" + std::to_string(++started_);
    auto child = ChildProcess::start({PLUMBD, arguments, output_});
    EXPECT_TRUE(child.ok()) << child.error().message();
    return std::move(*child);
  }
  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }
  bool is_ready(ChildProcess& child, const std::string& output) {
    return loop_.run_until(
               [&] {
                 return child.ended() || text_of(output).find("ready: ") != std::string::npos;
               },
               real::kPatience) &&
           !child.ended();
  }
  std::unique_ptr<ChildProcess> start_ready(const Arguments& arguments) {
    auto child = start(arguments);
    // The loop has nothing else to do: something must wake it up.
    poll();
    EXPECT_TRUE(is_ready(*child, output_)) << text_of(output_);
    return child;
  }
  void poll() {
    loop_.after(milliseconds(2), [this] { poll(); });
  }

  // Ends with exit code 2 and one line that says `what`.
  void expect_refused(const Arguments& arguments, const std::string& what) {
    const ProcessEnd end = start(arguments)->wait();
    const std::string text = text_of(output_);
    EXPECT_EQ(end.text(), "exit code 2") << text;
    EXPECT_NE(text.find(what), std::string::npos) << text;
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1) << text;
  }

  real::EventLoop loop_;
  real::TempDirectory directory_;
  std::string output_;
  int started_ = 0;
};

TEST_F(PlumbdTest, RefusesWhatItDoesNotUnderstand) {
  expect_refused(with(good(), {"--electon-timeout-ms", "100"}),
                 "did you mean --election-timeout-ms?");
  expect_refused({"replika"}, "did you mean replica?");
  expect_refused({}, "subcommand is required");
  expect_refused({"replica", "--nod", "1"}, "did you mean --node?");
  expect_refused(with(good(), {"--peer", "3"}), "write it as N=host:port");
  expect_refused(with(good(), {"--peer", "3=nowhere"}), "is not host:port");
  expect_refused(with(good(), {"--peer", "2=127.0.0.1:9"}), "node 2 is there twice");
  expect_refused(good(3), "--node 3 is none of the --peer");
  expect_refused(with(good(), {"--heartbeat-ms", "500"}), "is not below --election-timeout-ms");
  expect_refused(with(good(), {"--segment-kib", "many"}), "--segment-kib");
  expect_refused(with(good(), {"--plant", "XX-1"}), "--plant XX-1");
  EXPECT_FALSE(std::filesystem::exists(directory_.path() + "/data")) << "nothing was touched";
}

TEST_F(PlumbdTest, RefusesMembersThatDoNotFit) {
  expect_refused(with(good(), {"--members", "3"}), "--members 3 is none of the --peer");
  expect_refused(with(good(), {"--members", "1,1"}), "--members 1 is there twice");
  expect_refused(with(good(), {"--members", "2"}),
                 "node 1 is none of the --members (--join if it was added later)");
  expect_refused(with(good(), {"--members", "one"}), "--members");
  expect_refused(with(good(), {"--join"}), "--join needs the --replica");
  expect_refused(with(good(), {"--replica", "7"}), "--replica 7: among the first --members");
  expect_refused(with(good(), {"--replica", "second", "--join"}), "--replica");
  EXPECT_FALSE(std::filesystem::exists(directory_.path() + "/data")) << "nothing was touched";
}

TEST_F(PlumbdTest, RefusesNumbersThatAreNoneOrOutOfRange) {
  for (const char* flag : {"--snapshot-log-kib", "--snapshot-log-entries", "--trailing-entries",
                           "--trailing-kib", "--log-mib-max", "--snapshot-kib-per-second",
                           "--session-idle-entries", "--clock-drift-ppm"}) {
    for (const char* value : {"-1", "many", "1073741825", ""}) {
      expect_refused(with(good(), {flag, value}), flag);
    }
  }
  expect_refused(with(good(), {"--clock-drift-ppm", "400001"}), "--clock-drift-ppm");
  expect_refused(with(good(), {"--lease-reads=perhaps"}), "--lease-reads");
  expect_refused(with(good(), {"--log-mib-max", "15"}),
                 "--log-mib-max 15 holds fewer than 16 segments of --segment-kib 1024");
}

TEST_F(PlumbdTest, TellsTheNearestFlag) {
  for (const auto& [wrong, right] : std::vector<std::pair<std::string, std::string>>{
           {"--member", "--members"},
           {"--jion", "--join"},
           {"--replicas", "--replica"},
           {"--snapshot-log-kb", "--snapshot-log-kib"},
           {"--snapshot-log-entrys", "--snapshot-log-entries"},
           {"--trailing-entry", "--trailing-entries"},
           {"--trailing-kb", "--trailing-kib"},
           {"--log-mib", "--log-mib-max"},
           {"--snapshot-kb-per-second", "--snapshot-kib-per-second"},
           {"--session-idle-entry", "--session-idle-entries"},
           {"--lease-read", "--lease-reads"},
           {"--clock-drift", "--clock-drift-ppm"}}) {
    expect_refused(with(good(), {wrong}),
                   "there is no option " + wrong + ", did you mean " + right + "?");
  }
}

TEST_F(PlumbdTest, TakesGoodValuesOfItsFlags) {
  const Arguments more = {"--snapshot-log-kib",
                          "0",
                          "--snapshot-log-entries",
                          "1000",
                          "--trailing-entries",
                          "0",
                          "--trailing-kib",
                          "64",
                          "--log-mib-max",
                          "16",
                          "--snapshot-kib-per-second",
                          "1024",
                          "--session-idle-entries",
                          "0",
                          "--lease-reads",
                          "--clock-drift-ppm",
                          "400000"};
  auto first = start_ready(with(with(good(), more), {"--members", "2,1", "--replica", "1"}));
  first->signal(SIGTERM);
  EXPECT_EQ(first->wait().text(), "exit code 0");
  EXPECT_TRUE(start_ready(with(good(), {"--log-mib-max", "0"}))) << "it may also be unbounded";
}

// It serves clients its status, knows of no member, and has nobody to hand over to as it ends.
TEST_F(PlumbdTest, WaitsEmptyToBeAdded) {
  auto joins = start_ready(with(good(), {"--members", "2", "--join", "--replica", "3"}));
  joins->signal(SIGTERM);
  EXPECT_EQ(joins->wait().text(), "exit code 0");
}

TEST_F(PlumbdTest, RefusesAnAddressThatOtherMachinesReach) {
  Arguments arguments = good();
  arguments.back() = "0.0.0.0:0";
  expect_refused(arguments, "not a loopback address");
  expect_refused(with(good(), {"--listen-peers", "192.0.2.1:7000"}), "not a loopback address");
  const auto allowed = start_ready(with(arguments, {"--insecure"}));
  EXPECT_TRUE(allowed);
}

TEST_F(PlumbdTest, RefusesAPortThatIsTaken) {
  const real::ReservedPort port;
  Arguments arguments = good();
  arguments.back() = "127.0.0.1:" + std::to_string(port.address().port);
  const auto first = start_ready(arguments);
  arguments[4] = directory_.path() + "/other";
  expect_refused(arguments, arguments.back());
}

// Two processes that wrote one log would both believe that they own it.
TEST_F(PlumbdTest, RefusesADirectoryThatAnotherProcessOrNodeOrClusterOwns) {
  const auto first = start_ready(good());
  expect_refused(good(), "is in use by process " + std::to_string(first->id()));
  first->signal(SIGTERM);
  EXPECT_EQ(first->wait().text(), "exit code 0");
  const std::string identity = text_of(directory_.path() + "/data/IDENTITY");
  expect_refused(good(2), "belongs to node 1, not to node 2");
  expect_refused(with(good(), {"--cluster-id", "7"}), "belongs to cluster 1, not to cluster 7");
  EXPECT_EQ(text_of(directory_.path() + "/data/IDENTITY"), identity);
  EXPECT_TRUE(start_ready(good())) << "and its owner takes it up again";
}

TEST_F(PlumbdTest, HaltsOnALogThatIsCorrupt) {
  auto first = start_ready(good());
  first->signal(SIGTERM);
  first->wait();
  const std::string log = directory_.path() + "/data/store/log";
  for (const auto& segment : std::filesystem::directory_iterator(log)) {
    std::fstream file(segment.path(), std::ios::in | std::ios::out | std::ios::binary);
    // Both headers and both claims: what is left cannot say whose it is, nor where it ended.
    for (int i = 0; i < 400; ++i) file << "this is no segment of a log, whatever its name says";
  }
  const ProcessEnd end = start(good())->wait();
  EXPECT_EQ(end.text(), "exit code 1");
  EXPECT_NE(text_of(output_).find("plumbd: node 1 halts: cannot recover the log"),
            std::string::npos)
      << text_of(output_);
}

TEST_F(PlumbdTest, TakesSettingsFromTheEnvironmentBelowTheFlags) {
  // ChildProcess hides our settings from children, so a shell sets them.
  const std::string program = std::string(PLUMBD) + " replica --node 1 --data " +
                              directory_.path() + "/data --peer 1=127.0.0.1:0";
  output_ = directory_.path() + "/environment";
  auto child = ChildProcess::start(
      {"/bin/sh", {"-c", "PLUMBLINE_LISTEN=0.0.0.0:0 exec " + program}, output_});
  ASSERT_TRUE(child.ok());
  EXPECT_EQ((*child)->wait().text(), "exit code 2");
  EXPECT_NE(text_of(output_).find("--listen 0.0.0.0:0"), std::string::npos) << text_of(output_);
  child = ChildProcess::start(
      {"/bin/sh",
       {"-c", "PLUMBLINE_LISTEN=0.0.0.0:0 exec " + program + " --listen 127.0.0.1:0"},
       output_});
  poll();
  EXPECT_TRUE(is_ready(**child, output_)) << text_of(output_);
}

TEST(ChildProcess, SaysWhyItCannotStart) {
  const auto missing = ChildProcess::start({"/nowhere/plumbd", {}, "/dev/null"});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, Errc::kNotFound);
}

TEST(ChildProcess, DiesWithItsObject) {
  pid_t id = 0;
  {
    const auto child = ChildProcess::start({"/bin/sleep", {"1000"}, "/dev/null"});
    ASSERT_TRUE(child.ok());
    id = (*child)->id();
    EXPECT_EQ(::kill(id, 0), 0);
    EXPECT_NE(::getpgid(id), ::getpgid(0)) << "an interrupt at the terminal must not reach it";
  }
  EXPECT_EQ(::kill(id, 0), -1);
}

// However the harness dies: here it is killed.
TEST(ChildProcess, DiesWithItsMaker) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t maker = ::fork();
  if (maker == 0) {
    const auto child = ChildProcess::start({"/bin/sleep", {"1000"}, "/dev/null"});
    const pid_t id = child.ok() ? (*child)->id() : 0;
    [[maybe_unused]] const ssize_t written = ::write(ends[1], &id, sizeof id);
    ::raise(SIGKILL);
  }
  pid_t id = 0;
  ASSERT_EQ(::read(ends[0], &id, sizeof id), static_cast<ssize_t>(sizeof id));
  ASSERT_GT(id, 0);
  ::waitpid(maker, nullptr, 0);
  real::EventLoop loop;
  UniqueFunction<void()> poll = [&] { loop.after(milliseconds(2), [&] { poll(); }); };
  poll();
  // Whoever inherits it may not have reaped it yet: a zombie is dead.
  const auto is_dead = [&] {
    std::ifstream stat("/proc/" + std::to_string(id) + "/stat");
    std::string text{std::istreambuf_iterator<char>(stat), std::istreambuf_iterator<char>()};
    return text.empty() || text.find(") Z ") != std::string::npos;
  };
  EXPECT_TRUE(loop.run_until(is_dead, real::kPatience));
  ::close(ends[0]);
  ::close(ends[1]);
}

}  // namespace
}  // namespace plumbline::harness
