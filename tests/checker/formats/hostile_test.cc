// What an enemy or a broken disk would hand to a loader: one problem with a line, never more than
// linear time, never more memory than one entry.

#include <gtest/gtest.h>

#include <algorithm>
#include <streambuf>

#include "checker/formats/export_edn.h"
#include "checker/formats/micro.h"
#include "checker/history/event_line.h"
#include "checker/history/history_format.h"
#include "tests/checker/formats/loading.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {
namespace {

// A beginning, then `repeated` a hundred million bytes long, without holding them.
class Endless : public std::streambuf {
 public:
  Endless(std::string beginning, const std::string& repeated) : chunk_(std::move(beginning)) {
    while (more_.size() < 65536) more_ += repeated;
    setg(chunk_.data(), chunk_.data(), chunk_.data() + chunk_.size());
  }
  std::uint64_t given() const { return given_; }

 protected:
  int_type underflow() override {
    if (given_ >= 100'000'000) return traits_type::eof();
    given_ += more_.size();
    setg(more_.data(), more_.data(), more_.data() + more_.size());
    return traits_type::to_int_type(more_[0]);
  }

 private:
  std::string chunk_;
  std::string more_;
  std::uint64_t given_ = 0;
};

struct Flood {
  std::string format;
  std::string beginning;
  std::string repeated;
  std::string problem;
};

TEST(Hostile, ALineOfAHundredMegabytesIsRefusedAfterSixteen) {
  const std::string header = "{\"plumbline_history\":1}\n";
  const std::vector<Flood> floods = {
      {"native", header + "{\"type\":\"", "a", "h:2: the line is longer than 16777216 bytes"},
      {"native", header, "[", "h:2: the line is longer than 16777216 bytes"},
      {"jepsen-edn", "[{:type \"", "a", "h:1: an entry is longer than 16777216 bytes"},
      {"jepsen-edn", "[{:value ", "7", "h:1: an entry is longer than 16777216 bytes"},
      {"jepsen-edn", "[{:value [", "7 ", "h:1: an entry is longer than 16777216 bytes"},
      {"jepsen-json", "[{\"value\":\"", "a", "h:1: an entry is longer than 16777216 bytes"},
      {"jepsen-json", "[{\"value\":[7", ",7", "h:1: an entry is longer than 16777216 bytes"},
      {"jepsen-log", "INFO jepsen.util - ", "a", "h:1: the line is longer than 16777216 bytes"},
      {"micro", "c1 w(x ", "a", "h: longer than 16777216 bytes"},
  };
  for (const Flood& flood : floods) {
    Endless endless(flood.beginning, flood.repeated);
    std::istream in(&endless);
    const auto history = load_history(in, "h", {.format = flood.format});
    ASSERT_FALSE(history.ok()) << flood.format << flood.beginning;
    EXPECT_EQ(history.problem().text(), flood.problem) << flood.format << flood.beginning;
    EXPECT_LT(endless.given(), 18'000'000U) << flood.format << flood.beginning;
  }
}

TEST(Hostile, ANestingOfAMillionOverflowsNoStack) {
  const std::string deep(1'000'000, '[');
  const std::string header = "{\"plumbline_history\":1}\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"native", header + deep + "\n"},
      {"native", header + "{\"type\":" + deep + std::string(deep.size(), ']') + "}\n"},
      {"jepsen-edn", "[{:value " + deep},
      {"jepsen-edn", deep},
      {"jepsen-json", "[{\"value\":" + deep},
      {"jepsen-json", deep},
      {"jepsen-log", "INFO jepsen.util - 0 :invoke :write " + deep + "\n"},
      {"micro", "c1 w(x " + deep},
  };
  for (const auto& [format, text] : cases) {
    const auto history = loaded(text, {.format = format});
    ASSERT_FALSE(history.ok()) << format << text.substr(0, 60);
    EXPECT_LT(history.problem().reason.size(), 200U) << format;
  }
}

TEST(Hostile, ManyMembersAndManyOpenOperationsTakeLinearTime) {
  std::string members = "{\"plumbline_history\":1}\n{";
  for (int i = 0; i < 300'000; ++i) members += "\"m" + std::to_string(i) + "\":1,";
  EXPECT_EQ(problem_of(members + "\"type\":\"ok\"}\n", {.format = "native"}),
            "h:2: an object has more than 64 members");
  std::string open;
  for (int i = 0; i < 100'000; ++i) {
    open += "{:type :invoke :f :write :value " + std::to_string(i) + "}\n";
  }
  for (int i = 99'999; i >= 0; --i) {
    open += "{:type :ok :f :write :value " + std::to_string(i) + "}\n";
  }
  EXPECT_EQ(lines_of(open, {.format = "edn"}).size(), 100'000U);
  EXPECT_EQ(problem_of(open + "{:type :ok :f :write}"),
            "h:200001: a completion of write that was not invoked");
}

TEST(Hostile, TextThatIsNoText) {
  const std::string nul(1, '\0');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"jepsen-edn", "{:type :invoke :f :write :process 1 :value \"\xff\"}"},
      {"jepsen-edn", "{:type :invoke" + nul + "}"},
      {"jepsen-edn", nul},
      {"jepsen-json", "[{\"type\":\"\xed\xa0\x80\"}]"},
      {"jepsen-json", "[{\"type\":\"" + nul + "\"}]"},
      {"jepsen-json", nul},
      {"jepsen-log", "INFO jepsen.util - 1 :invoke :write \"" + nul + "\"\n"},
      {"native", "{\"plumbline_history\":1,\"seed\":\"\xff\"}\n"},
      {"native", nul},
      {"micro", "c1 w(x 1)" + nul},
  };
  for (const auto& [format, text] : cases) {
    const auto history = loaded(text, {.format = format});
    ASSERT_FALSE(history.ok()) << format << text;
    EXPECT_LE(history.problem().line, 1U);
    EXPECT_EQ(history.problem().reason.find('\n'), std::string::npos);
  }
}

std::string example(const std::string& format) {
  const std::string micro =
      "c1 w(x 1) [0..9] @2; c2 cas(x 1 \"two words\")->false [3..4]; c3 r(x)->[1 nil] [5..]\n"
      "c4 ax1 ry[1 2] fail; c5 transfer(1 2 3) unknown s1.2; c6 enq(q true)";
  if (format == "micro") return micro;
  std::ostringstream out;
  write_edn(out, parse_micro(micro).value());
  if (format == "jepsen-edn") return "[" + out.str() + "]";
  if (format == "jepsen-log") {
    return "INFO jepsen.util - 1\t:invoke\t:cas\t[1 2]\nINFO jepsen.util - 2\t:invoke\t:read\tnil\n"
           "INFO jepsen.util - 1\t:info\t:cas\t:timed-out\nINFO jepsen.util - "
           "2\t:ok\t:read\t\"a\"\n";
  }
  return R"([{"type":"invoke","f":"write","process":1,"time":5,"value":{"a":[1,"\u00e9",null]}},
 {"type":"ok","f":"write","process":1,"time":6,"value":{"a":[1,"é",null]},"index":3},
 {"type":"invoke","value":[["append",1,2],["r",1,null]],"process":2},
 {"type":"info","value":[["append",1,2],["r",1,null]],"process":2,"error":{"x":1.5}}])";
}

// Random damage ends in a history without fault or in one line that says what is wrong.
TEST(Hostile, RandomDamageNeverEscapes) {
  for (const std::string format : {"jepsen-edn", "jepsen-json", "jepsen-log", "micro"}) {
    const std::string whole = example(format);
    ASSERT_TRUE(loaded(whole, {.format = format}).ok())
        << format << problem_of(whole, {.format = format});
    std::uint64_t refused = 0;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
      Dice dice(seed);
      std::string text = whole;
      const std::int64_t wounds = 1 + dice.below(4);
      for (std::int64_t i = 0; i < wounds; ++i) {
        const auto at =
            static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(text.size())));
        switch (dice.below(3)) {
          case 0: text[at] = static_cast<char>(dice.below(256)); break;
          case 1: text.erase(at, 1 + static_cast<std::size_t>(dice.below(8))); break;
          default: text.insert(at, text.substr(static_cast<std::size_t>(dice.below(60)), 9)); break;
        }
      }
      const auto history = loaded(text, {.format = format});
      if (history.ok()) continue;
      ASSERT_FALSE(history.problem().reason.empty()) << format << " seed " << seed;
      ++refused;
    }
    EXPECT_GT(refused, 1000U) << format;
  }
}

// Cut short anywhere, a file in one list is known to be cut short.
TEST(Hostile, TruncatedAnywhere) {
  for (const std::string format : {"jepsen-edn", "jepsen-json"}) {
    const std::string whole = example(format);
    for (std::size_t size = 1; size < whole.size(); ++size) {
      const auto history = loaded(whole.substr(0, size), {.format = format});
      ASSERT_FALSE(history.ok()) << format << " " << size;
    }
  }
}

// The short way through the lines of a native file agrees with the long one.
TEST(NativeScanner, AgreesWithTheDocument) {
  const std::string call =
      R"({"type":"call","index":0,"process":1,"time":2,"function":"cas","key":"x",)"
      R"("arguments":[[1,"a",null,true],-7],"session":[3,1]})";
  const std::string ok = R"({"type":"ok","index":0,"process":1,"time":5,"results":[false,[]],)"
                         R"("revision":2,"server":"n1","note":"why"})";
  ASSERT_TRUE(scan_event(call).has_value());
  ASSERT_TRUE(scan_event(ok).has_value());
  std::uint64_t scanned = 0;
  for (std::uint64_t seed = 0; seed < 40'000; ++seed) {
    Dice dice(seed);
    std::string line = dice.percent(50) ? call : ok;
    const auto size = static_cast<std::int64_t>(line.size());
    const auto at = static_cast<std::size_t>(dice.below(size));
    const std::string_view letters = R"({}[]",:-019eE.\ntfu xy)";
    switch (dice.below(3)) {
      case 0: line[at] = letters[static_cast<std::size_t>(dice.below(22))]; break;
      case 1: line.erase(at, 1 + static_cast<std::size_t>(dice.below(20))); break;
      default: line.insert(at, 1, letters[static_cast<std::size_t>(dice.below(22))]); break;
    }
    const auto event = scan_event(line);
    if (!event) continue;
    ++scanned;
    LineJson json(line);
    const EventLine same = event_from(json);
    ASSERT_EQ(json.fault(), "") << line;
    ASSERT_TRUE(event->operation == same.operation && event->index == same.index &&
                event->time == same.time && event->call == same.call)
        << line;
  }
  EXPECT_GT(scanned, 1500U);
}

}  // namespace
}  // namespace plumbline::checker
