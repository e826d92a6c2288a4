#include "scenarios/model/engine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
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
  Bytes save_parts() override { return "jugs"; }
  bool load_parts(BytesView parts) override { return parts == "jugs"; }
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

// Where a walk may leave something behind; what an earlier test left is gone.
std::string fresh_file(const std::string& name) {
  const auto path = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::remove(path);
  return path.string();
}

void expect_the_same(const Exploration& a, const Exploration& b) {
  EXPECT_EQ(a.end, End::kExhausted);
  EXPECT_EQ(a.states, b.states);
  EXPECT_EQ(a.successors, b.successors);
  EXPECT_EQ(a.depth, b.depth);
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

const Jugs kManyStates{{31, 37}, 99};

TEST(ModelResume, AWalkThatIsInterruptedAgainAndAgainEndsLikeOneThatIsNot) {
  ExploreOptions options;
  options.checkpoint = fresh_file("interrupted.walk");
  options.interrupted = [] { return true; };  // after the states that are at hand
  Exploration e = walk(kManyStates, options);
  unsigned times = 1;
  for (; e.end == End::kInterrupted && times < 1000; ++times) e = walk(kManyStates, options);
  EXPECT_GT(times, 10u);
  EXPECT_GT(e.resumed_at, 0u);
  expect_the_same(e, walk(kManyStates));
  EXPECT_FALSE(std::filesystem::exists(options.checkpoint));
}

TEST(ModelResume, AWalkThatIsKilledGoesOnFromItsLastCheckpoint) {
  ExploreOptions options;
  options.checkpoint = fresh_file("killed.walk");
  options.checkpoint_seconds = 0;
  const std::string kept = fresh_file("kept.walk");
  JugModel model(kManyStates);
  // What a kill at depth 20 would leave behind.
  explore(model, options, [&](const Progress& progress) {
    if (progress.depth == 20) write(kept, content_of(options.checkpoint));
  });
  options.checkpoint = kept;
  const Exploration e = walk(kManyStates, options);
  EXPECT_GT(e.resumed_at, 0u);
  expect_the_same(e, walk(kManyStates));
}

TEST(ModelResume, TheShortestWayLeadsThroughBothProcesses) {
  const Jugs jugs{{3, 5}, 4};
  ExploreOptions options;
  options.checkpoint = fresh_file("way.walk");
  options.interrupted = [] { return true; };
  Exploration e = walk(jugs, options);
  for (int i = 0; i < 99 && e.end == End::kInterrupted; ++i) e = walk(jugs, options);
  ASSERT_EQ(e.end, End::kBroken);
  EXPECT_GT(e.resumed_at, 0u);
  EXPECT_EQ(e.path.size(), 6u);
}

TEST(ModelResume, BelievesNoCheckpointThatIsNotWholeOrOfSomethingElse) {
  ExploreOptions options;
  options.checkpoint = fresh_file("refused.walk");
  options.identity = "jugs of 31 and 37";
  options.states_max = 100;
  EXPECT_EQ(walk(kManyStates, options).end, End::kLimit);
  options.states_max = UINT64_MAX;
  const std::string whole = content_of(options.checkpoint);

  write(options.checkpoint, whole.substr(0, whole.size() - 1));
  Exploration e = walk(kManyStates, options);
  EXPECT_EQ(e.end, End::kRefused);
  EXPECT_NE(e.refusal.find("is cut off or damaged"), std::string::npos) << e.refusal;
  for (std::size_t at = 0; at < whole.size(); at += whole.size() / 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    write(options.checkpoint, damaged);
    EXPECT_EQ(walk(kManyStates, options).end, End::kRefused) << at;
  }

  write(options.checkpoint, whole);
  options.identity = "jugs of 31 and 36";
  e = walk(kManyStates, options);
  EXPECT_EQ(e.end, End::kRefused);
  EXPECT_NE(e.refusal.find("is of jugs of 31 and 37, and this is jugs of 31 and 36"),
            std::string::npos)
      << e.refusal;
  options.identity = "jugs of 31 and 37";
  expect_the_same(walk(kManyStates, options), walk(kManyStates));
}

TEST(ModelResume, WhatWasNotWrittenToItsEndHasNoName) {
  ExploreOptions options;
  options.checkpoint = fresh_file("unfinished.walk");
  write(options.checkpoint + ".unfinished", "plumbline walk 1\nand no mo");
  const Exploration e = walk(kManyStates, options);
  EXPECT_EQ(e.resumed_at, 0u);
  expect_the_same(e, walk(kManyStates));
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
