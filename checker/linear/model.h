#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/history/operation.h"

namespace plumbline::checker {

// A state of one key, numbered by the model that made it: equal states have equal numbers.
using State = std::int32_t;

// An operation with its answer, as the model understood it.
struct Action {
  std::uint8_t kind = 0;    // The model's own.
  bool pure = false;        // Never changes the state.
  bool shows = false;       // Possible in exactly one state, `from`.
  bool overwrites = false;  // Possible in every state, and leads to one and the same.
  State from = 0;
  State to = 0;  // The model's own when neither a state is set nor reached.

  friend bool operator==(const Action&, const Action&) = default;
};

// One request within the search on its key. It takes effect, if it does, between its call and its
// return; a definite one does. One whose outcome is unknown is not definite and never returns.
struct Entry {
  Action action;
  std::int64_t invoked_at = 0;
  std::int64_t returned_at = kNever;
  bool definite = false;
  bool dropped = false;  // Has no bearing on the verdict: not searched.
  // Definite, and nobody can tell whether it happened once something overwrites it.
  bool unseen = false;
  // Definite, and wherever it is possible without being hopeless it may as well happen at once: of
  // all the entries that a search could try there, this one suffices. Of several, the one that
  // returns first.
  bool eager = false;
};

// What a user may set.
struct ModelOptions {
  Value initial;  // What an object holds at first; nil is the model's own default.
};

// What a store means for one key. An object serves one key of one history: it numbers the states
// it meets, and otherwise its functions are pure. A new model is one file with one class and one
// line in models.cc.
class Model {
 public:
  virtual ~Model() = default;

  // Sees every operation that will be compiled, once and before the first. What a model does best
  // when it knows all values beforehand, it does here. REQUIRES: as compile().
  virtual void meet(std::span<const Operation* const> operations) { (void)operations; }

  // REQUIRES: the model handles the function, the outcome is ok or unknown, and the operation has
  // no fault. It must outlive the model.
  virtual Action compile(const Operation& operation) = 0;

  // Looks at all entries before a search. It may drop an entry that is not definite, or make it
  // definite with a deadline, if the verdict cannot depend on it; it marks the unseen ones and
  // gathers what hopeless() needs. REQUIRES: the actions came from compile().
  virtual void prepare(std::vector<Entry>& entries) = 0;

  // Of all that follow REQUIRES: prepare() was called. A state keeps its number until the next
  // call.
  virtual State initial() const = 0;

  // The state after, or nothing if that answer is not possible in `state`.
  virtual std::optional<State> step(State state, const Action& action) = 0;

  // May say true only if no order in which `entry` takes the key from `from` to `to` explains all
  // definite entries given to prepare(), or if for each that does there is one that does without
  // taking that step there. `seen` of the definite entries showed `from` since it was entered.
  virtual bool hopeless(State from, std::uint32_t seen, const Entry& entry, State to) const = 0;

  // The value in words.
  virtual std::string text(State state) const = 0;

 protected:
  // One that need not happen and would change nothing has no bearing.
  static void drop_idle(std::vector<Entry>& entries) {
    for (Entry& entry : entries) {
      if (!entry.definite && entry.action.pure) entry.dropped = true;
    }
  }
};

struct ModelInfo {
  std::string_view name;
  std::string_view summary;
  // Whether the model knows what the operation, which is without fault, means.
  bool (*handles)(const Operation& operation);
  std::unique_ptr<Model> (*make)(const ModelOptions& options);
  // Whether a key holds a value or a sequence of tokens, as patterns.h knows them.
  bool cell = false;
  bool keyed = true;  // One object per key; else the whole history is about one, under the key "".
};

}  // namespace plumbline::checker
