// Requests and leases of a store of revisions.

#include <algorithm>
#include <utility>

#include "tests/checker/mutations/mutation.h"
#include "tests/checker/support/mvcc_history.h"

namespace plumbline::checker {
namespace {

mvcc::MvccShape shape() {
  mvcc::MvccShape shape;
  shape.operations = 60;
  shape.leases = 0;
  shape.unknown_percent = 5;
  shape.named_percent = 0;
  shape.serializable_percent = 0;
  return shape;
}

History plain(Dice& dice) { return mvcc::mvcc_history(shape(), dice); }

History without_unknown(Dice& dice) {
  mvcc::MvccShape known = shape();
  known.unknown_percent = 0;
  return mvcc::mvcc_history(known, dice);
}

History of_transactions(Dice& dice) {
  mvcc::MvccShape txns = shape();
  txns.keys = 2;
  txns.txn_percent = 60;
  txns.read_percent = 50;
  return mvcc::mvcc_history(txns, dice);
}

History of_leases(Dice& dice) {
  mvcc::MvccShape leases = shape();
  leases.leases = 3;
  leases.unknown_percent = 0;
  leases.fail_percent = 0;
  return mvcc::mvcc_history(leases, dice);
}

bool asks(const Operation& op, std::string_view what) {
  return answered(op, Function::kKv) && op.revision && op.arguments[0].list()[0] == Value(what);
}

std::optional<Pair> puts_in_order(const History& history, Dice& dice) {
  return some_pair(history, dice, [](const Operation& a, const Operation& b) {
    return asks(a, "put") && asks(b, "put") && precedes(a, b);
  });
}

std::optional<Blame> reuse_revision(History& history, Dice& dice) {
  const auto pair = puts_in_order(history, dice);
  if (!pair) return std::nullopt;
  history.operations[pair->second].revision = history.operations[pair->first].revision;
  return Blame{{}, {pair->first, pair->second}};
}

std::optional<Blame> revision_back(History& history, Dice& dice) {
  const auto pair = puts_in_order(history, dice);
  if (!pair) return std::nullopt;
  std::swap(history.operations[pair->first].revision, history.operations[pair->second].revision);
  return Blame{{}, {pair->first, pair->second}};
}

// A reader asks what an earlier one asked, and is answered as that one was, although a change was
// acknowledged in between.
std::optional<Blame> delay(History& history, Dice& dice) {
  const auto later = some_pair(history, dice, [](const Operation& read, const Operation& put) {
    return asks(read, "range") && asks(put, "put") && precedes(put, read);
  });
  if (!later) return std::nullopt;
  const auto before = some_index(history, dice, [&](const Operation& op) {
    return asks(op, "range") && precedes(op, history.operations[later->second]);
  });
  if (!before) return std::nullopt;
  Operation& read = history.operations[later->first];
  const Operation& old = history.operations[*before];
  read.arguments = old.arguments;
  read.results = old.results;
  read.revision = old.revision;
  return Blame{{later->first}, {}};
}

const Value::List& kvs_of(const Operation& range) { return range.results[0].list()[1].list(); }

// A read that found nothing finds what an earlier one found.
std::optional<Blame> resurrect(History& history, Dice& dice) {
  const auto pair = some_pair(history, dice, [](const Operation& read, const Operation& old) {
    return asks(read, "range") && asks(old, "range") && read.arguments == old.arguments &&
           precedes(old, read) && kvs_of(read).empty() && !kvs_of(old).empty();
  });
  if (!pair) return std::nullopt;
  history.operations[pair->first].results = history.operations[pair->second].results;
  return Blame{{pair->first}, {}};
}

std::int64_t created(const Value& kv) { return kv.list()[2].number(); }
std::int64_t modified(const Value& kv) { return kv.list()[3].number(); }

// Of two keys that a transaction made, a reader sees one.
std::optional<Blame> torn(History& history, Dice& dice) {
  const auto pair = some_pair(history, dice, [](const Operation& read, const Operation& writer) {
    if (!asks(read, "range") || !asks(writer, "txn") || kvs_of(read).size() != 2) return false;
    if (read.arguments[0].list().size() != 3) return false;
    const Value& first = kvs_of(read)[0];
    const Value& second = kvs_of(read)[1];
    return modified(first) == *writer.revision && modified(second) == *writer.revision &&
           created(second) == modified(second);
  });
  if (!pair) return std::nullopt;
  Operation& read = history.operations[pair->first];
  Value response = with_item(read.results[0], 1, Value(Value::List{kvs_of(read)[0]}));
  read.results = {with_item(response, 2, Value(1))};
  return Blame{{pair->first}, {}};
}

bool lease_op_after_grant(const Operation& op, std::int64_t lease) {
  const bool of_lease =
      op.function == Function::kLeaseRevoke || op.function == Function::kLeaseKeepAlive;
  return of_lease && op.arguments[0] == Value(lease);
}

// Whether the watch was told of the end of a key of the lease that no client asked for.
bool told_of_expiry(const History& history, const Value& response, std::int64_t lease) {
  if (response.list()[0] != Value("events")) return false;
  const std::int64_t revision = response.list()[2].number();
  for (const Operation& op : history.operations) {
    if (op.revision == revision && !asks(op, "range") && op.function != Function::kWatch &&
        op.function != Function::kLeaseGrant && op.function != Function::kLeaseKeepAlive) {
      return false;
    }
  }
  return std::any_of(response.list()[3].list().begin(), response.list()[3].list().end(),
                     [&](const Value& event) {
                       const Value& previous = event.list()[2];
                       return event.list()[0] == Value("delete") && previous.is_list() &&
                              previous.list()[5] == Value(lease);
                     });
}

// A lease that ended in its time, without any renewal or revocation, was granted for much longer.
std::optional<Blame> early_lease_end(History& history, Dice& dice) {
  const auto watch =
      some_index(history, dice, [](const Operation& op) { return answered(op, Function::kWatch); });
  if (!watch) return std::nullopt;
  const Values& told = history.operations[*watch].results;
  const auto grant = some_index(history, dice, [&](const Operation& op) {
    if (!answered(op, Function::kLeaseGrant) || op.results.size() != 2) return false;
    const std::int64_t lease = op.results[0].number();
    return std::none_of(history.operations.begin(), history.operations.end(),
                        [&](const Operation& o) { return lease_op_after_grant(o, lease); }) &&
           std::any_of(told.begin(), told.end(), [&](const Value& response) {
             return told_of_expiry(history, response, lease);
           });
  });
  if (!grant) return std::nullopt;
  Operation& op = history.operations[*grant];
  op.arguments[1] = Value(1000);
  op.results[1] = Value(1000);
  return Blame{{*grant}, {}};
}

}  // namespace

std::vector<Mutation> store_mutations() {
  const CheckOptions store{.model = "mvcc"};
  return {
      {"store: reuse a revision", store, 3, {"revision-claimed-twice"}, plain, reuse_revision},
      {"store: revision goes back", store, 3, {"stale-revision"}, plain, revision_back},
      {"store: delay", store, 3, {"stale-revision"}, plain, delay},
      {"store: resurrect a deleted key",
       store,
       4,
       {"wrong-answer", "never-written"},
       without_unknown,
       resurrect},
      {"store: torn transaction", store, 4, {"wrong-answer"}, of_transactions, torn},
      {"early lease end",
       store,
       3,
       {"early-lease-end", "lease-ended-early"},
       of_leases,
       early_lease_end},
  };
}

}  // namespace plumbline::checker
