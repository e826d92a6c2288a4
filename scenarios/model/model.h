#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nodes/base/bytes.h"

namespace plumbline::model {

// What the engine must know of a core to walk all states of a few of them. A state is bytes that
// mean something to its model only; two states that differ in nothing that matters (names of nodes,
// numbers that only have to differ) have one fingerprint.

// One step, small enough to be kept for each state that was ever reached. Means something to its
// model only.
using Action = std::uint32_t;

struct Finding {
  std::string property;  // "I3 log matching"
  std::string sentence;
};

// Where a walker leaves what it finds.
class Successors {
 public:
  virtual ~Successors() = default;
  // That `is_new` will be asked for this soon, so that memory may be fetched by then.
  virtual void expect(std::uint64_t fingerprint) { static_cast<void>(fingerprint); }
  // True when no state with this fingerprint was met before; then `add` must follow.
  virtual bool is_new(std::uint64_t fingerprint) = 0;
  virtual void add(Action action, BytesView state) = 0;
  // The step breaks something.
  virtual void broken(Action action, const Finding& finding) = 0;
};

// Steps states; each worker has its own.
class Walker {
 public:
  virtual ~Walker() = default;
  // Hands out each successor of a state, among them those that were met before.
  virtual void expand(BytesView state, Successors& out) = 0;
};

// Makes a run again, and tells what happens in it.
class Story {
 public:
  virtual ~Story() = default;
  // Why the step cannot be made, if it cannot: the code or the file has changed.
  virtual std::optional<std::string> make(const std::string& step) = 0;
  // What the last step broke.
  virtual const std::optional<Finding>& finding() const = 0;
  // What was told since the last call.
  virtual std::vector<std::string> take_lines() = 0;
};

// One scope of one core.
class Model {
 public:
  virtual ~Model() = default;
  // Walkers of one model may be used by one thread each.
  virtual std::unique_ptr<Walker> walker() = 0;
  virtual Bytes initial() = 0;
  virtual std::uint64_t fingerprint_of_initial() = 0;
  // The steps of a path, as its runs keep them.
  virtual std::vector<std::string> words(const std::vector<Action>& path) = 0;
  // How what its states name was come by, and what it is now: another process makes it again from
  // this, and says no when it comes out otherwise.
  virtual Bytes save_parts() = 0;
  virtual bool load_parts(BytesView parts) = 0;
  // Bytes that grow with what was met: tables of parts of states.
  virtual std::uint64_t table_bytes() const = 0;
};

}  // namespace plumbline::model
