#include "nodes/fiber/fiber.h"

#include <sys/mman.h>

#include <boost/context/fiber.hpp>
#include <exception>

#include "nodes/base/assert.h"

#if defined(__SANITIZE_ADDRESS__)
#define PLUMB_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLUMB_ASAN 1
#endif
#endif
#ifdef PLUMB_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace plumbline {
namespace fiber {
namespace {

namespace context = boost::context;

constexpr std::size_t kPageBytes = 4096;

// Thrown at the point where an ended fiber waits. Not a std::exception, and nothing under nodes/
// catches everything.
struct Unwind {};

// Hands a pooled stack to Boost.Context, whose allocator concept has Boost's names.
struct PooledAllocator {
  StackPool* pool;

  context::stack_context allocate() {
    const StackPool::Stack stack = pool->take();
    context::stack_context result;
    result.sp = stack.top;
    result.size = stack.size;
    return result;
  }
  void deallocate(context::stack_context& used) { pool->give_back({used.sp, used.size}); }
};

// What the address sanitizer must be told around a change of stacks; nothing in other builds.
struct StackSwitch {
#ifdef PLUMB_ASAN
  void* fake_stack = nullptr;
  void leave(const void* bottom, std::size_t size, bool for_good = false) {
    __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_stack, bottom, size);
  }
  void arrive(const void** bottom, std::size_t* size) {
    __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
  }
#else
  void leave(const void*, std::size_t, bool = false) {}
  void arrive(const void**, std::size_t*) {}
#endif
};

}  // namespace

struct Fiber {
  std::uint64_t id = 0;
  const char* name = "";
  Scheduler* scheduler = nullptr;
  UniqueFunction<void(Yield&)> body;
  context::fiber inside;   // the fiber's continuation while it waits
  context::fiber outside;  // whoever resumed it, while it runs
  StackPool::Stack stack;
  std::uint64_t suspension = 0;  // counts waits, so that a late wake-up is told from a fresh one
  bool ready = false;
  bool ending = false;
  bool finished = false;
  StackSwitch fiber_switch;
  StackSwitch pump_switch;
  const void* pump_bottom = nullptr;
  std::size_t pump_size = 0;

  context::fiber run(context::fiber&& pump);
  void leave();
};

// The fiber's whole life, on its own stack.
context::fiber Fiber::run(context::fiber&& pump) {
  fiber_switch.arrive(&pump_bottom, &pump_size);
  outside = std::move(pump);
  Yield yield = scheduler->yield_for(this);
  try {
    if (!ending) body(yield);
  } catch (const Unwind&) {
  }
  body = {};
  finished = true;
  fiber_switch.leave(pump_bottom, pump_size, /*for_good=*/true);
  return std::move(outside);
}

void Fiber::leave() {
  fiber_switch.leave(pump_bottom, pump_size);
  outside = std::move(outside).resume();
  fiber_switch.arrive(&pump_bottom, &pump_size);
}

bool Waker::wake() const { return scheduler != nullptr && scheduler->wake(fiber, suspension); }

Scheduler::Scheduler(StackPool& stacks, UniqueFunction<void()> on_ready)
    : stacks_(stacks), on_ready_(std::move(on_ready)) {}

Scheduler::~Scheduler() { end_all(); }

Yield Scheduler::yield_for(Fiber* fiber) { return Yield(this, fiber); }

TaskId Scheduler::spawn(const char* name, UniqueFunction<void(Yield&)> body) {
  if (ended_) return TaskId{};
  auto fiber = std::make_unique<Fiber>();
  fiber->id = next_++;
  fiber->name = name;
  fiber->scheduler = this;
  fiber->body = std::move(body);
  Fiber& started = *fiber;
  fibers_.emplace(started.id, std::move(fiber));
  make_ready(started);
  return TaskId(started.id);
}

void Scheduler::make_ready(Fiber& fiber) {
  if (fiber.ready) return;
  fiber.ready = true;
  ready_.push_back(fiber.id);
  if (ready_.size() == 1 && running_ == nullptr && on_ready_) on_ready_();
}

bool Scheduler::wake(std::uint64_t id, std::uint64_t suspension) {
  const auto found = fibers_.find(id);
  if (found == fibers_.end() || found->second->suspension != suspension) return false;
  make_ready(*found->second);
  return true;
}

void Scheduler::run_ready() {
  PLUMB_ASSERT(running_ == nullptr);
  while (!ready_.empty() && !frozen_ && !ended_) {
    const std::uint64_t id = ready_.front();
    ready_.pop_front();
    const auto found = fibers_.find(id);
    if (found == fibers_.end()) continue;
    Fiber& fiber = *found->second;
    fiber.ready = false;
    resume(fiber);
    if (fiber.finished) fibers_.erase(id);
  }
}

void Scheduler::resume(Fiber& fiber) {
  Fiber* const before = running_;
  running_ = &fiber;
  if (fiber.stack.top == nullptr) {
    fiber.stack = stacks_.take();
    context::stack_context stack;
    stack.sp = fiber.stack.top;
    stack.size = fiber.stack.size;
    // The continuation's record lies at the top of the fiber's own stack, as Boost.Context places
    // it.
    fiber.inside =
        context::fiber(std::allocator_arg, context::preallocated(stack.sp, stack.size, stack),
                       PooledAllocator{&stacks_},
                       [&fiber](context::fiber&& pump) { return fiber.run(std::move(pump)); });
  }
  const char* bottom = static_cast<const char*>(fiber.stack.top) - fiber.stack.size;
  fiber.pump_switch.leave(bottom, fiber.stack.size);
  fiber.inside = std::move(fiber.inside).resume();
  fiber.pump_switch.arrive(nullptr, nullptr);
  running_ = before;
}

void Scheduler::unwind(Fiber& fiber) {
  fiber.ending = true;
  if (fiber.stack.top != nullptr && !fiber.finished) resume(fiber);
}

void Scheduler::cancel(TaskId task) {
  const auto found = fibers_.find(task.value);
  if (found == fibers_.end()) return;
  PLUMB_ASSERT(found->second.get() != running_, "a task cannot cancel itself");
  const std::unique_ptr<Fiber> fiber = std::move(found->second);
  fibers_.erase(found);
  unwind(*fiber);
}

void Scheduler::end_all() {
  PLUMB_ASSERT(running_ == nullptr);
  ended_ = true;
  while (!fibers_.empty()) {
    const std::unique_ptr<Fiber> fiber = std::move(fibers_.begin()->second);
    fibers_.erase(fibers_.begin());
    unwind(*fiber);
  }
  ready_.clear();
}

const char* Scheduler::running_name() const { return running_ == nullptr ? "" : running_->name; }

StackPool::StackPool(std::size_t stack_bytes) : stack_bytes_(stack_bytes) {
  PLUMB_ASSERT(stack_bytes % kPageBytes == 0);
}

StackPool::~StackPool() {
  for (const Stack& stack : free_) {
    char* bottom = static_cast<char*>(stack.top) - stack.size;
    ::munmap(bottom - kPageBytes, stack.size + 2 * kPageBytes);
  }
}

StackPool::Stack StackPool::take() {
  if (!free_.empty()) {
    const Stack stack = free_.back();
    free_.pop_back();
    return stack;
  }
  const std::size_t whole = stack_bytes_ + 2 * kPageBytes;
  void* memory = ::mmap(nullptr, whole, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  PLUMB_ASSERT(memory != MAP_FAILED, "no memory for a fiber's stack");
  char* base = static_cast<char*>(memory);
  PLUMB_ASSERT(::mprotect(base, kPageBytes, PROT_NONE) == 0);
  PLUMB_ASSERT(::mprotect(base + kPageBytes + stack_bytes_, kPageBytes, PROT_NONE) == 0);
  return {base + kPageBytes + stack_bytes_, stack_bytes_};
}

void StackPool::give_back(Stack stack) {
#ifdef PLUMB_ASAN
  __asan_unpoison_memory_region(static_cast<char*>(stack.top) - stack.size, stack.size);
#endif
  free_.push_back(stack);
}

}  // namespace fiber

Yield& Yield::never() {
  static Yield none(nullptr, nullptr);
  return none;
}

fiber::Scheduler& Yield::scheduler() const {
  PLUMB_ASSERT(scheduler_ != nullptr);
  return *scheduler_;
}

fiber::Waker Yield::waker() const {
  PLUMB_ASSERT(can_suspend());
  return {scheduler_, fiber_->id, fiber_->suspension};
}

void Yield::suspend() {
  PLUMB_ASSERT(can_suspend(), "suspended with Yield::never()");
  PLUMB_ASSERT(scheduler_->running_ == fiber_, "suspended with another fiber's Yield");
  PLUMB_ASSERT(std::uncaught_exceptions() == 0, "suspended while unwinding");
  PLUMB_ASSERT(std::current_exception() == nullptr, "suspended in a catch block");
  if (!fiber_->ending) fiber_->leave();
  ++fiber_->suspension;
  if (fiber_->ending) throw fiber::Unwind{};
}

}  // namespace plumbline
