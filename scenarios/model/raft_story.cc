#include "scenarios/model/raft_story.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "nodes/raft/describe.h"
#include "scenarios/model/raft_model.h"

namespace plumbline::model {
namespace {

constexpr std::uint32_t kNotThere = UINT32_MAX;

// With pre-vote so much time passes before each step that no follower still believes in its leader,
// as the walk assumes. Without, none need pass.
Duration pause(const RaftScope& scope) { return scope.pre_vote ? seconds(1) : nanoseconds(1); }

std::string narrate(const trace::Kind& kind, const std::uint64_t (&numbers)[4]) {
  const std::string_view text = kind.text;
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '{' && i + 2 < text.size() && text[i + 2] == '}') {
      result += std::to_string(numbers[static_cast<std::size_t>(text[i + 1] - 'a')]);
      i += 2;
    } else {
      result.push_back(text[i]);
    }
  }
  return result;
}

}  // namespace

void RaftStory::Narrator::emit(const trace::Kind& kind, std::uint64_t a, std::uint64_t b,
                               std::uint64_t c, std::uint64_t d) {
  const std::uint64_t numbers[4] = {a, b, c, d};
  lines.push_back(speaker + " " + narrate(kind, numbers));
}

RaftStory::RaftStory(const RaftScope& scope)
    : space_(scope), steps_(space_), settler_(space_, steps_), safety_(space_) {
  state_ = initial_state(space_);
  for (unsigned i = 0; i < replicas_of(scope); ++i) {
    replicas_.push_back(space_.stepper().start(ReplicaId(i + 1)));
    clocks_.push_back(Instant());
  }
}

std::vector<std::string> RaftStory::take_lines() { return std::exchange(narrator_.lines, {}); }

std::optional<std::string> RaftStory::make(const std::string& words) {
  const std::optional<RaftStepWords> step = parse_words(words);
  if (!step || step->who.value > replicas_.size()) return "is not a step of this model";
  const std::uint32_t argument = argument_of(*step);
  if (argument == kNotThere) return "cannot be made: no such message was sent before it";
  step_parts(*step, argument);
  if (!step_core(*step, argument)) {
    return "leads the core to another state than the walk: it has taken out what does matter";
  }
  return std::nullopt;
}

std::uint32_t RaftStory::argument_of(const RaftStepWords& step) const {
  if (step.what == Happening::kAdd || step.what == Happening::kRemove) {
    return step.member.value - 1;
  }
  if (step.what != Happening::kDeliver) return 0;
  for (const Sent& sent : sent_) {
    const raft::Message& message = space_.message(sent.id);
    if (message.to == step.who && words_of(message) == step.message) return sent.id;
  }
  return kNotThere;
}

// Nothing is dropped here: that would only make it matter which of two equal messages was kept.
void RaftStory::step_parts(const RaftStepWords& step, std::uint32_t argument) {
  const unsigned who = step.who.value - 1;
  const std::uint32_t before = state_.replicas[who];
  const RaftSteps::Outcome outcome = steps_.of(before, step.what, argument);
  if (outcome.finding != UINT32_MAX) {
    finding_ = steps_.finding(outcome);
    return;
  }
  const Budget* spent = budget_of(step.what);
  if (spent != nullptr && state_.of(*spent) != 0) --state_.of(*spent);
  state_.replicas[who] = outcome.replica;
  for (std::size_t i = 0; i < outcome.count; ++i) state_.insert(steps_.messages(outcome)[i]);
  finding_ = safety_.stepped(state_, who, before, outcome);
  if (finding_) return;
  RaftState settled = state_;
  finding_ = settler_.settle(settled).finding;
}

bool RaftStory::step_core(const RaftStepWords& step, std::uint32_t argument) {
  const unsigned who = step.who.value - 1;
  // The latest of equal ones: a leader takes no answer to what it has not sent yet.
  const auto delivered = std::find_if(sent_.rbegin(), sent_.rend(),
                                      [&](const Sent& sent) { return sent.id == argument; });
  const bool delivers = step.what == Happening::kDeliver;
  const raft::Message message = delivers ? delivered->message : raft::Message();
  const RaftStepper::Cause cause{step.what, delivers ? &message : nullptr, step.member};
  Instant& clock = clocks_[who];
  clock = clock + pause(space_.scope());
  if (step.what == Happening::kTimeout || step.what == Happening::kHeartbeat) {
    clock = std::max(clock, replicas_[who].core.next_deadline());
  }
  narrator_.speaker = raft::describe(step.who);
  RaftStep made = space_.stepper().step(replicas_[who], cause, clock, narrator_);
  for (raft::Message& sent : made.sent) {
    raft::Message compared = sent;
    take_out_what_does_not_matter(compared);
    sent_.push_back(Sent{space_.add(std::move(compared)), std::move(sent)});
  }
  if (finding_) return true;  // what is broken need not be comparable
  RaftReplica compared = replicas_[who];
  take_out_what_does_not_matter(compared);
  return compared == space_.replica(state_.replicas[who]);
}

}  // namespace plumbline::model
