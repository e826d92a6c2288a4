#include "real/process/replica_flags.h"

#include <arpa/inet.h>

#include <charconv>
#include <map>

#include "real/asio/address.h"

#ifdef PLUMBLINE_PLANTS
#include "plumbline_plants.h"
#endif

namespace plumbline::process {
namespace {

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
  return {};
}

replica::ReplicaOptions to_options(const ReplicaFlags& flags,
                                   const std::map<NodeId, Address>& members,
                                   const Address& listen) {
  replica::ReplicaOptions options;
  options.self = ReplicaId(flags.node);
  for (const auto& [member, address] : members) {
    options.members.push_back({ReplicaId(member.value), member});
  }
  options.client_address = listen;
  options.raft.election_timeout = milliseconds(flags.election_timeout_ms);
  options.raft.heartbeat_interval = milliseconds(flags.heartbeat_ms);
  options.raft.entries_per_append_max = flags.entries_per_append;
  options.raft.inflight_appends_max = flags.inflight_appends;
  options.log.segment_bytes = flags.segment_kib * 1024;
  options.log.identity = {.cluster = flags.cluster, .node = NodeId(flags.node)};
  options.apply_batch = flags.apply_batch;
  options.apply_pause = microseconds(flags.apply_pause_us);
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

}  // namespace

void add_flags(CLI::App& command, ReplicaFlags& flags) {
  const auto add = [&](const char* name, auto& value, const char* what) {
    std::string variable = std::string("PLUMBLINE_") + (name + 2);
    for (char& c : variable) c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
    return command.add_option(name, value, what)->envname(variable);
  };
  add("--node", flags.node, "this node's number")->required();
  add("--data", flags.data, "its data directory; made when it is missing")->required();
  add("--cluster-id", flags.cluster, "number of the cluster: nodes of others are refused")
      ->capture_default_str();
  add("--peer", flags.peers, "N=host:port, where nodes reach node N; one for each member")
      ->required()
      ->delimiter(',');
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
  command.add_flag("--insecure", flags.insecure, "allow addresses that other machines can reach");
  command.add_flag("--trace", flags.trace, "tell everything that happens on standard error");
  add("--plant", flags.plant, "switch a woven bug on (plants build)");
}

Result<ReplicaSettings> understand(const ReplicaFlags& flags) {
  if (Status good = check_numbers(flags); !good) return good.error();
  const auto members = parse_peers(flags.peers);
  if (!members) return members.error();
  const auto own = members->find(NodeId(flags.node));
  if (own == members->end()) {
    return invalid("--node " + std::to_string(flags.node) + " is none of the --peer");
  }
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
                           .book = *members,
                           .trace = flags.trace,
                           .options = to_options(flags, *members, *listen)};
  settings.book.erase(NodeId(flags.node));
  return settings;
}

}  // namespace plumbline::process
