#include <deque>
#include <map>
#include <utility>

#include "checker/linear/models.h"
#include "checker/mvcc/model.h"

namespace plumbline::checker {
namespace {

using mvcc::KvRequest;
using mvcc::KvResponse;
using mvcc::MvccModel;

// A whole MVCC store as one object, for histories that do not tell the order of their changes and
// are small enough to be searched: a state is the store with all its past. Where answers carry
// revisions they are held to them too. Reads that asked for no more than one member knows, and
// refusals that are not told by keys and compactions alone, may be answered anything. Keys that a
// lease took with it have no operation, so requests about leases are not handled.
class Mvcc final : public Model {
 public:
  Mvcc() { number_of(MvccModel()); }

  Action compile(const Operation& op) override {
    Asked asked;
    asked.definite = op.outcome == Outcome::kOk;
    asked.revision = op.revision;
    asked.compaction = op.function == Function::kCompact;
    if (asked.compaction) {
      asked.compact_to = op.arguments[0].number();
      if (!op.results.empty()) return {.kind = kAnything, .pure = true};
    } else {
      asked.request = mvcc::parse_request(op.arguments[0]);
      if (asked.definite) asked.response = mvcc::parse_response(op.results[0]);
      if (is_serializable(asked.request) || told_elsewhere(asked.response)) {
        return {.kind = kAnything, .pure = true};
      }
    }
    const bool pure = !asked.compaction && !may_write(asked.request);
    asked_.push_back(std::move(asked));
    return {.kind = kAsked, .pure = pure, .to = static_cast<State>(asked_.size() - 1)};
  }

  void prepare(std::vector<Entry>& entries) override {
    for (Entry& entry : entries) {
      if (!entry.definite && entry.action.pure) entry.dropped = true;
    }
  }

  State initial() const override { return 0; }

  std::optional<State> step(State state, const Action& action) override {
    if (action.kind == kAnything) return state;
    const Asked& asked = asked_[static_cast<std::size_t>(action.to)];
    MvccModel next = states_[static_cast<std::size_t>(state)];
    const std::int64_t before = next.revision();
    if (asked.compaction) {
      next.compact(asked.compact_to);
    } else {
      const KvResponse response = next.apply(asked.request);
      if (asked.definite && response != asked.response) return std::nullopt;
      // One that changes nothing need not have happened.
      if (!asked.definite && next.revision() == before) return std::nullopt;
    }
    if (asked.revision && *asked.revision != next.revision()) return std::nullopt;
    if (next.revision() == before && next.compacted() == compacted(state)) return state;
    return number_of(std::move(next));
  }

  bool hopeless(State, std::uint32_t, const Entry&, State) const override { return false; }

  std::string text(State state) const override {
    constexpr std::size_t kKeysTold = 3;
    const MvccModel& store = states_[static_cast<std::size_t>(state)];
    if (state == initial()) return "nil";
    std::string out = "revision " + std::to_string(store.revision());
    const auto kvs = store.state_at(kAll, store.revision());
    for (std::size_t i = 0; i < kvs.size() && i < kKeysTold; ++i) {
      out += (i == 0 ? " with " : ", ") + text_of(kvs[i]);
    }
    return kvs.size() > kKeysTold ? out + " and more" : out;
  }

 private:
  enum Kind : std::uint8_t { kAsked, kAnything };

  struct Asked {
    bool definite = false;
    bool compaction = false;
    std::int64_t compact_to = 0;
    OptionalInt revision;
    KvRequest request;
    KvResponse response;
  };

  static constexpr std::string_view kZero{"\0", 1};
  static constexpr mvcc::Interval kAll{kZero, kZero};

  static bool told_elsewhere(const KvResponse& response) {
    return !response.error.empty() && response.error != mvcc::kCompacted &&
           response.error != mvcc::kFutureRevision && response.error != mvcc::kDuplicateKey;
  }

  std::int64_t compacted(State state) const {
    return states_[static_cast<std::size_t>(state)].compacted();
  }

  // All that can ever be read of it.
  static Value past_of(const MvccModel& store) {
    Value::List past = {Value(store.revision()), Value(store.compacted())};
    for (const mvcc::Event& event : store.events(kAll, 0, store.revision())) {
      past.push_back(to_value(event.kv));
    }
    return Value(std::move(past));
  }

  State number_of(MvccModel store) {
    const auto [at, fresh] =
        numbers_.try_emplace(past_of(store), static_cast<State>(states_.size()));
    if (fresh) states_.push_back(std::move(store));
    return at->second;
  }

  std::deque<Asked> asked_;
  std::deque<MvccModel> states_;  // A state never moves: what it says has views of its own keys.
  std::map<Value, State> numbers_;
};

}  // namespace

std::unique_ptr<Model> make_mvcc(const ModelOptions&) { return std::make_unique<Mvcc>(); }

}  // namespace plumbline::checker
