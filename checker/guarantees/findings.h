#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/history/requests.h"
#include "checker/verdict/verdict.h"

namespace plumbline::checker {

// One finding in words.
struct Explained {
  std::string key;
  std::string sentence;
  std::vector<const Request*> witness;  // In any order; nullptr and repetitions are left out.
  std::vector<std::string> argument = {};
};

// Gathers what one guarantee found out about one history. A broken store breaks a guarantee a
// hundred thousand times, so only the findings that a report shows are put into words: the
// earliest few. The others are counted.
class Findings {
 public:
  static constexpr std::size_t kExplainedMax = 8;
  using Explain = std::function<Explained()>;

  explicit Findings(std::string_view property) : property_(property) {}

  // A violation that was complete at time `at`. `explain` is called by reports(), if at all; what
  // it refers to must live until then.
  template <typename F>
  void invalid(std::string_view topic, std::int64_t at, F explain) {
    count(violations_, topic);
    add(violations_, topic, at, std::move(explain));
  }
  // Something that could not be judged.
  template <typename F>
  void unknown(std::string_view topic, std::int64_t at, F explain) {
    count(doubts_, topic);
    add(doubts_, topic, at, std::move(explain));
  }
  // A line with numbers for the reader, whatever the verdict.
  void fact(std::string line) { facts_.push_back(std::move(line)); }

  // How many findings there are, of both kinds.
  std::uint64_t count() const { return violations_.all + doubts_.all; }

  // At least one report. Violations come first, then doubts, each in order of time; if there are
  // more than kExplainedMax of a kind, one report counts the rest. Facts are in the argument of
  // the first report.
  std::vector<Report> reports(std::uint64_t steps) const;

 private:
  struct Kept {
    std::int64_t at;
    std::string topic;
    Explain explain;
  };
  struct Kind {
    Verdict verdict;
    std::vector<Kept> kept;  // The earliest, in order of time.
    std::vector<std::pair<std::string, std::uint64_t>> counts;
    std::uint64_t all = 0;
  };

  static void count(Kind& kind, std::string_view topic);
  template <typename F>
  static void add(Kind& kind, std::string_view topic, std::int64_t at, F explain) {
    if (kind.kept.size() == kExplainedMax && kind.kept.back().at <= at) return;
    keep(kind, {at, std::string(topic), std::move(explain)});
  }
  static void keep(Kind& kind, Kept kept);
  void report(const Kind& kind, std::vector<Report>& reports) const;

  std::string property_;
  Kind violations_{Verdict::kInvalid, {}, {}, 0};
  Kind doubts_{Verdict::kUnknown, {}, {}, 0};
  std::vector<std::string> facts_;
};

// "key x", or `otherwise` when the key has no name.
std::string key_text(std::string_view key, std::string_view otherwise);
// "read(x) by c2, called at 0.050 s," and "add(x, 1) by c1, returned at 0.020 s,": with as many
// digits as tell all times of `others` and its own apart.
std::string called_text(const Request& request, std::initializer_list<const Request*> others = {});
std::string returned_text(const Request& request,
                          std::initializer_list<const Request*> others = {});

}  // namespace plumbline::checker
