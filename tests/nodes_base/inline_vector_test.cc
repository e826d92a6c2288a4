#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "nodes/base/inline_vector.h"

namespace plumbline {
namespace {

// Long strings own heap memory, so that a sanitizer sees each element that is lost or destroyed
// twice.
using Vector = InlineVector<std::string, 3>;
using Twin = std::vector<std::string>;

bool alike(const Vector& vector, const Twin& twin) {
  return vector.size() == twin.size() && vector.empty() == twin.empty() &&
         std::equal(vector.begin(), vector.end(), twin.begin());
}

enum class Act {
  kPush,
  kEmplace,
  kPop,
  kTruncate,
  kClear,
  kErase,
  kEraseFront,
  kReserve,
  kAppend,
  kCopyInto,
  kMoveInto,
  kMoveAway,
  kCopyItself,
  kEnd
};

std::size_t index_in(const Twin& twin) {
  return *rc::gen::inRange<std::size_t>(0, twin.size() + 1);
}

void act(Act act, Vector& vector, Twin& twin, int number) {
  const std::string item =
      "an element too long to lie inside a string, number " + std::to_string(number);
  switch (act) {
    case Act::kPush:
      vector.push_back(item);
      twin.push_back(item);
      break;
    case Act::kEmplace: {
      const std::string& placed = vector.emplace_back(item.data(), item.size());
      RC_ASSERT(placed == item);
      twin.push_back(item);
      break;
    }
    case Act::kPop:
      if (twin.empty()) break;
      vector.pop_back();
      twin.pop_back();
      break;
    case Act::kTruncate: {
      const std::size_t count = index_in(twin);
      vector.truncate(count);
      twin.resize(count);
      break;
    }
    case Act::kClear:
      vector.clear();
      twin.clear();
      break;
    case Act::kErase: {
      const std::size_t at = index_in(twin);
      if (at == twin.size()) break;
      vector.erase(vector.begin() + at);
      twin.erase(twin.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    }
    case Act::kEraseFront: {
      const std::size_t count = index_in(twin);
      vector.erase_front(count);
      twin.erase(twin.begin(), twin.begin() + static_cast<std::ptrdiff_t>(count));
      break;
    }
    case Act::kReserve: vector.reserve(static_cast<std::size_t>(number)); break;
    case Act::kAppend: {
      const Twin more(static_cast<std::size_t>(number % 5), item);
      vector.append(more.data(), more.data() + more.size());
      twin.insert(twin.end(), more.begin(), more.end());
      break;
    }
    case Act::kCopyInto: {
      Vector target(number % 2 == 0 ? Vector{item} : Vector{item, item, item, item, item});
      target = vector;
      RC_ASSERT(alike(vector, twin));
      vector = Vector(target);
      break;
    }
    case Act::kMoveInto: {
      Vector target(number % 2 == 0 ? Vector{item} : Vector{item, item, item, item, item});
      target = std::move(vector);
      RC_ASSERT(vector.empty());
      vector.push_back("still good for use");
      vector = std::move(target);
      break;
    }
    case Act::kMoveAway: {
      const Vector taken(std::move(vector));
      RC_ASSERT(alike(taken, twin));
      RC_ASSERT(vector.empty());
      twin.clear();
      break;
    }
    case Act::kCopyItself: {
      const Vector& alias = vector;
      vector = alias;
      break;
    }
    case Act::kEnd: break;
  }
}

RC_GTEST_PROP(InlineVector, BehavesAsAStdVector, ()) {
  using Step = std::pair<int, int>;
  const auto steps = *rc::gen::container<std::vector<Step>>(
      rc::gen::pair(rc::gen::inRange(0, static_cast<int>(Act::kEnd)), rc::gen::inRange(0, 12)));
  Vector vector;
  Twin twin;
  for (const auto& [which, number] : steps) {
    act(static_cast<Act>(which), vector, twin, number);
    RC_ASSERT(alike(vector, twin));
    if (!twin.empty()) RC_ASSERT(vector.front() == twin.front() && vector.back() == twin.back());
  }
}

TEST(InlineVector, TheFirstElementsLieInsideIt) {
  Vector vector{"a", "b", "c"};
  const auto inside = [&vector] {
    const char* const at = reinterpret_cast<const char*>(vector.data());
    const char* const self = reinterpret_cast<const char*>(&vector);
    return at >= self && at < self + sizeof(vector);
  };
  EXPECT_TRUE(inside());
  vector.push_back("d");
  EXPECT_FALSE(inside());
}

TEST(InlineVector, IsEqualByItsElements) {
  Vector far{"a", "b", "c", "d"};
  far.truncate(2);
  EXPECT_EQ(far, (Vector{"a", "b"})) << "wherever they lie";
  EXPECT_FALSE(far == (Vector{"a"}));
  EXPECT_FALSE(far == (Vector{"a", "c"}));
}

TEST(InlineVector, HoldsWhatCannotBeCopied) {
  InlineVector<std::unique_ptr<int>, 1> owners;
  for (int i = 0; i < 5; ++i) owners.emplace_back(std::make_unique<int>(i));
  owners.erase_front(2);
  ASSERT_EQ(owners.size(), 3U);
  EXPECT_EQ(*owners.front(), 2);
}

// As in a std::vector, what is added may be one of its own elements.
TEST(InlineVector, TakesACopyOfItsOwnElementWhenItIsFull) {
  Vector vector{"a string that does not fit into its own small buffer", "b", "c"};
  vector.emplace_back(vector[0]);
  EXPECT_EQ(vector.back(), vector.front());
}

TEST(InlineVectorDeathTest, WhatIsNotThereCannotBeRead) {
  Vector vector{"a"};
  EXPECT_DEATH(static_cast<void>(vector[1]), "i < size_");
  vector.clear();
  EXPECT_DEATH(static_cast<void>(vector.back()), "i < size_");
  EXPECT_DEATH(vector.pop_back(), "count <= size_");
}

}  // namespace
}  // namespace plumbline
