#include "scenarios/client/operator.h"

#include <memory>
#include <utility>

namespace plumbline::scenarios {
namespace {

// How soon a wish is noticed, and how long an answer may take: longer than an election.
constexpr Duration kLookEvery = milliseconds(10);
constexpr Duration kPatience = milliseconds(1'500);

WishFate fate_of(client::Fate fate) {
  switch (fate) {
    case client::Fate::kOk: return WishFate::kMade;
    case client::Fate::kFailed: return WishFate::kRefused;
    case client::Fate::kUnknown: return WishFate::kUnknown;
  }
  return WishFate::kUnknown;
}

}  // namespace

Operator::Operator(World& world, client::Options store, std::deque<Wish>& wishes)
    : world_(world), store_(std::move(store)), wishes_(wishes) {
  world_.tasks.spawn("operator", [this](Yield& yield) { run(yield); });
}

void Operator::run(Yield& yield) {
  for (;;) {
    while (!wishes_.empty()) {
      auto wish = std::make_shared<Wish>(std::move(wishes_.front()));
      wishes_.pop_front();
      world_.tasks.spawn("wish", [this, wish](Yield& own) { ask(own, *wish); });
    }
    world_.tasks.sleep_until(yield, world_.clock.now() + kLookEvery);
  }
}

void Operator::ask(Yield& yield, Wish& wish) {
  client::Admin admin(world_, store_);
  const Instant deadline = world_.clock.now() + kPatience;
  const client::AdminOutcome outcome = wish.members.changes.empty()
                                           ? admin.transfer_leadership(yield, wish.leader, deadline)
                                           : admin.change_members(yield, wish.members, deadline);
  wish.done(fate_of(outcome.fate));
}

}  // namespace plumbline::scenarios
