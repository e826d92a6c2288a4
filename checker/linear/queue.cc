#include <algorithm>
#include <optional>

#include "checker/linear/contents.h"
#include "checker/linear/models.h"
#include "checker/linear/queues.h"

namespace plumbline::checker {
namespace {

// First in, first out. An element that cannot be taken before a certain time (see
// ElementFacts::taken_from) may not stand before one that must have been taken by then. Where
// values are enqueued once, this decides the order of concurrent enqueues on the spot.
class Queue final : public Queues {
 public:
  using Queues::Queues;

  State initial() const override { return initial_; }

  std::optional<State> step(State state, const Action& action) override {
    switch (static_cast<Kind>(action.kind)) {
      case kEnqueue: return contents_->with_last(state, static_cast<Element>(action.to));
      case kTook:
        if (state == kEmpty || contents_->first(state) != static_cast<Element>(action.to)) {
          return std::nullopt;
        }
        return contents_->without_first(state);
      case kFoundNone:
        if (state != kEmpty) return std::nullopt;
        return state;
      case kDrained:
        if (contents_->size(state) != drained(action).size()) return std::nullopt;
        if (contents_->list(state) != drained(action)) return std::nullopt;
        return kEmpty;
      case kTakeAny: return state == kEmpty ? kEmpty : contents_->without_first(state);
      case kDrainAny: return kEmpty;
      case kImpossible: return std::nullopt;
    }
    return std::nullopt;
  }

  bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const override {
    (void)seen;
    (void)to;
    if (impossible_) return true;
    switch (static_cast<Kind>(entry.action.kind)) {
      case kEnqueue:
        return misses_its_place(from, static_cast<Element>(entry.action.to)) ||
               contents_->any_ranked_above(from, facts(entry.action.to).taken_by);
      case kTakeAny:
      case kDrainAny: return from != kEmpty && facts(contents_->first(from)).spoken_for;
      default: return false;
    }
  }

  std::string text(State state) const override {
    Value::List list;
    for (const Element element : contents_->list(state)) list.push_back(value(element));
    return to_text(Value(std::move(list)));
  }

 private:
  void start(std::vector<Entry>& entries) override {
    narrow(entries);
    find_places(entries);
    std::vector<std::int64_t> ranks;
    for (Element element = 0; element < elements(); ++element) {
      ranks.push_back(facts(element).taken_from);
    }
    contents_.emplace(std::move(ranks));
    initial_ = kEmpty;
    for (const Element element : first()) initial_ = contents_->with_last(initial_, element);
  }

  // What came out of a drain came in in that order, one right behind the other.
  void find_places(const std::vector<Entry>& entries) {
    behind_.assign(elements(), kNobody);
    for (const Entry& entry : entries) {
      if (!entry.definite || entry.dropped || entry.action.kind != kDrained) continue;
      const std::vector<Element>& took = drained(entry.action);
      for (std::size_t i = 1; i < took.size(); ++i) {
        if (only_one(took[i - 1]) && only_one(took[i])) behind_[took[i]] = took[i - 1];
      }
    }
  }
  bool only_one(Element element) const {
    return facts(element).enqueued == 1 && facts(element).taken == 1;
  }
  bool misses_its_place(State from, Element element) const {
    const Element before = behind_[element];
    return before != kNobody && (from == kEmpty || contents_->last(from) != before);
  }

  // An entry that must precede every enqueue of what cannot be taken before `by`: the enqueue of an
  // element that must have been taken then, or a look at the whole queue that returned then.
  struct Earlier {
    std::int64_t by = 0;
    std::uint32_t entry = 0;
  };
  // The enqueue of an element that cannot be taken before `from`.
  struct Later {
    std::int64_t from = 0;
    std::uint32_t entry = 0;
  };

  // Those that must precede others take effect before those return, which take effect after those
  // were called: what is certain of the order shortens the times in which things can have happened.
  void narrow(std::vector<Entry>& entries) {
    std::vector<Earlier> earlier;
    std::vector<Later> later;
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      const Entry& entry = entries[i];
      if (!entry.definite || entry.dropped) continue;
      const std::uint8_t kind = entry.action.kind;
      if (kind == kFoundNone || kind == kDrained) earlier.push_back({entry.returned_at, i});
      if (kind != kEnqueue) continue;
      earlier.push_back({facts(entry.action.to).taken_by, i});
      later.push_back({facts(entry.action.to).taken_from, i});
    }
    std::sort(earlier.begin(), earlier.end(),
              [](const Earlier& a, const Earlier& b) { return a.by < b.by; });
    std::sort(later.begin(), later.end(),
              [](const Later& a, const Later& b) { return a.from < b.from; });
    std::vector<Entry> narrowed = entries;
    return_early(earlier, later, entries, narrowed);
    call_late(earlier, later, entries, narrowed);
    impossible_ = std::any_of(narrowed.begin(), narrowed.end(), [](const Entry& entry) {
      return entry.invoked_at > entry.returned_at;
    });
    if (!impossible_) entries = std::move(narrowed);
  }

  static void return_early(const std::vector<Earlier>& earlier, const std::vector<Later>& later,
                           const std::vector<Entry>& told, std::vector<Entry>& narrowed) {
    std::int64_t least = kNever;
    auto next = later.rbegin();
    for (auto before = earlier.rbegin(); before != earlier.rend(); ++before) {
      for (; next != later.rend() && next->from > before->by; ++next) {
        least = std::min(least, told[next->entry].returned_at);
      }
      std::int64_t& own = narrowed[before->entry].returned_at;
      own = std::min(own, least);
    }
  }

  static void call_late(const std::vector<Earlier>& earlier, const std::vector<Later>& later,
                        const std::vector<Entry>& told, std::vector<Entry>& narrowed) {
    std::int64_t greatest = 0;
    auto next = earlier.begin();
    for (const Later& after : later) {
      for (; next != earlier.end() && next->by < after.from; ++next) {
        greatest = std::max(greatest, told[next->entry].invoked_at);
      }
      std::int64_t& own = narrowed[after.entry].invoked_at;
      own = std::max(own, greatest);
    }
  }

  static constexpr Element kNobody = UINT32_MAX;

  std::vector<Element> behind_;  // Whom an element must stand behind, if that is known.
  std::optional<Contents> contents_;
  bool impossible_ = false;  // What must precede what is a contradiction.
  State initial_ = kEmpty;
};

}  // namespace

std::unique_ptr<Model> make_queue(const ModelOptions& options) {
  return std::make_unique<Queue>(options);
}

}  // namespace plumbline::checker
