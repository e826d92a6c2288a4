#include "checker/linear/written_once.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace plumbline::checker {
namespace {

using Finding = WrittenOnce::Finding;

constexpr std::size_t kPlacesMin = 16;

bool reads(const Operation& op) {
  return op.function == Function::kRead || op.function == Function::kGet;
}

bool writes(const Operation& op) {
  return op.function == Function::kWrite || op.function == Function::kPut;
}

// A swap of a value for itself only looks at it.
bool swaps(const Operation& op) {
  return op.function == Function::kCas && op.arguments[0] != op.arguments[1];
}

bool may_have_changed(const Request& request) {
  if (request.outcome == Outcome::kFail) return false;
  const Operation& op = *request.operation;
  if (writes(op)) return true;
  return swaps(op) && (request.outcome == Outcome::kUnknown || op.results[0].truth());
}

}  // namespace

WrittenOnce::WrittenOnce(std::span<const Request> requests, std::span<const std::uint32_t> of_key,
                         const Value& initial)
    : requests_(requests), of_key_(of_key), initial_(initial) {}

Finding WrittenOnce::gather() {
  if (!gather_writers()) return Finding::kNotWrittenOnce;
  const Finding finding = gather_readers();
  return finding == Finding::kFine ? settle_unknown_swaps() : finding;
}

const Value& WrittenOnce::value_of(ClusterId id) const {
  return id == kInitial ? initial_ : *written_value(operation(clusters_[id].writer));
}

std::size_t WrittenOnce::place_of(const Value& value, std::size_t hash) const {
  const std::size_t mask = table_.size() - 1;
  std::size_t place = hash & mask;
  for (; table_[place].cluster != kNoCluster; place = (place + 1) & mask) {
    const bool alike = table_[place].hash == static_cast<std::uint32_t>(hash >> 32);
    if (alike && value_of(table_[place].cluster) == value) break;
  }
  return place;
}

// A second writer of a value leaves the place to the first, and makes it ambiguous.
void WrittenOnce::put(const Value& value, ClusterId cluster) {
  const std::size_t hash = value.hash();
  Place& place = table_[place_of(value, hash)];
  if (place.cluster == kNoCluster) {
    place = {cluster, static_cast<std::uint32_t>(hash >> 32)};
  } else {
    clusters_[place.cluster].ambiguous = true;
  }
}

ClusterId WrittenOnce::cluster_of(const Value& value) const {
  return table_[place_of(value, value.hash())].cluster;
}

void WrittenOnce::make_table(std::size_t values) {
  table_.assign(std::max(kPlacesMin, std::bit_ceil(values + values / 2)), {});
  clusters_.reserve(values);
  clusters_.emplace_back();
  put(initial_, kInitial);
}

bool WrittenOnce::gather_writers() {
  std::size_t values = 1;
  for (const OperationId id : of_key_) {
    const Operation& op = operation(id);
    if (!reads(op) && !writes(op) && op.function != Function::kCas) return false;
    if (may_have_changed(requests_[id])) ++values;
  }
  make_table(values);
  for (const OperationId id : of_key_) {
    ++steps_;
    if (may_have_changed(requests_[id])) add_writer(id);
  }
  return true;
}

void WrittenOnce::add_writer(OperationId id) {
  const auto cluster = static_cast<ClusterId>(clusters_.size());
  clusters_.push_back({.writer = id});
  put(*written_value(operation(id)), cluster);
}

// Clusters are in the order of the calls of their writers, and so of their numbers.
ClusterId WrittenOnce::written_by(OperationId id) const {
  const auto at = std::lower_bound(
      clusters_.begin() + 1, clusters_.end(), id,
      [](const Cluster& cluster, OperationId writer) { return cluster.writer < writer; });
  return static_cast<ClusterId>(at - clusters_.begin());
}

Finding WrittenOnce::gather_readers() {
  for (const OperationId id : of_key_) {
    ++steps_;
    if (requests_[id].outcome != Outcome::kOk) continue;
    const Finding finding = see(id);
    if (finding != Finding::kFine) return finding;
  }
  return Finding::kFine;
}

Finding WrittenOnce::see(OperationId id) {
  const Operation& op = operation(id);
  if (writes(op)) return Finding::kFine;
  if (is_answered_swap(op) && swaps(op)) return add_swap(id);
  const Value* shown = shown_value(op);
  if (shown == nullptr) {
    silent_.push_back(id);
    return Finding::kFine;
  }
  const bool denies = op.function == Function::kCas && !op.results[0].truth();
  if (denies && *shown == op.arguments[0]) return contradiction({id});
  return add_reader(id, *shown);
}

Finding WrittenOnce::add_reader(OperationId id, const Value& value) {
  const ClusterId number = cluster_of(value);
  if (number == kNoCluster) return contradiction({id});
  Cluster& cluster = clusters_[number];
  if (cluster.ambiguous) return Finding::kNotWrittenOnce;
  if (!cluster.seen) unsettled_.push_back(number);
  cluster.seen = true;
  const auto returned = [&](OperationId other) { return requests_[other].returned_at; };
  const auto called = [&](OperationId other) { return requests_[other].invoked_at; };
  if (cluster.first_returned == kNoOperation || returned(id) < returned(cluster.first_returned)) {
    cluster.first_returned = id;
  }
  if (cluster.last_called == kNoOperation || called(id) > called(cluster.last_called)) {
    cluster.last_called = id;
  }
  return Finding::kFine;
}

// The cluster of the new value follows that of the expected one at once.
Finding WrittenOnce::add_swap(OperationId id) {
  const ClusterId after = written_by(id);
  const ClusterId before = cluster_of(operation(id).arguments[0]);
  const OperationId witness = requests_[id].outcome == Outcome::kOk ? id : seen_by(id);
  if (before == kNoCluster) return contradiction({id, witness});
  if (clusters_[before].ambiguous) return Finding::kNotWrittenOnce;
  if (clusters_[before].after != kNoCluster) {
    const OperationId other = clusters_[clusters_[before].after].writer;
    const bool known = requests_[other].outcome == Outcome::kOk;
    return contradiction({id, witness, other, known ? other : seen_by(other)});
  }
  if (!clusters_[before].seen) unsettled_.push_back(before);
  clusters_[before].seen = true;
  clusters_[before].after = after;
  clusters_[after].before = before;
  return Finding::kFine;
}

// A swap whose outcome is unknown took effect if what it wrote was seen; then what it expected was
// there, which may have been written by another such swap.
Finding WrittenOnce::settle_unknown_swaps() {
  while (!unsettled_.empty()) {
    const ClusterId number = unsettled_.back();
    unsettled_.pop_back();
    const OperationId writer = clusters_[number].writer;
    if (writer == kNoOperation || requests_[writer].outcome == Outcome::kOk) continue;
    if (operation(writer).function != Function::kCas) continue;
    ++steps_;
    const Finding finding = add_swap(writer);
    if (finding != Finding::kFine) return finding;
  }
  return Finding::kFine;
}

bool WrittenOnce::happened(ClusterId id) const {
  const Cluster& cluster = clusters_[id];
  return id == kInitial || cluster.seen || requests_[cluster.writer].outcome == Outcome::kOk;
}

OperationId WrittenOnce::seen_by(OperationId change) const {
  if (!may_have_changed(requests_[change])) return kNoOperation;
  for (ClusterId id = written_by(change); id != kNoCluster; id = clusters_[id].after) {
    if (clusters_[id].first_returned != kNoOperation) return clusters_[id].first_returned;
    const ClusterId after = clusters_[id].after;
    if (after == kNoCluster) return kNoOperation;
    const OperationId swap = clusters_[after].writer;
    if (requests_[swap].outcome == Outcome::kOk) return swap;
  }
  return kNoOperation;
}

Finding WrittenOnce::contradiction(std::vector<OperationId> core) {
  std::erase(core, kNoOperation);
  core_ = std::move(core);
  return Finding::kContradiction;
}

}  // namespace plumbline::checker
