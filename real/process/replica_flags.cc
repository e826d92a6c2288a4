#include "real/process/replica_flags.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "real/asio/address.h"

#ifdef PLUMBLINE_PLANTS
#include "plumbline_plants.h"
#endif

namespace plumbline::process {
namespace {

// Only whole segments are ever removed: a log that is bounded needs so many.
constexpr std::uint64_t kSegmentsInLog = 16;

Error invalid(std::string line) { return {Errc::kInvalid, std::move(line)}; }

// Without TLS and tokens, which are not there yet, whoever reaches a port may read and write
// everything.
bool is_loopback(const std::string& host) {
  in_addr v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "::1" || host == "localhost";
}

Result<std::pair<NodeId, Address>> parse_peer(const std::string& text) {
  const std::size_t equals = text.find('=');
  std::uint32_t number = 0;
  const char* const end = text.data() + std::min(equals, text.size());
  const auto parsed = std::from_chars(text.data(), end, number);
  if (equals == std::string::npos || parsed.ptr != end || number == 0) {
    return invalid("--peer " + text + ": write it as N=host:port, with N from 1");
  }
  const Result<Address> address = real::parse_address(std::string_view(text).substr(equals + 1));
  if (!address) return invalid("--peer " + text + ": " + address.error().detail);
  return std::pair(NodeId(number), *address);
}

Result<std::map<NodeId, Address>> parse_peers(const std::vector<std::string>& texts) {
  std::map<NodeId, Address> members;
  for (const std::string& text : texts) {
    const auto peer = parse_peer(text);
    if (!peer) return peer.error();
    if (!members.insert(*peer).second) {
      return invalid("--peer " + text + ": node " + std::to_string(peer->first.value) +
                     " is there twice");
    }
  }
  return members;
}

Result<Address> parse_listen(const char* flag, const std::string& text, bool insecure) {
  const Result<Address> address = real::parse_address(text);
  if (!address) return invalid(std::string(flag) + " " + text + ": " + address.error().detail);
  if (!insecure && !is_loopback(address->host)) {
    return invalid(std::string(flag) + " " + text +
                   " is not a loopback address: without TLS anybody could write there"
                   " (--insecure allows it)");
  }
  return *address;
}

Status check_numbers(const ReplicaFlags& flags) {
  if (flags.node == 0) return invalid("--node: nodes are numbered from 1");
  if (flags.heartbeat_ms >= flags.election_timeout_ms) {
    return invalid("--heartbeat-ms " + std::to_string(flags.heartbeat_ms) +
                   " is not below --election-timeout-ms " +
                   std::to_string(flags.election_timeout_ms));
  }
  const std::uint64_t segment_kib_max = flags.log_mib_max * 1024 / kSegmentsInLog;
  if (flags.log_mib_max != 0 && flags.segment_kib > segment_kib_max) {
    return invalid("--log-mib-max " + std::to_string(flags.log_mib_max) + " holds fewer than " +
                   std::to_string(kSegmentsInLog) + " segments of --segment-kib " +
                   std::to_string(flags.segment_kib));
  }
  return {};
}

// The nodes of the first configuration, each under the replica number that is its own.
Result<std::vector<replica::Member>> parse_members(const ReplicaFlags& flags,
                                                   const std::map<NodeId, Address>& peers) {
  std::vector<std::uint32_t> numbers = flags.members;
  for (const std::string& text : flags.peers) {
    if (flags.members.empty()) numbers.push_back(parse_peer(text)->first.value);
  }
  std::vector<replica::Member> members;
  for (const std::uint32_t number : numbers) {
    const std::string which = "--members " + std::to_string(number);
    if (peers.count(NodeId(number)) == 0) return invalid(which + " is none of the --peer");
    for (const replica::Member& other : members) {
      if (other.node == NodeId(number)) return invalid(which + " is there twice");
    }
    members.push_back({ReplicaId(number), NodeId(number)});
  }
  return members;
}

Status check_membership(const ReplicaFlags& flags, const std::vector<replica::Member>& members) {
  const bool is_member = std::any_of(members.begin(), members.end(), [&](const auto& member) {
    return member.node == NodeId(flags.node);
  });
  const std::string node = "node " + std::to_string(flags.node);
  if (flags.join) {
    if (flags.replica == 0)
      return invalid("--join needs the --replica that was added for this node");
    return {};
  }
  if (!is_member) return invalid(node + " is none of the --members (--join if it was added later)");
  if (flags.replica != 0 && flags.replica != flags.node) {
    return invalid("--replica " + std::to_string(flags.replica) + ": among the first --members, " +
                   node + " is replica " + std::to_string(flags.node) + " (--join if it is not)");
  }
  return {};
}

replica::ReplicaOptions to_options(const ReplicaFlags& flags,
                                   const std::vector<replica::Member>& members,
                                   const Address& listen) {
  replica::ReplicaOptions options;
  options.self = ReplicaId(flags.replica == 0 ? flags.node : flags.replica);
  options.members = members;
  options.join = flags.join;
  // Its incarnations are counted on the very disk that would have been wiped.
  options.empty_disk_is_new = true;
  options.client_address = listen;
  options.raft.election_timeout = milliseconds(flags.election_timeout_ms);
  options.raft.heartbeat_interval = milliseconds(flags.heartbeat_ms);
  options.raft.entries_per_append_max = flags.entries_per_append;
  options.raft.inflight_appends_max = flags.inflight_appends;
  options.log.segment_bytes = flags.segment_kib * 1024;
  options.log.identity = {.cluster = flags.cluster, .node = NodeId(flags.node)};
  options.apply_batch = flags.apply_batch;
  options.apply_pause = microseconds(flags.apply_pause_us);
  options.session_idle_entries = flags.session_idle_entries;
  options.snapshot_log_bytes = flags.snapshot_log_kib * 1024;
  options.snapshot_log_entries = flags.snapshot_log_entries;
  options.snapshot_send.bytes_per_second = flags.snapshot_kib_per_second * 1024;
  options.raft.trailing_entries = flags.trailing_entries;
  options.raft.trailing_bytes_max = flags.trailing_kib * 1024;
  options.log_bytes_max = flags.log_mib_max << 20;
  options.raft.lease_reads = flags.lease_reads;
  options.raft.clock_drift_max_ppm = flags.clock_drift_ppm;
  return options;
}

Status select_plant(const std::string& id) {
#ifdef PLUMBLINE_PLANTS
  if (plants::select(id)) return {};
  return invalid("--plant " + id + ": this build has no such plant");
#else
  if (id.empty()) return {};
  return invalid("--plant " + id + ": no plants are woven into this build");
#endif
}

// Adds an option that may be given by the environment too.
auto adder(CLI::App& command) {
  return [&command](const char* name, auto& value, const char* what) {
    std::string variable = std::string("PLUMBLINE_") + (name + 2);
    for (char& c : variable) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
    return command.add_option(name, value, what)->envname(variable);
  };
}

void add_snapshot_flags(CLI::App& command, ReplicaFlags& flags) {
  const auto add = adder(command);
  const CLI::Range count(0, 1 << 30);
  add("--snapshot-log-kib", flags.snapshot_log_kib,
      "a snapshot is taken when so much was applied since the last; 0: not for that reason")
      ->check(count)
      ->capture_default_str();
  add("--snapshot-log-entries", flags.snapshot_log_entries, "the same in entries")
      ->check(count)
      ->capture_default_str();
  add("--trailing-entries", flags.trailing_entries,
      "entries kept behind a snapshot, for followers that lag a little")
      ->check(count)
      ->capture_default_str();
  add("--trailing-kib", flags.trailing_kib, "how much those may come to")
      ->check(count)
      ->capture_default_str();
  add("--log-mib-max", flags.log_mib_max,
      "what the log may take of the disk: more snapshots are taken for it, and when those are not"
      " fast enough a leader refuses commands; 0: not bounded so")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  add("--snapshot-kib-per-second", flags.snapshot_kib_per_second,
      "how fast a snapshot is written and sent; 0: as fast as can be")
      ->check(count)
      ->capture_default_str();
  add("--session-idle-entries", flags.session_idle_entries,
      "entries without use after which a client's session is dropped; 0: never for that reason")
      ->check(count)
      ->capture_default_str();
  command
      .add_flag("--lease-reads", flags.lease_reads,
                "a leader answers reads without asking: linearizable only while no two clocks of"
                " the group drift apart by more than --clock-drift-ppm")
      ->envname("PLUMBLINE_LEASE_READS");
  add("--clock-drift-ppm", flags.clock_drift_ppm, "bound for --lease-reads, millionths of time")
      ->check(CLI::Range(0, 400'000))
      ->capture_default_str();
}

}  // namespace

void add_flags(CLI::App& command, ReplicaFlags& flags) {
  const auto add = adder(command);
  add("--node", flags.node, "this node's number")->required();
  add("--data", flags.data, "its data directory; made when it is missing")->required();
  add("--cluster-id", flags.cluster, "number of the cluster: nodes of others are refused")
      ->capture_default_str();
  add("--peer", flags.peers, "N=host:port, where nodes reach node N; members and those to come")
      ->required()
      ->delimiter(',');
  add("--members", flags.members,
      "nodes of the first configuration; the one in front leads first (default: all --peer)")
      ->delimiter(',');
  command
      .add_flag("--join", flags.join,
                "start empty and wait until a leader speaks: a member that was added later, or"
                " one whose disk was lost and that was replaced")
      ->envname("PLUMBLINE_JOIN");
  add("--replica", flags.replica, "with --join: the number under which it was added");
  add("--listen-peers", flags.listen_peers, "where nodes reach this one (default: its --peer)");
  add("--listen", flags.listen, "where clients reach this node")->required();
  const CLI::Range positive(1, 1 << 30);
  add("--election-timeout-ms", flags.election_timeout_ms, "silence after which a node campaigns")
      ->check(positive)
      ->capture_default_str();
  add("--heartbeat-ms", flags.heartbeat_ms, "how often a leader is heard")
      ->check(positive)
      ->capture_default_str();
  add("--segment-kib", flags.segment_kib, "size of a segment of the log")
      ->check(CLI::Range(4, 1 << 20))
      ->capture_default_str();
  add("--entries-per-append", flags.entries_per_append, "entries in a message at most")
      ->check(positive)
      ->capture_default_str();
  add("--inflight-appends", flags.inflight_appends, "unanswered messages to a follower at most")
      ->check(positive)
      ->capture_default_str();
  add("--apply-batch", flags.apply_batch, "entries applied before others may run")
      ->check(positive)
      ->capture_default_str();
  add("--apply-pause-us", flags.apply_pause_us, "pause after each such batch")
      ->check(CLI::Range(0, 1 << 30))
      ->capture_default_str();
  add_snapshot_flags(command, flags);
  command.add_flag("--insecure", flags.insecure, "allow addresses that other machines can reach");
  command.add_flag("--trace", flags.trace, "tell everything that happens on standard error");
  add("--plant", flags.plant, "switch a woven bug on (plants build)");
}

Result<ReplicaSettings> understand(const ReplicaFlags& flags) {
  if (Status good = check_numbers(flags); !good) return good.error();
  const auto peers = parse_peers(flags.peers);
  if (!peers) return peers.error();
  const auto own = peers->find(NodeId(flags.node));
  if (own == peers->end()) {
    return invalid("--node " + std::to_string(flags.node) + " is none of the --peer");
  }
  const auto members = parse_members(flags, *peers);
  if (!members) return members.error();
  if (Status fits = check_membership(flags, *members); !fits) return fits.error();
  const std::string peers_at =
      flags.listen_peers.empty() ? real::text_of(own->second) : flags.listen_peers;
  const auto listen_peers = parse_listen("--listen-peers", peers_at, flags.insecure);
  if (!listen_peers) return listen_peers.error();
  const auto listen = parse_listen("--listen", flags.listen, flags.insecure);
  if (!listen) return listen.error();
  if (Status woven = select_plant(flags.plant); !woven) return woven.error();
  ReplicaSettings settings{.data = flags.data,
                           .cluster = flags.cluster,
                           .listen_peers = *listen_peers,
                           .book = *peers,
                           .trace = flags.trace,
                           .options = to_options(flags, *members, *listen)};
  settings.book.erase(NodeId(flags.node));
  return settings;
}

}  // namespace plumbline::process
