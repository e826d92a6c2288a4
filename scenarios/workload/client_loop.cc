#include "scenarios/workload/client_loop.h"

namespace plumbline::scenarios {
namespace {

constexpr Duration kPollFaultsOver = milliseconds(100);
// In peace a client that was held up does not catch up on everything: a few operations show that
// all is well again.
constexpr int kOperationsInPeace = 3;
constexpr std::int64_t kValuesPerClient = 1'000'000;

ClientContext with_patience(ClientContext context) {
  context.store.attempt_timeout = milliseconds(context.slot.spec.attempt_ms.low);
  return context;
}

}  // namespace

ClientLoop::ClientLoop(ClientContext context)
    : context_(with_patience(std::move(context))),
      client_(context_.world, context_.store, context_.recorder, context_.slot.id,
              milliseconds(context_.slot.spec.timeout_ms),
              static_cast<std::uint64_t>(context_.slot.spec.value_bytes.low)) {
  context_.world.tasks.spawn("workload", [this](Yield& yield) { run(yield); });
}

Key ClientLoop::key_for(const char* purpose, std::uint64_t n) const {
  return Key(purpose).with(context_.slot.id).with(n);
}

std::string ClientLoop::key_name(std::uint64_t number) const {
  return context_.slot.key_prefix + std::to_string(number);
}

std::string ClientLoop::pick_key(std::uint64_t n) {
  const auto keys = static_cast<std::uint64_t>(context_.slot.spec.keys.low);
  return key_name(1 + context_.random.below(key_for("workload.key", n), keys));
}

std::int64_t ClientLoop::unique_value(std::uint64_t n) const {
  return context_.slot.id * kValuesPerClient + static_cast<std::int64_t>(n);
}

void ClientLoop::run(Yield& yield) {
  ClientSlot& slot = context_.slot;
  World& world = context_.world;
  int in_peace = 0;
  while (slot.next_operation < static_cast<std::uint64_t>(slot.spec.operations.high)) {
    if (context_.faults_over && ++in_peace > kOperationsInPeace) break;
    // Counted before it is done: a client that dies in the middle does not do it again under the
    // same number.
    const std::uint64_t n = slot.next_operation++;
    const Duration think =
        context_.random.between(key_for("workload.think", n), milliseconds(slot.spec.think_ms.low),
                                milliseconds(slot.spec.think_ms.high));
    world.tasks.sleep_until(yield, world.clock.now() + think);
    if (context_.random.enabled(key_for("op.enabled", n))) operate(yield, n);
  }
  while (!context_.faults_over) {
    world.tasks.sleep_until(yield, world.clock.now() + kPollFaultsOver);
  }
  for (std::int64_t number = 1; number <= slot.spec.keys.low; ++number) {
    read_back(yield, key_name(static_cast<std::uint64_t>(number)));
  }
  slot.done = true;
}

}  // namespace plumbline::scenarios
