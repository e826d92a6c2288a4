#include "checker/mvcc/journal.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace plumbline::checker::mvcc {
namespace {

constexpr std::array<std::string_view, 5> kAnswers = {"created", "events", "progress", "compacted",
                                                      "canceled"};

bool is_refusal(const Operation& op) {
  return !op.results.empty() && op.results[0].is_list() && !op.results[0].list().empty() &&
         op.results[0].list()[0] == Value("error");
}

bool is_content(const Value& tree) {
  return tree.is_list() && std::all_of(tree.list().begin(), tree.list().end(), [](const Value& kv) {
           return kv.is_list() && kv.list().size() == 6 && kv.list()[0].is_string() &&
                  std::all_of(kv.list().begin() + 2, kv.list().end(),
                              [](const Value& number) { return number.is_int(); });
         });
}

Event parse_event(const Value& tree) {
  const Value::List& list = tree.list();
  Event event;
  if (list[0].text() == "put") {
    event.kv = parse_key_value(list[1]);
  } else {
    event.kv.key = list[1].list()[0].text();
    event.kv.mod_revision = list[1].list()[1].number();
  }
  if (!list[2].is_nil()) event.previous = parse_key_value(list[2]);
  return event;
}

WatchResponse parse_watch_response(const Value& tree) {
  const Value::List& list = tree.list();
  WatchResponse response;
  const auto kind = std::find(kAnswers.begin(), kAnswers.end(), list[0].text());
  response.kind = static_cast<WatchResponse::Kind>(kind - kAnswers.begin());
  response.at = list[1].number();
  response.revision = list[2].number();
  if (response.kind != WatchResponse::Kind::kEvents) return response;
  for (const Value& event : list[3].list()) response.events.push_back(parse_event(event));
  response.fragment = list.size() == 5 && list[4].truth();
  return response;
}

}  // namespace

std::vector<KeyValue> content_of(const FinalState& state) {
  std::vector<KeyValue> kvs;
  for (const Value& kv : state.content->list()) kvs.push_back(parse_key_value(kv));
  std::sort(kvs.begin(), kvs.end(),
            [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
  return kvs;
}

Journal::Journal(const History& history) : history_(history) {
  for (std::uint32_t i = 0; i < history.operations.size(); ++i) {
    const Operation& op = history.operations[i];
    if (op.outcome == Outcome::kFail) continue;
    switch (op.function) {
      case Function::kKv: take_kv(i, op); break;
      case Function::kCompact: take_compaction(i, op); break;
      case Function::kLeaseGrant:
      case Function::kLeaseKeepAlive:
      case Function::kLeaseRevoke: take_lease(i, op); break;
      case Function::kWatch: take_watch(i, op); break;
      case Function::kState: take_state(i, op); break;
      default: break;
    }
  }
  sort();
  note_unknown();
}

void Journal::answered(std::uint32_t index, Answer::Kind kind) {
  const Operation& op = operation(index);
  if (!op.revision) return;
  answers_.push_back({*op.revision, index, kind});
  known_.push_back({*op.revision, op.returned_at, index});
}

void Journal::take_kv(std::uint32_t index, const Operation& op) {
  if (op.outcome == Outcome::kUnknown) {
    KvRequest request = parse_request(op.arguments[0]);
    if (may_write(request)) unknown_.push_back({index, 0, std::move(request)});
    return;
  }
  if (is_refusal(op)) {
    refused_.push_back(index);
    return;
  }
  const bool changed = wrote(parse_response(op.results[0]));
  if (changed && !op.revision) silent_.push_back(index);
  if (changed) return answered(index, Answer::Kind::kChange);
  const bool loose = is_serializable(parse_request(op.arguments[0]));
  answered(index, loose ? Answer::Kind::kLoose : Answer::Kind::kSight);
}

void Journal::take_compaction(std::uint32_t index, const Operation& op) {
  const bool ok = op.outcome == Outcome::kOk;
  if (ok && is_refusal(op)) return refused_.push_back(index);
  compactions_.push_back({index, op.arguments[0].number(), ok});
  if (ok) answered(index, Answer::Kind::kSight);
}

void Journal::take_lease(std::uint32_t index, const Operation& op) {
  const bool ok = op.outcome == Outcome::kOk;
  if (ok && is_refusal(op)) return refused_.push_back(index);
  const std::int64_t asked = op.arguments[0].number();
  if (op.function == Function::kLeaseRevoke) {
    revocations_.push_back({index, asked, ok});
    if (ok && op.revision) return answered(index, Answer::Kind::kRevoke);
    unknown_.push_back({index, 0, std::nullopt, asked});
    return;
  }
  const bool grant = op.function == Function::kLeaseGrant;
  if (ok) answered(index, grant ? Answer::Kind::kSight : Answer::Kind::kLoose);
  if (!ok) return renewals_.push_back({index, asked, 0, false, grant});
  const std::int64_t lease = grant ? op.results[0].number() : asked;
  const std::int64_t ttl = (grant ? op.results[1] : op.results[0]).number();
  renewals_.push_back({index, lease, ttl * kSecond, true, grant});
}

void Journal::take_watch(std::uint32_t index, const Operation& op) {
  const Value::List& list = op.arguments[0].list();
  Watch watch;
  watch.index = index;
  watch.keys = {list[1].text(), list[2].is_nil() ? "" : list[2].text()};
  for (std::size_t i = 3; i < list.size(); ++i) {
    const std::string_view name = list[i].list()[0].text();
    const Value& value = list[i].list()[1];
    if (name == "start") watch.start = value.number();
    if (name == "prev_kv") watch.prev_kv = value.truth();
    if (name == "fragment") watch.fragment = value.truth();
    if (name == "filter") (value.text() == "put" ? watch.no_puts : watch.no_deletes) = true;
  }
  watch.first = watch.start;
  for (const Value& response : op.results) {
    watch.responses.push_back(parse_watch_response(response));
    const WatchResponse& last = watch.responses.back();
    using Kind = WatchResponse::Kind;
    if (last.kind == Kind::kCreated && last.revision > 0 && watch.first == 0) {
      watch.first = last.revision + 1;
    }
    const bool tells = last.kind == Kind::kEvents || last.kind == Kind::kProgress;
    std::int64_t newest = tells ? last.revision : 0;
    for (const Event& event : last.events) newest = std::max(newest, event.revision());
    if (newest > 0) known_.push_back({newest, last.at, index});
  }
  watches_.push_back(std::move(watch));
}

void Journal::take_state(std::uint32_t index, const Operation& op) {
  if (op.outcome != Outcome::kOk || !op.results[0].is_list()) return;
  const Value::List& list = op.results[0].list();
  const bool shape = list.size() == 3 && list[1].is_int() &&
                     (list[0] == Value("state") || list[0] == Value("hash"));
  if (!shape) return;
  const bool hashed = list[0] == Value("hash");
  if (!hashed && !is_content(list[2])) return;
  states_.push_back({index, list[1].number(), &list[2], hashed});
  known_.push_back({list[1].number(), op.returned_at, index});
}

void Journal::sort() {
  std::sort(answers_.begin(), answers_.end(), [](const Answer& a, const Answer& b) {
    return std::tie(a.revision, a.kind, a.index) < std::tie(b.revision, b.kind, b.index);
  });
  std::stable_sort(states_.begin(), states_.end(), [](const FinalState& a, const FinalState& b) {
    return a.revision < b.revision;
  });
  std::sort(known_.begin(), known_.end(), [](const Known& a, const Known& b) {
    return std::tie(a.revision, a.at, a.index) < std::tie(b.revision, b.at, b.index);
  });
  first_known_.resize(known_.size());
  for (std::uint32_t i = static_cast<std::uint32_t>(known_.size()); i-- > 0;) {
    first_known_[i] = i;
    if (i + 1 < known_.size() && known_[first_known_[i + 1]].at < known_[i].at) {
      first_known_[i] = first_known_[i + 1];
    }
  }
}

// The calls of unknown changes are in order of time, and so is what was known at them.
void Journal::note_unknown() {
  std::size_t left = unknown_.size();
  for (std::size_t i = known_.size(); i-- > 0 && left > 0;) {
    const std::int64_t first = known_[first_known_[i]].at;
    for (; left > 0 && first < operation(unknown_[left - 1].index).invoked_at; --left) {
      unknown_[left - 1].noted = known_[i].revision;
    }
  }
}

std::int64_t Journal::known_by(std::int64_t revision) const {
  const auto at =
      std::lower_bound(known_.begin(), known_.end(), revision,
                       [](const Known& known, std::int64_t r) { return known.revision < r; });
  if (at == known_.end()) return kNever;
  return known_[first_known_[static_cast<std::size_t>(at - known_.begin())]].at;
}

std::uint32_t Journal::first_to_know(std::int64_t revision) const {
  const auto at =
      std::lower_bound(known_.begin(), known_.end(), revision,
                       [](const Known& known, std::int64_t r) { return known.revision < r; });
  return known_[first_known_[static_cast<std::size_t>(at - known_.begin())]].index;
}

}  // namespace plumbline::checker::mvcc
