#include "checker/guarantees/long_fork.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "checker/guarantees/findings.h"
#include "checker/guarantees/numbering.h"
#include "checker/guarantees/objects.h"

namespace plumbline::checker {
namespace {

struct Step {
  std::uint32_t key = 0;
  bool seen = false;
};

struct Read {
  const Request* request = nullptr;
  std::vector<Step> steps;  // In the order of the keys, each once.
  std::size_t seen = 0;
};

struct KeyState {
  const Request* writer = nullptr;
  const Request* reader = nullptr;  // The first that saw it.
  const Value* value = nullptr;     // Written or seen.
};

bool is_read(const Operation& op) {
  return !op.arguments.empty() &&
         std::all_of(op.arguments.begin(), op.arguments.end(),
                     [](const Value& step) { return step.list()[0].text() == "r"; });
}

bool same_keys(const Read& a, const Read& b) {
  return std::equal(a.steps.begin(), a.steps.end(), b.steps.begin(), b.steps.end(),
                    [](const Step& x, const Step& y) { return x.key == y.key; });
}

// Groups of reads of the same keys, and in a group those that see less first.
bool comes_before(const Read& a, const Read& b) {
  for (std::size_t i = 0; i < a.steps.size() && i < b.steps.size(); ++i) {
    if (a.steps[i].key != b.steps[i].key) return a.steps[i].key < b.steps[i].key;
  }
  if (a.steps.size() != b.steps.size()) return a.steps.size() < b.steps.size();
  return a.seen < b.seen;
}

// A key that `a` sees and `b`, a read of the same keys, does not.
std::optional<std::uint32_t> only_in(const Read& a, const Read& b) {
  for (std::size_t i = 0; i < a.steps.size(); ++i) {
    if (a.steps[i].seen && !b.steps[i].seen) return a.steps[i].key;
  }
  return std::nullopt;
}

// The order that reads give to the writes of keys: a key before each read that sees it, a read
// before each key that it does not see. Nodes are reads first, then keys.
class Order {
 public:
  using Node = std::uint32_t;

  Order(const std::vector<Read>& reads, std::size_t keys) : reads_(reads), readers_(keys) {
    for (Node r = 0; r < reads.size(); ++r) {
      for (const Step& step : reads[r].steps) {
        if (step.seen) readers_[step.key].push_back(r);
      }
    }
    remove_what_comes_first();
  }

  // The reads of a shortest ring through some read, in its order; none if there is no ring.
  std::vector<Node> ring() const {
    const std::optional<Node> start = on_a_ring();
    if (!start) return {};
    std::vector<Node> from(nodes(), UINT32_MAX);
    std::vector<Node> queue = {*start};
    for (std::size_t i = 0; i < queue.size(); ++i) {
      for (const Node next : after(queue[i])) {
        if (next == *start) return path(from, *start, queue[i]);
        if (left_[next] == 0 || from[next] != UINT32_MAX) continue;
        from[next] = queue[i];
        queue.push_back(next);
      }
    }
    return {};
  }

 private:
  std::size_t nodes() const { return reads_.size() + readers_.size(); }

  std::vector<Node> after(Node node) const {
    if (node >= reads_.size()) return readers_[node - reads_.size()];
    std::vector<Node> keys;
    for (const Step& step : reads_[node].steps) {
      if (!step.seen) keys.push_back(static_cast<Node>(reads_.size()) + step.key);
    }
    return keys;
  }

  void remove_what_comes_first() {
    left_.assign(nodes(), 0);
    for (Node node = 0; node < nodes(); ++node) {
      for (const Node next : after(node)) ++left_[next];
    }
    std::vector<Node> free;
    for (Node node = 0; node < nodes(); ++node) {
      if (left_[node] == 0) free.push_back(node);
    }
    while (!free.empty()) {
      const Node node = free.back();
      free.pop_back();
      for (const Node next : after(node)) {
        if (--left_[next] == 0) free.push_back(next);
      }
    }
  }

  // What is left has something left before it, so going backwards ends in a ring.
  std::optional<Node> on_a_ring() const {
    std::vector<Node> before(nodes(), UINT32_MAX);
    std::optional<Node> node;
    for (Node n = 0; n < nodes(); ++n) {
      if (left_[n] == 0) continue;
      for (const Node next : after(n)) before[next] = n;
      node = n;
    }
    if (!node) return std::nullopt;
    std::vector<bool> visited(nodes(), false);
    while (!visited[*node]) {
      visited[*node] = true;
      node = before[*node];
    }
    return *node < reads_.size() ? *node : before[*node];
  }

  std::vector<Node> path(const std::vector<Node>& from, Node start, Node end) const {
    std::vector<Node> reads;
    for (Node node = end; node != start; node = from[node]) {
      if (node < reads_.size()) reads.push_back(node);
    }
    reads.push_back(start);
    std::reverse(reads.begin(), reads.end());
    return reads;
  }

  const std::vector<Read>& reads_;
  std::vector<std::vector<Node>> readers_;  // Of each key, the reads that see it.
  std::vector<std::uint32_t> left_;         // How many are before a node, after removal.
};

class Forks {
 public:
  Forks(std::string_view key, Findings& findings) : key_(key), findings_(findings) {}

  void check(std::span<const Request* const> requests) {
    for (const Request* request : requests) take(*request);
    if (illegal_) return;
    std::stable_sort(reads_.begin(), reads_.end(), comes_before);
    bool forked = false;
    for (std::size_t i = 1; i < reads_.size(); ++i) forked |= forks(i - 1, i);
    if (forked) return;
    const std::vector<Order::Node> ring = Order(reads_, keys_.size()).ring();
    if (!ring.empty()) report_ring(ring);
  }

 private:
  void take(const Request& request) {
    const Operation& op = *request.operation;
    if (op.function != Function::kTxn || request.outcome == Outcome::kFail) return;
    if (!is_read(op)) {
      for (const Value& step : op.arguments) write(request, step.list());
    } else if (request.outcome == Outcome::kOk) {
      read(request);
    }
  }

  KeyState& state(const Value& key) {
    const std::uint32_t number = keys_.add(key);
    if (number == states_.size()) states_.emplace_back();
    return states_[number];
  }

  void write(const Request& request, const Value::List& step) {
    if (step[0].text() == "r") return;
    KeyState& key = state(step[1]);
    if (key.writer != nullptr) {
      illegal(step[1], key.writer, &request, "both write it");
    } else if (key.value != nullptr && *key.value != step[2]) {
      illegal(step[1], key.reader, &request, "show and write different values of it");
    }
    key.writer = &request;
    key.value = &step[2];
  }

  void read(const Request& request) {
    Read read{&request, {}, 0};
    for (const Value& told : request.operation->results) {
      const Value::List& step = told.list();
      KeyState& key = state(step[1]);
      const bool seen = !step[2].is_nil();
      read.steps.push_back({keys_.find(step[1]), seen});
      if (!seen) continue;
      if (key.value != nullptr && *key.value != step[2]) {
        const Request* other = key.reader != nullptr ? key.reader : key.writer;
        illegal(step[1], other, &request, "have different values of it");
      }
      key.value = &step[2];
      if (key.reader == nullptr) key.reader = &request;
    }
    if (normalize(read)) reads_.push_back(std::move(read));
  }

  // Each key once, in order. A read that sees a key and does not is no snapshot, and left to
  // others.
  static bool normalize(Read& read) {
    std::vector<Step>& steps = read.steps;
    std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) {
      return a.key != b.key ? a.key < b.key : a.seen < b.seen;
    });
    const auto same = [](const Step& a, const Step& b) {
      return a.key == b.key && a.seen == b.seen;
    };
    steps.erase(std::unique(steps.begin(), steps.end(), same), steps.end());
    for (std::size_t i = 1; i < steps.size(); ++i) {
      if (steps[i - 1].key == steps[i].key) return false;
    }
    for (const Step& step : steps) read.seen += step.seen;
    return true;
  }

  void illegal(const Value& key, const Request* first, const Request* second, const char* what) {
    if (illegal_) return;
    illegal_ = true;
    findings_.unknown("illegal-history", second->invoked_at, [this, &key, first, second, what] {
      return Explained{std::string(key_),
                       "not judged because each key must be written once, and of key " +
                           to_text(key) + " " + called_text(*first, {second}) + " and " +
                           called_text(*second, {first}) + " " + what,
                       {first, second}};
    });
  }

  bool forks(std::size_t less, std::size_t more) {
    if (!same_keys(reads_[less], reads_[more])) return false;
    if (!only_in(reads_[less], reads_[more])) return false;
    const std::int64_t at =
        std::max(reads_[less].request->returned_at, reads_[more].request->returned_at);
    findings_.invalid("long-fork", at, [this, less, more] { return explain(less, more); });
    return true;
  }

  Explained explain(std::size_t less, std::size_t more) const {
    const bool swap = reads_[more].request->index < reads_[less].request->index;
    const Read& a = reads_[swap ? more : less];
    const Read& b = reads_[swap ? less : more];
    const std::string x = to_text(keys_[*only_in(a, b)]);
    const std::string y = to_text(keys_[*only_in(b, a)]);
    return {std::string(key_),
            "no order of the writes of keys " + x + " and " + y + " explains two reads because " +
                called_text(*a.request, {b.request}) + " saw " + x + " but not " + y + ", and " +
                called_text(*b.request, {a.request}) + " saw " + y + " but not " + x,
            {a.request, b.request, states_[*only_in(a, b)].writer, states_[*only_in(b, a)].writer}};
  }

  void report_ring(const std::vector<Order::Node>& ring) {
    std::int64_t at = 0;
    for (const auto read : ring) at = std::max(at, reads_[read].request->returned_at);
    findings_.invalid("long-fork", at, [this, ring] { return explain_ring(ring); });
  }

  // A key that `before` does not see and `after` does: it was written between them.
  const Value& between(const Read& before, const Read& after) const {
    for (const Step& step : before.steps) {
      const auto at =
          std::lower_bound(after.steps.begin(), after.steps.end(), step.key,
                           [](const Step& s, std::uint32_t key) { return s.key < key; });
      const bool both = at != after.steps.end() && at->key == step.key;
      if (both && !step.seen && at->seen) return keys_[step.key];
    }
    return keys_[before.steps[0].key];
  }

  Explained explain_ring(const std::vector<Order::Node>& ring) const {
    Explained out{std::string(key_), "no order of the writes explains the reads because ", {}};
    for (std::size_t i = 0; i < ring.size(); ++i) {
      const Read& read = reads_[ring[i]];
      const Read& next = reads_[ring[(i + 1) % ring.size()]];
      const std::string key = to_text(between(read, next));
      out.sentence += (i > 0 ? "; " : "") + called_text(*read.request) + " did not see " + key +
                      " and so comes before " + called_text(*next.request) + " which did";
      out.witness.push_back(read.request);
    }
    return out;
  }

  std::string_view key_;
  Findings& findings_;
  Numbering keys_;
  std::vector<KeyState> states_;
  std::vector<Read> reads_;
  bool illegal_ = false;
};

}  // namespace

std::vector<Report> check_long_fork(const History& history, const GuaranteeOptions& options) {
  const std::vector<Request> requests = requests_of(history);
  const Objects objects(requests, options.independent_keys);
  Findings findings("long-fork");
  const auto forks = judge_each(objects, findings, [&](std::size_t i) {
    auto judge = std::make_unique<Forks>(objects.key(i), findings);
    judge->check(objects.requests(i));
    return judge;
  });
  return findings.reports(requests.size());
}

}  // namespace plumbline::checker
