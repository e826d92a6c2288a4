#include "scenarios/model/engine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <numeric>

#include "nodes/base/hash.h"
#include "scenarios/model/fingerprints.h"
#include "scenarios/model/level.h"

namespace plumbline::model {
namespace {

// Two jugs, filled, emptied and poured into each other, until one holds the wanted amount: small
// enough that the states and the shortest way are known.
struct Jugs {
  int sizes[2];
  int wanted;
};

class JugWalker : public Walker {
 public:
  explicit JugWalker(Jugs jugs) : jugs_(jugs) {}

  void expand(BytesView state, Successors& out) override {
    for (int from = 0; from < 2; ++from) {
      int content[2] = {state[0], state[1]};
      const int to = 1 - from;
      content[from] = jugs_.sizes[from];
      hand_out(content, static_cast<Action>(from), out);
      content[from] = 0;
      hand_out(content, static_cast<Action>(2 + from), out);
      const int poured = std::min<int>(state[static_cast<std::size_t>(from)],
                                       jugs_.sizes[to] - state[static_cast<std::size_t>(to)]);
      content[from] = state[static_cast<std::size_t>(from)] - poured;
      content[to] = state[static_cast<std::size_t>(to)] + poured;
      hand_out(content, static_cast<Action>(4 + from), out);
    }
  }

  static std::uint64_t fingerprint(int a, int b) {
    return mix(static_cast<std::uint64_t>(a * 97 + b + 1));
  }

 private:
  void hand_out(const int (&content)[2], Action action, Successors& out) const {
    if (content[0] == jugs_.wanted || content[1] == jugs_.wanted) {
      return out.broken(action, Finding{"not the wanted amount", "there it is"});
    }
    if (!out.is_new(fingerprint(content[0], content[1]))) return;
    const char bytes[2] = {static_cast<char>(content[0]), static_cast<char>(content[1])};
    out.add(action, BytesView(bytes, 2));
  }

  Jugs jugs_;
};

class JugModel : public Model {
 public:
  explicit JugModel(Jugs jugs) : jugs_(jugs) {}

  std::unique_ptr<Walker> walker() override { return std::make_unique<JugWalker>(jugs_); }
  Bytes initial() override { return Bytes(2, '\0'); }
  std::uint64_t fingerprint_of_initial() override { return JugWalker::fingerprint(0, 0); }
  std::vector<std::string> words(const std::vector<Action>& path) override {
    std::vector<std::string> words;
    for (const Action action : path) words.push_back(std::to_string(action));
    return words;
  }
  std::uint64_t table_bytes() const override { return 0; }

 private:
  Jugs jugs_;
};

Exploration walk(Jugs jugs, const ExploreOptions& options = {}) {
  JugModel model(jugs);
  return explore(model, options, [](const Progress&) {});
}

TEST(ModelEngine, MeetsEveryStateOnceAndSaysThatItIsThrough) {
  // Of jugs of 5 and 7 every state has a jug that is full or empty: the border of a rectangle.
  const Exploration e = walk({{5, 7}, 99});
  EXPECT_EQ(e.end, End::kExhausted);
  EXPECT_EQ(e.states, 2u * (5 + 7));
  EXPECT_EQ(e.successors, e.states * 6);
  EXPECT_TRUE(e.path.empty());
}

TEST(ModelEngine, FindsTheShortestWayToWhatIsBroken) {
  // Four litres from jugs of three and five take six steps, and no fewer.
  const Exploration e = walk({{3, 5}, 4});
  ASSERT_EQ(e.end, End::kBroken);
  EXPECT_EQ(e.finding->property, "not the wanted amount");
  EXPECT_EQ(e.path.size(), 6u);
  // The way leads there.
  int content[2] = {0, 0};
  const int sizes[2] = {3, 5};
  for (const Action action : e.path) {
    const std::size_t from = action % 2;
    const std::size_t to = 1 - from;
    if (action < 2) content[from] = sizes[from];
    if (action >= 2 && action < 4) content[from] = 0;
    if (action < 4) continue;
    const int poured = std::min(content[from], sizes[to] - content[to]);
    content[from] -= poured;
    content[to] += poured;
  }
  EXPECT_TRUE(content[0] == 4 || content[1] == 4);
}

TEST(ModelEngine, MeetsTheSameStatesWithTwoThreadsAndAFrontierOnDisk) {
  ExploreOptions options;
  options.jobs = 2;
  options.memory_max = std::uint64_t{2} << 20;
  const Exploration one = walk({{101, 113}, 999});
  const Exploration two = walk({{101, 113}, 999}, options);
  EXPECT_EQ(two.end, End::kExhausted);
  EXPECT_EQ(two.states, one.states);
  EXPECT_EQ(two.depth, one.depth);
}

TEST(ModelEngine, SaysWhyItIsNotThrough) {
  ExploreOptions options;
  options.states_max = 10;
  EXPECT_EQ(walk({{101, 113}, 999}, options).end, End::kLimit);
  options = {};
  options.interrupted = [] { return true; };
  EXPECT_EQ(walk({{101, 113}, 999}, options).end, End::kInterrupted);
}

TEST(ModelFingerprints, KeepsWhatItHoldsWhenItGrows) {
  Fingerprints table(4);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    if (table.is_crowded()) table.grow();
    EXPECT_TRUE(table.insert(mix(i)));
  }
  for (std::uint64_t i = 0; i < 1000; ++i) EXPECT_FALSE(table.insert(mix(i)));
  EXPECT_EQ(table.size(), 1000u);
}

TEST(ModelLevel, GivesBackWhatWasPutInMemoryAndOnDisk) {
  for (const std::uint64_t memory : {std::uint64_t{0}, std::uint64_t{1} << 20}) {
    Level level("", memory);
    Chunk chunk;
    chunk.first = 7;
    chunk.add("a state");
    chunk.add("");
    level.put(std::move(chunk));
    EXPECT_EQ(level.states(), 2u);
    const auto back = level.take();
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->first, 7u);
    ChunkReader reader(*back);
    EXPECT_EQ(reader.next(), BytesView("a state"));
    EXPECT_EQ(reader.next(), BytesView(""));
    EXPECT_EQ(reader.next(), std::nullopt);
    EXPECT_FALSE(level.take().has_value());
    level.clear();
  }
}

}  // namespace
}  // namespace plumbline::model
