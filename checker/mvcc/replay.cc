#include "checker/mvcc/replay.h"

#include <algorithm>
#include <map>
#include <utility>

#include "checker/mvcc/evidence.h"
#include "checker/mvcc/lease_times.h"
#include "checker/mvcc/report.h"
#include "checker/mvcc/unused_list.h"

namespace plumbline::checker::mvcc {
namespace {

constexpr std::string_view kProperty = "mvcc-replay";
// What one way through the history takes when nothing is taken back, besides the budget.
constexpr std::uint64_t kStepsPerAnswer = 4;

// Who may have made a revision that no answer claims.
struct Candidate {
  enum class Kind : std::uint8_t {
    kUnknown,  // The unknown change number `id`.
    kRevoke,   // A revocation of the lease `id` that was answered with the revision.
    kExpiry,   // The lease `id`, which ended by itself.
  };
  Kind kind = Kind::kUnknown;
  std::int64_t id = 0;

  bool unknown() const { return kind == Kind::kUnknown; }
};

// A revision that nobody claims, with those who may have made it: first `candidates`, then, where
// nothing tells, every unknown change that is left, then `late`.
struct Choice {
  std::int64_t revision = 0;
  std::vector<Candidate> candidates;
  std::vector<Candidate> late;
  std::size_t next = 0;    // The first of both lists that was not tried.
  bool scans = false;      // Whether any unknown change may have made it ...
  std::uint32_t scan = 0;  // ... of which this is the next to be tried.
  Candidate taken;
  bool any_taken = false;
};

// One way through the revisions, with a given trust in what watches say.
class Run {
 public:
  Run(const Journal& journal, const MvccOptions& options, const Evidence& evidence,
      const LeaseTimes& leases, bool allow_early, std::uint64_t& steps)
      : journal_(journal),
        options_(options),
        evidence_(evidence),
        leases_(leases),
        allow_early_(allow_early),
        steps_(steps),
        model_(options.first_revision),
        used_(journal.unknown().size(), false),
        unused_(static_cast<std::uint32_t>(journal.unknown().size())) {
    index_unknown();
    pin_seen();
    step_limit_ = steps_ + options.step_budget + kStepsPerAnswer * journal.known().size();
  }

  Verdict run() {
    const std::int64_t last = journal_.greatest_revision();
    for (std::int64_t revision = options_.first_revision; revision <= last;) {
      ++steps_;
      if (spent()) return Verdict::kUnknown;
      const bool first = revision == options_.first_revision;
      if ((first || make(revision)) && sights(revision)) {
        ++revision;
      } else if (!take_back(revision)) {
        return spent() ? Verdict::kUnknown : Verdict::kInvalid;
      }
    }
    return Verdict::kValid;
  }

  MvccModel& model() { return model_; }
  const Report& failure() const { return failure_; }

  std::vector<Placed> placed() const {
    std::vector<Placed> placed;
    for (const Choice& choice : choices_) {
      if (!choice.taken.unknown()) continue;
      placed.push_back({unknown(choice.taken).index, choice.revision});
    }
    return placed;
  }

  std::vector<Expiry> expiries() const {
    std::vector<Expiry> expiries;
    for (const Choice& choice : choices_) {
      if (choice.taken.kind != Candidate::Kind::kExpiry) continue;
      const bool early = !leases_.may_have_ended(choice.taken.id, choice.revision);
      const auto fact = evidence_.begin(choice.revision);
      const bool seen = fact != evidence_.end() && fact->revision == choice.revision;
      expiries.push_back({choice.taken.id, choice.revision, early, seen});
    }
    return expiries;
  }

 private:
  const UnknownChange& unknown(const Candidate& candidate) const {
    return journal_.unknown()[static_cast<std::size_t>(candidate.id)];
  }

  // By what they put, to find who wrote a value that was seen.
  void index_unknown() {
    for (std::size_t i = 0; i < journal_.unknown().size(); ++i) {
      const UnknownChange& change = journal_.unknown()[i];
      if (!change.request) continue;
      for_each_request(*change.request, [&](const KvRequest& request) {
        if (request.kind != RequestKind::kPut) return;
        by_put_[{request.keys.key, request.value}].push_back(static_cast<std::int64_t>(i));
      });
    }
  }

  // A change that alone can have put a value that was seen did so at the revision seen, and is no
  // candidate for any other.
  void pin_seen() {
    pinned_.assign(used_.size(), false);
    for (auto fact = evidence_.begin(options_.first_revision); fact != evidence_.end(); ++fact) {
      const auto writers = by_put_.find({fact->kv.key, fact->kv.value});
      if (fact->kv.version == 0 || writers == by_put_.end()) continue;
      const auto id = static_cast<std::uint32_t>(writers->second.front());
      if (writers->second.size() > 1 || pinned_[id]) continue;
      pinned_[id] = true;
      unused_.take(id);
    }
  }

  bool spent() const { return steps_ > step_limit_; }

  std::vector<Answer>::const_iterator answers_at(std::int64_t revision) const {
    return std::lower_bound(journal_.answers().begin(), journal_.answers().end(), revision,
                            [](const Answer& a, std::int64_t r) { return a.revision < r; });
  }
  bool at(std::vector<Answer>::const_iterator answer, std::int64_t revision) const {
    return answer != journal_.answers().end() && answer->revision == revision;
  }

  // Makes the change of `revision`, or finds one that can have made it.
  bool make(std::int64_t revision) {
    const auto owner = answers_at(revision);
    if (at(owner, revision) && owner->kind == Answer::Kind::kChange) {
      return execute(*owner);
    }
    return choose(revision);
  }

  bool execute(const Answer& answer) {
    const Operation& op = journal_.operation(answer.index);
    const KvResponse expected = model_.apply(parse_request(op.arguments[0]));
    const std::string wrong = difference(expected, parse_response(op.results[0]));
    if (!wrong.empty()) return differs(answer, wrong);
    return true;
  }

  // Compares what was answered at `revision` with what the model says now.
  bool sights(std::int64_t revision) {
    for (auto answer = answers_at(revision); at(answer, revision); ++answer) {
      if (answer->kind == Answer::Kind::kChange) continue;
      const Operation& op = journal_.operation(answer->index);
      if (op.function == Function::kLeaseRevoke && !gone(*answer, op)) return false;
      if (op.function != Function::kKv) continue;
      ++steps_;
      const KvResponse expected = model_.apply(parse_request(op.arguments[0]));
      if (model_.revision() != revision) {
        model_.undo_to(revision);
        return differs(*answer, "nothing changed, where it ought to have made a revision");
      }
      const std::string wrong = difference(expected, parse_response(op.results[0]));
      if (!wrong.empty()) return differs(*answer, wrong);
    }
    return !evidence_.believes_states() || states_agree(revision);
  }

  // That it does not is told by check_convergence(), should no other way make it agree.
  bool states_agree(std::int64_t revision) {
    static constexpr std::string_view kZero("\0", 1);
    auto state =
        std::lower_bound(journal_.states().begin(), journal_.states().end(), revision,
                         [](const FinalState& s, std::int64_t r) { return s.revision < r; });
    for (; state != journal_.states().end() && state->revision == revision; ++state) {
      if (state->hashed || content_of(*state) == model_.state_at({kZero, kZero}, revision))
        continue;
      return fail("divergence", {state->index},
                  who(journal_, state->index) + " does not show what was put up to " +
                      at_revision(revision));
    }
    return true;
  }

  bool gone(const Answer& answer, const Operation& op) {
    const std::int64_t lease = op.arguments[0].number();
    if (model_.attached(lease) == 0) return true;
    return fail("lease-keys-left", {answer.index},
                who(journal_, answer.index) + " was answered at " + at_revision(answer.revision) +
                    ", where " + std::to_string(model_.attached(lease)) + " of the keys of lease " +
                    std::to_string(lease) + " were still there");
  }

  // --- Revisions that nobody claims ---

  bool choose(std::int64_t revision) {
    choices_.push_back(choice_at(revision));
    return advance(choices_.back());
  }

  Choice choice_at(std::int64_t revision) const {
    Choice choice;
    choice.revision = revision;
    choice.scan = unused_.first();
    const auto fact = evidence_.begin(revision);
    const bool seen = fact != evidence_.end() && fact->revision == revision;
    for (auto answer = answers_at(revision); at(answer, revision); ++answer) {
      if (answer->kind != Answer::Kind::kRevoke) continue;
      const std::int64_t lease = journal_.operation(answer->index).arguments[0].number();
      if (model_.attached(lease) > 0) {
        choice.candidates.push_back({Candidate::Kind::kRevoke, lease});
      }
    }
    if (seen && fact->kv.version > 0) {
      const auto writers = by_put_.find({fact->kv.key, fact->kv.value});
      if (writers == by_put_.end()) return choice;
      for (const std::int64_t id : writers->second) {
        if (!used_[static_cast<std::size_t>(id)])
          choice.candidates.push_back({Candidate::Kind::kUnknown, id});
      }
      return choice;
    }
    // A delete was seen, which a lease that ended explains best; or nothing.
    choice.scans = true;
    add_leases(revision, seen ? choice.candidates : choice.late);
    return choice;
  }

  // Takes the next candidate that fits; false if there is none left.
  bool advance(Choice& choice) {
    while (const std::optional<Candidate> candidate = next_of(choice)) {
      ++steps_;
      if (spent()) return false;
      if (!fits(*candidate, choice.revision)) continue;
      choice.taken = *candidate;
      choice.any_taken = true;
      if (candidate->unknown()) use(*candidate);
      return true;
    }
    return unexplained(choice.revision);
  }

  std::optional<Candidate> next_of(Choice& choice) const {
    if (choice.next < choice.candidates.size()) return choice.candidates[choice.next++];
    if (choice.scans && choice.scan != unused_.end()) {
      const std::uint32_t id = choice.scan;
      // The later were called later still.
      const bool in_time = journal_.unknown()[id].noted < choice.revision;
      choice.scan = in_time ? unused_.after(id) : unused_.end();
      if (in_time) return Candidate{Candidate::Kind::kUnknown, id};
    }
    const std::size_t at = choice.next - choice.candidates.size();
    if (at >= choice.late.size()) return std::nullopt;
    ++choice.next;
    return choice.late[at];
  }

  void use(const Candidate& candidate) {
    const auto id = static_cast<std::uint32_t>(candidate.id);
    used_[id] = true;
    if (!pinned_[id]) unused_.take(id);
  }

  void give_back(Choice& choice) {
    if (choice.any_taken && choice.taken.unknown()) {
      const auto id = static_cast<std::uint32_t>(choice.taken.id);
      used_[id] = false;
      if (!pinned_[id]) unused_.put_back(id);
    }
    choice.any_taken = false;
    model_.undo_to(choice.revision - 1);
  }

  // Back to the last revision that somebody else may have made. `revision` is where to go on.
  bool take_back(std::int64_t& revision) {
    while (!choices_.empty()) {
      Choice& choice = choices_.back();
      give_back(choice);
      if (spent()) return true;
      if (!advance(choice)) {
        choices_.pop_back();
        continue;
      }
      revision = choice.revision;
      if (!sights(revision)) continue;
      ++revision;
      return true;
    }
    return false;
  }

  void add_leases(std::int64_t revision, std::vector<Candidate>& found) const {
    std::vector<Candidate> early;
    for (const std::int64_t lease : leases_.all()) {
      if (model_.attached(lease) == 0) continue;
      const bool in_time = leases_.may_have_ended(lease, revision);
      if (in_time || allow_early_)
        (in_time ? found : early).push_back({Candidate::Kind::kExpiry, lease});
    }
    found.insert(found.end(), early.begin(), early.end());
  }

  // An unknown change attaches keys only to leases that may have been granted by then.
  bool leases_granted(const Candidate& candidate, std::int64_t revision) const {
    if (!candidate.unknown() || !unknown(candidate).request) return true;
    bool granted = true;
    for_each_request(*unknown(candidate).request, [&](const KvRequest& request) {
      granted = granted && (request.lease == 0 || leases_.may_be_granted(request.lease, revision));
    });
    return granted;
  }

  // Executes the candidate, and takes it back unless it can have made the revision.
  bool fits(const Candidate& candidate, std::int64_t revision) {
    if (candidate.unknown() && unknown(candidate).noted >= revision) return false;
    if (!leases_granted(candidate, revision)) return false;
    if (!candidate.unknown()) {
      model_.end_lease(candidate.id);
    } else if (unknown(candidate).request) {
      model_.apply(*unknown(candidate).request);
    } else {
      model_.end_lease(unknown(candidate).revoked);
    }
    if (model_.revision() == revision && agrees(revision)) return true;
    model_.undo_to(revision - 1);
    return false;
  }

  bool agrees(std::int64_t revision) const {
    static constexpr std::string_view kZero("\0", 1);
    const auto events = model_.events({kZero, kZero}, revision, revision);
    for (auto fact = evidence_.begin(revision);
         fact != evidence_.end() && fact->revision == revision; ++fact) {
      const auto same = std::find_if(events.begin(), events.end(), [&](const Event& event) {
        return event.kv == fact->kv ||
               (event.is_delete() && fact->kv.version == 0 && event.kv.key == fact->kv.key);
      });
      if (same == events.end()) return false;
    }
    return std::none_of(events.begin(), events.end(),
                        [&](const Event& event) { return evidence_.forbids(event); });
  }

  // --- Failures: the one that lies furthest is told ---

  bool fail(std::string_view topic, std::vector<std::uint32_t> witness, std::string sentence) {
    if (failure_.verdict == Verdict::kInvalid && model_.revision() <= failed_at_) return false;
    failed_at_ = model_.revision();
    failure_ = finding(journal_, kProperty, topic, std::move(witness), std::move(sentence));
    return false;
  }

  bool differs(const Answer& answer, const std::string& wrong) {
    std::vector<std::uint32_t> witness = {answer.index};
    add_last_change(answer, witness);
    std::string sentence = who(journal_, answer.index) + " at " + at_revision(answer.revision) +
                           " was answered with " + wrong;
    if (witness.size() > 1) {
      sentence += "; the last change of that before was " + who(journal_, witness.back());
    }
    return fail("wrong-answer", std::move(witness), std::move(sentence));
  }

  // The answered change that last touched a key of the request before the answer.
  void add_last_change(const Answer& answer, std::vector<std::uint32_t>& witness) const {
    constexpr std::int64_t kFarBack = 10'000;
    const KvRequest request = parse_request(journal_.operation(answer.index).arguments[0]);
    const bool itself = answer.kind == Answer::Kind::kChange;
    for (std::int64_t r = answer.revision - (itself ? 1 : 0);
         r > std::max<std::int64_t>(answer.revision - kFarBack, options_.first_revision); --r) {
      const auto owner = answers_at(r);
      if (!at(owner, r) || owner->kind != Answer::Kind::kChange) continue;
      if (!touches(request, r)) continue;
      witness.push_back(owner->index);
      return;
    }
  }

  bool touches(const KvRequest& request, std::int64_t revision) const {
    bool found = false;
    const auto look = [&](const Interval& keys) {
      found = found || !model_.events(keys, revision, revision).empty();
    };
    for_each_request(request, [&](const KvRequest& inner) {
      if (inner.kind != RequestKind::kTxn) look(inner.keys);
      for (const Compare& compare : inner.compares) look(compare.keys);
    });
    return found;
  }

  bool unexplained(std::int64_t revision) {
    const auto fact = evidence_.begin(revision);
    if (fact != evidence_.end() && fact->revision == revision) {
      const std::string what = fact->kv.version == 0
                                   ? "the delete of " + to_text(Value(fact->kv.key))
                                   : text_of(fact->kv);
      return fail("never-written", {fact->shown_by},
                  who(journal_, fact->shown_by) + " shows " + what +
                      (fact->kv.version == 0 ? " at " + at_revision(revision) : "") +
                      ", which no operation and no lease that may have ended explains");
    }
    std::vector<std::uint32_t> witness;
    if (journal_.known_by(revision) != kNever) witness.push_back(journal_.first_to_know(revision));
    return fail("unexplained-revision", std::move(witness),
                at_revision(revision) +
                    " was made by nobody: no answer claims it, and no operation of unknown outcome "
                    "and no lease that may have ended explains it");
  }

  const Journal& journal_;
  const MvccOptions& options_;
  const Evidence& evidence_;
  const LeaseTimes& leases_;
  bool allow_early_;
  std::uint64_t& steps_;
  std::uint64_t step_limit_ = 0;
  MvccModel model_;
  std::vector<bool> used_;  // Of the unknown changes.
  std::vector<bool> pinned_;
  UnusedList unused_;  // Without the pinned.
  std::map<std::pair<std::string_view, Value>, std::vector<std::int64_t>> by_put_;
  std::vector<Choice> choices_;
  Report failure_;
  std::int64_t failed_at_ = 0;
};

std::vector<std::int64_t> gaps_of(const Journal& journal, std::int64_t first) {
  std::vector<std::int64_t> gaps;
  std::int64_t next = first + 1;
  for (const Answer& answer : journal.answers()) {
    if (answer.kind != Answer::Kind::kChange || answer.revision < next) continue;
    for (; next < answer.revision; ++next) gaps.push_back(next);
    next = answer.revision + 1;
  }
  for (; next <= journal.greatest_revision(); ++next) gaps.push_back(next);
  return gaps;
}

// An answer of a revision that there never was: below that of the empty store, or a change that is
// not above it.
const Answer* before_the_first(const Journal& journal, std::int64_t first) {
  for (const Answer& answer : journal.answers()) {
    if (answer.revision > first) break;
    const bool change = answer.kind == Answer::Kind::kChange;
    if (change || answer.revision < first) return &answer;
  }
  return nullptr;
}

// More revisions that nobody claims than there can be changes that made them.
bool far_too_many_gaps(const Journal& journal, const MvccOptions& options) {
  const auto span = static_cast<std::uint64_t>(
      std::max<std::int64_t>(0, journal.greatest_revision() - options.first_revision));
  return span > 16 * (journal.history().operations.size() + 1024);
}

}  // namespace

Replayed replay(const Journal& journal, const MvccOptions& options) {
  Replayed replayed;
  if (!journal.silent().empty()) {
    replayed.report = undecided(kProperty, "not replayed because the answer of " +
                                               who(journal, journal.silent().front()) +
                                               ", which is a change, carries no revision");
    return replayed;
  }
  if (const Answer* answer = before_the_first(journal, options.first_revision)) {
    replayed.report = finding(journal, kProperty, "wrong-answer", {answer->index},
                              who(journal, answer->index) + " was answered with " +
                                  at_revision(answer->revision) + ", but the empty store has " +
                                  at_revision(options.first_revision));
    return replayed;
  }
  if (far_too_many_gaps(journal, options)) {
    replayed.report = undecided(kProperty,
                                "not replayed because most revisions are claimed by "
                                "nobody: others must have used the store");
    return replayed;
  }
  const std::vector<std::int64_t> gaps = gaps_of(journal, options.first_revision);
  const LeaseTimes leases(journal, options.drift_thousandths);
  std::uint64_t steps = 0;
  bool spent = false;
  Report failure;
  using Trust = Evidence::Trust;
  for (const Trust trust : {Trust::kSilence, Trust::kEvents, Trust::kAnswers}) {
    const Evidence evidence(journal, gaps, trust);
    for (const bool early : {false, true}) {
      Run run(journal, options, evidence, leases, early, steps);
      const Verdict verdict = run.run();
      if (verdict == Verdict::kValid) {
        replayed.expiries = run.expiries();
        replayed.placed = run.placed();
        replayed.model = std::move(run.model());
        replayed.watches_believed = trust == Trust::kSilence;
        replayed.report = valid(kProperty);
        replayed.report.steps = steps;
        return replayed;
      }
      spent = spent || verdict == Verdict::kUnknown;
      failure = run.failure();
      if (gaps.empty()) break;
    }
    if (gaps.empty()) break;
  }
  replayed.report =
      spent ? undecided(kProperty,
                        "undecided because there are too many ways to explain the revisions that "
                        "nobody claims: the steps are spent")
            : failure;
  replayed.report.steps = steps;
  return replayed;
}

}  // namespace plumbline::checker::mvcc
