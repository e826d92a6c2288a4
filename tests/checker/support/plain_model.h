#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/history/history.h"
#include "tests/checker/support/random_history.h"

namespace plumbline::checker {

// Values for the operations of one history.
struct Draw {
  Dice& dice;
  bool unique = true;  // Else values come from a few.
  // What most clients do: counters are counted up by one, transactions append nothing, nothing is
  // removed from a set.
  bool plain = false;
  std::int64_t count = 0;

  Value fresh();  // To write.
  Value known();  // One that may well be there.
  std::string fresh_text();
  std::string known_text();
};

// What a store does, on plain values and as dumb as can be: the twin of a model of checker/linear.
// A state is a value too. It also draws requests and answers them, for random histories.
class PlainModel {
 public:
  PlainModel(std::string_view name, Value initial) : name_(name), initial_(std::move(initial)) {}
  virtual ~PlainModel() = default;

  const std::string& name() const { return name_; }
  // As a user would give it; nil is the model's own.
  const Value& initial() const { return initial_; }
  virtual Value first_state() const { return initial_; }

  // The states that a store which was in `state` can be in after it gave that answer, or any answer
  // if that is not known; none if it cannot have given it.
  virtual std::vector<Value> after(const Operation& op, const Value& state) const = 0;

  // Chooses a function and arguments.
  virtual void draw(Operation& op, Draw& draw) const = 0;
  // Answers as a right store does. May turn the request into another that is possible; false if it
  // cannot be answered.
  virtual bool serve(Operation& op, Value& state, Dice& dice) const = 0;
  // Gives an answer of the right form that need not be true.
  virtual void lie(Operation& op, Draw& draw) const = 0;

 private:
  std::string name_;
  Value initial_;
};

// REQUIRES: the name of a model of checker/linear/models.h.
std::unique_ptr<PlainModel> plain_model(std::string_view name, const Value& initial = {});

// Of those that plain_cells.cc and plain_containers.cc know.
std::unique_ptr<PlainModel> plain_cell(std::string_view name, const Value& initial);
std::unique_ptr<PlainModel> plain_strings(const Value& initial);
std::unique_ptr<PlainModel> plain_queue(bool ordered, const Value& initial);
std::unique_ptr<PlainModel> plain_set(const Value& initial);

}  // namespace plumbline::checker
