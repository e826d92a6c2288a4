// What three real processes do with syncs on, beside what the same disk does alone in the same run:
//
//   raft_bench                   puts a second at 1, 16, 100 and 1,000 clients
//   raft_bench --steady MINUTES  steady writes under a bounded log; half-way an empty fourth node
//                                joins. Prints, every tenth of the time, the longest log and the
//                                memory of each node, and the writes' latency; and the latency
//                                while the node caught up beside the one right before.
//
// Nothing is judged here. The core alone is raft_core_bench.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "nodes/client/admin.h"
#include "nodes/client/kv_client.h"
#include "nodes/fiber/fiber.h"
#include "real/asio/address.h"
#include "real/asio/asio_world.h"
#include "real/asio/loop.h"
#include "real/harness/store_process.h"

namespace plumbline::bench {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t kBlockBytes = 4096;
constexpr std::uint32_t kMembers = 3;

struct Puts {
  std::uint32_t clients;
  std::uint64_t keys;  // of each client
  std::size_t value_bytes;
};
constexpr std::size_t kValueBytes = 256;

double seconds_since(Steady::time_point start) {
  return std::chrono::duration<double>(Steady::now() - start).count();
}

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "raft_bench: %s\n", why.c_str());
  std::exit(3);
}

// A directory of this run, removed with it; where the current one is, so that it is a real disk.
class Scratch {
 public:
  Scratch() {
    std::string pattern = std::filesystem::current_path() / "raft-bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) give_up("cannot make " + pattern);
    path_ = pattern;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Writes of 4 KiB into reserved space, each synced, one after the other.
double raw_syncs_per_second(const std::string& directory, double seconds) {
  const std::string path = directory + "/raw";
  const int file = ::open(path.c_str(), O_CREAT | O_RDWR, 0600);
  if (file < 0 || ::posix_fallocate(file, 0, 64 << 20) != 0) give_up("cannot write " + path);
  const std::string block(kBlockBytes, 'x');
  const auto begun = Steady::now();
  std::uint64_t done = 0;
  while (seconds_since(begun) < seconds) {
    const auto at = static_cast<off_t>(done % 16384 * kBlockBytes);
    if (::pwrite(file, block.data(), block.size(), at) < 0 || ::fdatasync(file) != 0) {
      give_up("cannot write " + path);
    }
    ++done;
  }
  ::close(file);
  ::unlink(path.c_str());
  return static_cast<double>(done) / seconds_since(begun);
}

struct Group {
  Group(real::EventLoop& group_loop, const std::string& directory, std::uint32_t nodes,
        std::vector<std::string> extra)
      : loop(group_loop), extra_flags(std::move(extra)) {
    for (std::uint32_t i = 1; i <= nodes; ++i) {
      const std::string name = directory + "/n" + std::to_string(i);
      processes.push_back(std::make_unique<harness::StoreProcess>(
          harness::StoreProcess::Options{NodeId(i), PLUMBD, name, name + ".log"}));
      servers.push_back({NodeId(i), processes.back()->clients_address()});
    }
  }

  void start(std::uint32_t node, std::vector<std::string> flags) {
    harness::StoreProcess& process = *processes.at(node - 1);
    for (const auto& peer : processes) {
      flags.push_back("--peer");
      flags.push_back(std::to_string(peer->node().value) + "=" +
                      real::text_of(peer->peers_address()));
    }
    flags.insert(flags.end(), {"--cluster-id", "7"});
    for (std::uint32_t i = 1; i <= kMembers; ++i) {
      flags.insert(flags.end(), {"--members", std::to_string(i)});
    }
    flags.insert(flags.end(), extra_flags.begin(), extra_flags.end());
    process.set_flags(std::move(flags));
    if (const Status started = process.start(); !started) give_up(started.error().message());
    // Nothing of this process's own happens meanwhile that would have the loop ask.
    const auto begun = Steady::now();
    while (process.is_up() && !process.is_ready() && seconds_since(begun) < 20) {
      loop.run_until([] { return false; }, milliseconds(10));
    }
    if (!process.is_ready()) give_up("node " + std::to_string(node) + " does not start");
  }

  real::EventLoop& loop;
  std::vector<std::string> extra_flags;
  std::vector<std::unique_ptr<harness::StoreProcess>> processes;
  std::vector<client::Server> servers;
};

// Clients of this process, each a fiber that puts one value after the other.
class Load {
 public:
  Load(Group& group, Puts puts) : group_(group), puts_(puts) {
    real::AsioWorldOptions options;
    options.self = NodeId(900);
    options.seed = 1;
    auto world = real::AsioWorld::open(group.loop, std::move(options), silent_);
    if (!world) give_up(world.error().message());
    world_ = std::move(*world);
    for (std::uint32_t i = 0; i < puts.clients; ++i) {
      ++running_;
      world_->world().tasks.spawn("client", [this, i](Yield& yield) { put_on(yield, i); });
    }
  }
  ~Load() {
    stop_ = true;
    group_.loop.run_until([this] { return running_ == 0; }, seconds(20));
    world_->stop();
  }

  // Milliseconds of the puts that were acknowledged since the last call, in ascending order.
  std::vector<double> take() {
    std::vector<double> taken = std::exchange(latencies_, {});
    std::sort(taken.begin(), taken.end());
    return taken;
  }
  World& world() { return world_->world(); }

 private:
  void put_on(Yield& yield, std::uint32_t number) {
    client::Options options;
    options.servers = group_.servers;
    options.servers.resize(kMembers);
    client::KvClient client(world(), options);
    const std::string value(puts_.value_bytes, 'v');
    for (std::uint64_t i = 0; !stop_; ++i) {
      const std::string key = "k" + std::to_string(number) + "-" + std::to_string(i % puts_.keys);
      const auto begun = Steady::now();
      const client::Outcome put = client.put(yield, key, value, world().clock.now() + seconds(10));
      if (put.fate == client::Fate::kOk) latencies_.push_back(1000 * seconds_since(begun));
    }
    --running_;
  }

  Group& group_;
  const Puts puts_;
  trace::NullSink silent_;
  std::unique_ptr<real::AsioWorld> world_;
  std::vector<double> latencies_;
  std::uint32_t running_ = 0;
  bool stop_ = false;
};

double at_part(const std::vector<double>& sorted, double part) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(part * static_cast<double>(sorted.size() - 1))];
}

void pass(real::EventLoop& loop, Duration time) {
  loop.run_until([] { return false; }, time);
}

void throughput() {
  std::printf("puts of %zu bytes through three processes of this machine, syncs on\n", kValueBytes);
  std::printf("%8s %12s %10s %10s %14s %8s\n", "clients", "puts/s", "p50 ms", "p99 ms",
              "4 KiB syncs/s", "ratio");
  for (const std::uint32_t clients : {1u, 16u, 100u, 1000u}) {
    const Scratch scratch;
    const double raw = raw_syncs_per_second(scratch.path(), 1);
    real::EventLoop loop;
    Group group(loop, scratch.path(), kMembers, {});
    for (std::uint32_t i = 1; i <= kMembers; ++i) group.start(i, {});
    Load load(group, {clients, 64, kValueBytes});
    pass(loop, seconds(2));
    load.take();
    const auto begun = Steady::now();
    pass(loop, seconds(5));
    const std::vector<double> puts = load.take();
    const double rate = static_cast<double>(puts.size()) / seconds_since(begun);
    std::printf("%8u %12.0f %10.2f %10.2f %14.0f %8.2f\n", clients, rate, at_part(puts, 0.5),
                at_part(puts, 0.99), raw, rate / raw);
    std::fflush(stdout);
  }
}

std::uint64_t bytes_of_files(const std::string& directory) {
  std::uint64_t bytes = 0;
  std::error_code gone;  // files come and go meanwhile
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory, gone)) {
    const std::uintmax_t size = file.is_regular_file(gone) ? file.file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

double mib(std::uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

double resident_mib(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stod(line.substr(6)) / 1024;
  }
  return 0;
}

// Steady writes whose log is bounded, and what they cost the nodes.
class SteadyRun {
 public:
  static constexpr Puts kPuts = {.clients = 16, .keys = 512, .value_bytes = 4096};

  explicit SteadyRun(const std::string& directory)
      : directory_(directory), group_(loop_, directory, kMembers + 1, {"--log-mib-max", "64"}) {
    for (std::uint32_t i = 1; i <= kMembers; ++i) group_.start(i, {});
    load_ = std::make_unique<Load>(group_, kPuts);
  }

  void run(double minutes);

 private:
  void pass_watching(double seconds);
  void print_nodes();
  void join();
  void catch_up(Yield& yield, NodeId node);
  std::string own(std::size_t process) const {
    return directory_ + "/n" + std::to_string(group_.processes[process]->node().value);
  }

  std::string directory_;
  real::EventLoop loop_;
  Group group_;
  std::unique_ptr<Load> load_;
  std::vector<std::uint64_t> longest_ = std::vector<std::uint64_t>(kMembers + 1);
  bool by_snapshot_ = false;
  bool caught_up_ = false;
};

void SteadyRun::run(double minutes) {
  std::printf("%u clients put values of %zu bytes, %.0f MiB of them; the log's bound is 64 MiB\n",
              kPuts.clients, kPuts.value_bytes,
              mib(kPuts.clients * kPuts.keys * kPuts.value_bytes));
  for (int tenth = 1; tenth <= 10; ++tenth) {
    pass_watching(minutes * 6);
    const std::vector<double> puts = load_->take();
    std::printf("%3d %%: %zu puts, p50 %.2f ms, p99 %.2f ms\n", tenth * 10, puts.size(),
                at_part(puts, 0.5), at_part(puts, 0.99));
    print_nodes();
    if (tenth == 5) join();
  }
}

void SteadyRun::pass_watching(double seconds) {
  const auto begun = Steady::now();
  while (seconds_since(begun) < seconds) {
    pass(loop_, milliseconds(100));
    for (std::size_t i = 0; i < longest_.size(); ++i) {
      longest_[i] = std::max(longest_[i], bytes_of_files(own(i) + "/store/log"));
    }
  }
}

void SteadyRun::print_nodes() {
  for (std::size_t i = 0; i < longest_.size(); ++i) {
    const pid_t process = group_.processes[i]->process();
    if (process == 0) continue;
    std::printf("  n%zu: longest log %.1f MiB, all files now %.1f MiB, memory %.1f MiB\n", i + 1,
                mib(longest_[i]), mib(bytes_of_files(own(i))), resident_mib(process));
    longest_[i] = 0;
  }
  std::fflush(stdout);
}

void SteadyRun::join() {
  constexpr std::uint32_t kJoiner = kMembers + 1;
  pass(loop_, seconds(5));
  const std::vector<double> before = load_->take();
  group_.start(kJoiner, {"--join", "--replica", std::to_string(kJoiner)});
  load_->take();
  const auto begun = Steady::now();
  load_->world().tasks.spawn("admin", [this](Yield& yield) { catch_up(yield, NodeId(kJoiner)); });
  group_.loop.run_until([this] { return caught_up_; }, seconds(120));
  if (!caught_up_) give_up("the node has not caught up in two minutes");
  const double took = seconds_since(begun);
  const std::vector<double> during = load_->take();
  std::printf("an empty node caught up %s in %.2f s\n",
              by_snapshot_ ? "by snapshot" : "by the log alone", took);
  std::printf("  puts in the 5 s before: %zu, p50 %.2f ms, p99 %.2f ms\n", before.size(),
              at_part(before, 0.5), at_part(before, 0.99));
  std::printf("  puts meanwhile: %zu, p50 %.2f ms, p99 %.2f ms\n", during.size(),
              at_part(during, 0.5), at_part(during, 0.99));
}

// The leader takes the node in; how far it has come is asked of the node itself.
void SteadyRun::catch_up(Yield& yield, NodeId node) {
  World& world = load_->world();
  client::Options options;
  options.servers = group_.servers;
  options.servers.resize(kMembers);
  client::Admin admin(world, options);
  client::MemberChange change;
  change.kind = client::MemberChange::Kind::kAddVoter;
  change.replica = ReplicaId(node.value);
  change.node = node;
  const client::MemberChanges changes{.changes = {change}};
  const auto added = admin.change_members(yield, changes, world.clock.now() + seconds(60));
  if (added.fate != client::Fate::kOk) give_up("the node is not taken in: " + added.detail);
  while (!caught_up_) {
    const Instant limit = world.clock.now() + seconds(2);
    const auto other = admin.status(yield, group_.servers[0], limit);
    const auto own = admin.status(yield, group_.servers[node.value - 1], limit);
    caught_up_ = other && own && own->applied() + 1000 >= other->commit();
    by_snapshot_ = own && own->first_index() > 1;
    world.tasks.sleep_until(yield, world.clock.now() + milliseconds(20));
  }
}

int run(int argc, char** argv) {
  if (argc == 1) {
    throughput();
    return 0;
  }
  if (argc == 3 && std::strcmp(argv[1], "--steady") == 0) {
    const Scratch scratch;
    SteadyRun(scratch.path()).run(std::stod(argv[2]));
    return 0;
  }
  std::fprintf(stderr, "usage: raft_bench [--steady MINUTES]\n");
  return 2;
}

}  // namespace
}  // namespace plumbline::bench

int main(int argc, char** argv) { return plumbline::bench::run(argc, argv); }
