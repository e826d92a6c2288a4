#include "tests/nodes_raft/script.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace plumbline::raft::testing {
namespace {

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, separator);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

ReplicaId replica(const std::string& name) { return replica_named(name); }

// The value of "name=value" among the words.
std::optional<std::string> option(const std::vector<std::string>& words, const std::string& name) {
  for (const std::string& word : words) {
    if (word.rfind(name + "=", 0) == 0) return word.substr(name.size() + 1);
  }
  return std::nullopt;
}

std::string number(std::uint64_t n) { return std::to_string(n); }

Options options_of(const std::vector<std::string>& words) {
  Options options;
  const auto flag = [&](const std::string& name, bool& value) {
    if (const auto given = option(words, name)) value = *given == "on";
  };
  const auto count = [&](const std::string& name, auto& value) {
    if (const auto given = option(words, name)) {
      value = static_cast<std::remove_reference_t<decltype(value)>>(std::stoull(*given));
    }
  };
  flag("pre_vote", options.pre_vote);
  flag("check_quorum", options.check_quorum);
  flag("noop", options.noop_on_election);
  flag("lease", options.lease_reads);
  count("window", options.inflight_appends_max);
  count("window_bytes", options.inflight_bytes_max);
  count("batch", options.entries_per_append_max);
  count("uncommitted", options.uncommitted_bytes_max);
  count("trailing", options.trailing_entries);
  count("trailing_bytes", options.trailing_bytes_max);
  count("drift_ppm", options.clock_drift_max_ppm);
  return options;
}

ChangeKind change_kind(const std::string& word) {
  if (word == "add-learner") return ChangeKind::kAddLearner;
  if (word == "add-voter") return ChangeKind::kAddVoter;
  if (word == "promote") return ChangeKind::kPromote;
  if (word != "remove") ADD_FAILURE() << "not a change: " << word;
  return ChangeKind::kRemove;
}

}  // namespace

ReplicaId replica_named(const std::string& name) {
  if (name.size() < 2 || name[0] != 'r') {
    ADD_FAILURE() << "not a replica: " << name;
    return ReplicaId(1);
  }
  return ReplicaId(static_cast<std::uint32_t>(std::stoul(name.substr(1))));
}

std::string Script::run(const std::vector<std::string>& commands) {
  std::string output;
  for (const std::string& line : commands) {
    command(split(line, ' '));
    tell_reads();
    for (const std::string& told : narrator_->take_lines()) output += told + "\n";
  }
  if (!violation_ && cluster_ != nullptr) violation_ = cluster_->safety().violation();
  if (violation_) output += "VIOLATION " + *violation_ + "\n";
  return output;
}

void Script::command(const Words& words) {
  const std::string& verb = words.at(0);
  if (verb == "quietly") {
    command(Words(words.begin() + 1, words.end()));
    return void(narrator_->take_lines());
  }
  if (verb == "cluster") return make_cluster(words);
  if (verb == "disk") return load_disk(words);
  if (verb == "leads") return lead(replica(words.at(1)));
  if (verb == "timeout") return void(cluster_->fire_deadline(replica(words.at(1))));
  if (verb == "tick") return tick(milliseconds(std::stoll(words.at(1))), false);
  if (verb == "run") return tick(milliseconds(std::stoll(words.at(1))), true);
  if (verb == "propose") return propose(words);
  if (verb == "read") return read(words);
  if (verb == "join") return join();
  if (verb == "change") return change_members(words);
  if (verb == "transfer") return transfer(words);
  if (verb == "snapshot") {
    return cluster_->take_snapshot(replica(words.at(1)), option(words, "trailing") != "no");
  }
  if (verb == "damage") return damage(words);
  if (verb == "clock") {
    clock_ppm_[replica(words.at(1))] = std::stoll(option(words, "ppm").value());
    return;
  }
  if (verb == "deliver" || verb == "drop" || verb == "duplicate") return transport(words);
  if (verb == "sync") return sync(words);
  if (verb == "crash") return crash(words);
  if (verb == "restart") return cluster_->restart(replica(words.at(1)));
  if (verb == "cut") return cut(words);
  if (verb == "heal") return cut_off_.clear();
  if (verb == "settle") return settle();
  print(words);
}

void Script::make_cluster(const Words& words) {
  cut_off_.clear();
  clock_ppm_.clear();
  narrator_ = std::make_unique<Narrator>(true);
  const auto count = static_cast<std::uint32_t>(std::stoul(words.at(1)));
  const auto preferred = option(words, "preferred");
  cluster_ = std::make_unique<Cluster>(count, options_of(words), *narrator_,
                                       preferred ? replica(*preferred) : ReplicaId());
}

// The second deadline is the first heartbeat.
void Script::lead(ReplicaId id) {
  for (int i = 0; i < 2; ++i) {
    cluster_->fire_deadline(id);
    settle();
  }
  narrator_->take_lines();
  EXPECT_EQ(cluster_->at(id).core->role(), Role::kLeader) << describe(id);
}

void Script::load_disk(const Words& words) {
  const ReplicaId id = replica(words.at(1));
  Raft::Recovered disk = cluster_->at(id).disk;
  disk.entries.resize(1);
  disk.hard_state.term = Term(std::stoull(option(words, "term").value()));
  const std::vector<std::string> terms = split(option(words, "log").value(), ',');
  for (std::size_t i = 1; i < terms.size(); ++i) {
    const Blob payload("of" + terms[i]);
    disk.entries.push_back(Entry{Term(std::stoull(terms[i])), EntryKind::kCommand, payload});
  }
  cluster_->crash(id);
  cluster_->replace_disk(id, std::move(disk));
  cluster_->restart(id);
}

Duration Script::on_clock(ReplicaId id, Duration time) const {
  const auto ppm = clock_ppm_.find(id);
  if (ppm == clock_ppm_.end()) return time;
  return Duration{time.ns + time.ns / 1'000'000 * ppm->second};
}

Duration Script::wait_of(ReplicaId id) const {
  const Cluster::Node& node = cluster_->at(id);
  if (!node.core || node.core->next_deadline() == Instant::never()) return Duration{INT64_MAX};
  const Duration left = std::max(node.core->next_deadline() - node.now, Duration());
  const auto ppm = clock_ppm_.find(id);
  if (ppm == clock_ppm_.end()) return left;
  // Rounded up: the clock must have come that far.
  return Duration{left.ns * 1000 / (1'000'000 + ppm->second) * 1000 + 1'000'000};
}

void Script::tick(Duration time, bool settling) {
  Duration left = time;
  const std::vector<ReplicaId> ids = cluster_->ids();
  while (true) {
    const ReplicaId next = *std::min_element(
        ids.begin(), ids.end(), [&](ReplicaId a, ReplicaId b) { return wait_of(a) < wait_of(b); });
    const bool fires = wait_of(next) <= left;
    const Duration wait = std::min(left, wait_of(next));
    for (const ReplicaId id : ids) {
      cluster_->at(id).now = cluster_->at(id).now + on_clock(id, wait);
    }
    left = left - wait;
    if (!fires) return;
    cluster_->step(next, DeadlineReached{});
    if (settling) settle();
  }
}

void Script::propose(const Words& words) {
  Propose proposal;
  for (std::size_t i = 2; i < words.size(); ++i) {
    proposal.entries.push_back(Entry{Term(), EntryKind::kCommand, Blob(words[i])});
  }
  const ReplicaId id = replica(words.at(1));
  const Update update = cluster_->step(id, proposal);
  if (!update.accepted) say(words[1] + " refuses the proposal: " + name_of(update.refusal));
}

void Script::read(const Words& words) {
  cluster_->step(replica(words.at(1)), ReadRequest{std::stoull(words.at(2))});
}

void Script::join() {
  const ReplicaId id = cluster_->join();
  say(describe(id) + " is new, its disk is empty");
}

void Script::change_members(const Words& words) {
  ChangeMembers request;
  if (const auto meant = option(words, "if"))
    request.if_configuration = LogIndex(std::stoull(*meant));
  for (std::size_t i = 2; i < words.size(); ++i) {
    if (words[i].starts_with("if=")) continue;
    MemberChange change{.kind = change_kind(words[i]), .id = replica(words.at(i + 1))};
    for (i += 2; i < words.size() && words[i] != "and"; ++i) {
      if (words[i] == "at_once") change.at_once = true;
      if (const auto replaced = option({words[i]}, "replaces"))
        change.replaces = replica(*replaced);
    }
    request.changes.push_back(change);
  }
  const Update update = cluster_->step(replica(words.at(1)), request);
  if (!update.accepted) say(words[1] + " refuses the change: " + name_of(update.refusal));
}

void Script::transfer(const Words& words) {
  const ReplicaId to = words.size() > 2 ? replica(words[2]) : ReplicaId();
  const Update update = cluster_->step(replica(words.at(1)), TransferLeadership{to});
  if (update.refusal == Refusal::kNone) return;
  say(words[1] + " refuses to hand leadership over: " + name_of(update.refusal));
}

void Script::damage(const Words& words) {
  const ReplicaId id = replica(words.at(1));
  cluster_->crash(id);
  cluster_->damage(id, LogIndex(std::stoull(option(words, "keep").value())));
}

void Script::tell_reads() {
  if (cluster_ == nullptr) return;
  for (const ReplicaId id : cluster_->ids()) {
    for (const ReadResult& read : cluster_->at(id).reads) {
      const std::string what = "read " + number(read.cookie) + " of " + describe(id);
      say(what + (read.ok ? " may see " + number(read.index.value) : " failed"));
    }
    cluster_->at(id).reads.clear();
  }
}

std::vector<std::size_t> Script::places(const Link& link) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < cluster_->network().size(); ++i) {
    const Message& m = cluster_->network()[i];
    if ((!link.from || m.from == link.from) && (!link.to || m.to == link.to)) found.push_back(i);
  }
  if (link.pick == Pick::kFirst && !found.empty()) found.resize(1);
  if (link.pick == Pick::kLast && !found.empty()) found.erase(found.begin(), found.end() - 1);
  return found;
}

void Script::deliver(std::size_t place) {
  const Message& m = cluster_->network()[place];
  const std::string what = describe(m.from) + " -> " + describe(m.to) + ": " + describe(m);
  const bool cut = cut_off_.count(m.from) != cut_off_.count(m.to);
  if (cut || !cluster_->at(m.to).core) {
    say(what + " (lost)");
    return cluster_->lose(place);
  }
  say(what);
  cluster_->deliver(place);
}

void Script::transport(const Words& words) {
  const std::string& verb = words.at(0);
  if (words.at(1) == "all") {
    while (!cluster_->network().empty()) deliver(0);
    return;
  }
  const std::size_t arrow = words.at(1).find("->");
  ASSERT_NE(arrow, std::string::npos) << words[1];
  Link link;
  if (arrow != 0) link.from = replica(words[1].substr(0, arrow));
  if (arrow + 2 != words[1].size()) link.to = replica(words[1].substr(arrow + 2));
  if (words.size() > 2) link.pick = words[2] == "last" ? Pick::kLast : Pick::kFirst;

  std::size_t gone = 0;
  for (const std::size_t place : places(link)) {
    auto& network = cluster_->network();
    if (verb == "deliver") {
      deliver(place - gone++);
    } else if (verb == "duplicate") {
      network.push_back(Message(network[place]));
    } else {
      cluster_->lose(place - gone++);
    }
  }
}

bool Script::sync_everyone() {
  bool synced = false;
  for (const ReplicaId id : cluster_->ids()) synced = cluster_->sync(id) || synced;
  return synced;
}

void Script::sync(const Words& words) {
  if (words.at(1) == "all") return void(sync_everyone());
  const std::size_t batches = words.size() > 2 ? std::stoul(words[2]) : SIZE_MAX;
  if (!cluster_->sync(replica(words.at(1)), batches)) say(words[1] + " has nothing to sync");
}

void Script::crash(const Words& words) {
  const auto survive = option(words, "survive");
  cluster_->crash(replica(words.at(1)), survive ? std::stoul(*survive) : 0);
}

void Script::cut(const Words& words) {
  cut_off_.clear();
  for (std::size_t i = 1; i < words.size(); ++i) cut_off_[replica(words[i])] = true;
}

void Script::settle() {
  for (int i = 0; i < 10'000; ++i) {
    if (!cluster_->network().empty()) {
      deliver(0);
    } else if (!sync_everyone()) {
      return;
    }
  }
  FAIL() << "does not settle";
}

std::string run_script(const std::string& text, std::optional<std::string>& violation) {
  Script script;
  std::istringstream in(text);
  std::string result;
  std::vector<std::string> commands;
  for (std::string line; std::getline(in, line);) {
    result += line + "\n";
    if (line == "----") {
      result += script.run(commands) + "\n";
      commands.clear();
      // What was written there before, up to the empty line that ends it.
      while (std::getline(in, line) && !line.empty()) continue;
    } else if (!line.empty() && line[0] != '#') {
      commands.push_back(line);
    }
  }
  violation = script.violation();
  while (result.size() > 1 && result.substr(result.size() - 2) == "\n\n") result.pop_back();
  return result;
}

}  // namespace plumbline::raft::testing
