#include "tests/checker/mvcc/mvcc_twin.h"

#include <string>
#include <vector>

#include "checker/mvcc/model.h"

namespace plumbline::checker::mvcc {
namespace {

class Twin {
 public:
  explicit Twin(const History& history)
      : operations_(history.operations), place_(history.operations.size(), kNotPlaced) {}

  bool explains(const MvccModel& store) {
    if (all_placed() && loose_answers_agree(store)) return true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (place_[i] != kNotPlaced || !may_be_next(i)) continue;
      MvccModel after = store;
      if (!apply(operations_[i], after)) continue;
      place_[i] = after.revision();
      const bool found = explains(after);
      place_[i] = kNotPlaced;
      if (found) return true;
    }
    return false;
  }

 private:
  static constexpr std::int64_t kNotPlaced = -1;

  static KvRequest request(const Operation& op) { return parse_request(op.arguments[0]); }
  static bool ok(const Operation& op) { return op.outcome == Outcome::kOk; }
  static bool refused(const Operation& op) {
    return ok(op) && op.results[0].list()[0] == Value("error");
  }
  static bool loose(const Operation& op) { return ok(op) && is_serializable(request(op)); }
  // Has a place in the order: the errors of a store are not judged here.
  static bool must_be_placed(const Operation& op) { return ok(op) && !refused(op) && !loose(op); }

  bool all_placed() const {
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (must_be_placed(operations_[i]) && place_[i] == kNotPlaced) return false;
    }
    return true;
  }

  bool may_be_next(std::size_t i) const {
    const Operation& op = operations_[i];
    if (op.outcome == Outcome::kFail || refused(op) || loose(op)) return false;
    for (std::size_t j = 0; j < operations_.size(); ++j) {
      const Operation& other = operations_[j];
      if (!must_be_placed(other) || place_[j] != kNotPlaced || j == i) continue;
      if (other.returned_at < op.invoked_at) return false;
    }
    return true;
  }

  static bool apply(const Operation& op, MvccModel& store) {
    const std::int64_t before = store.revision();
    const KvResponse response = store.apply(request(op));
    if (!ok(op)) return store.revision() > before;
    return *op.revision == store.revision() && response == parse_response(op.results[0]);
  }

  // What was answered by one member shows some state there was; whoever is called later is later.
  bool loose_answers_agree(const MvccModel& store) const {
    for (const Operation& op : operations_) {
      if (!loose(op) || refused(op)) continue;
      if (*op.revision > store.revision() || *op.revision < 1) return false;
      MvccModel then = store;
      then.undo_to(*op.revision);
      if (then.apply(request(op)) != parse_response(op.results[0])) return false;
      for (std::size_t j = 0; j < operations_.size(); ++j) {
        if (place_[j] == kNotPlaced || operations_[j].invoked_at <= op.returned_at) continue;
        const bool change = !ok(operations_[j]) || wrote(parse_response(operations_[j].results[0]));
        if (place_[j] < *op.revision + (change ? 1 : 0)) return false;
      }
    }
    return true;
  }

  const std::vector<Operation>& operations_;
  std::vector<std::int64_t> place_;  // The revision after it.
};

}  // namespace

bool brute_force_explains(const History& history) { return Twin(history).explains(MvccModel()); }

}  // namespace plumbline::checker::mvcc
