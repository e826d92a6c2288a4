#include "tests/real/support.h"

namespace plumbline::real {
namespace {

class RealTasks : public RealTest {
 protected:
  std::unique_ptr<AsioWorld> world_ = node(1);
  Tasks& tasks_ = world_->world().tasks;
  Clock& clock_ = world_->world().clock;
};

TEST_F(RealTasks, TimersFireByInstantThenByAge) {
  const Instant base = clock_.now() + milliseconds(5);
  std::vector<int> fired;
  tasks_.call_at(base + milliseconds(2), [&] { fired.push_back(4); });
  tasks_.call_at(base, [&] { fired.push_back(1); });
  tasks_.call_at(base, [&] { fired.push_back(2); });
  tasks_.call_at(base + milliseconds(1), [&] { fired.push_back(3); });
  ASSERT_TRUE(eventually([&] { return fired.size() == 4; }));
  EXPECT_EQ(fired, (std::vector<int>{1, 2, 3, 4}));
}

TEST_F(RealTasks, TimerNeverFiresEarly) {
  const Instant when = clock_.now() + milliseconds(3);
  Instant fired;
  tasks_.call_at(when, [&] { fired = clock_.now(); });
  ASSERT_TRUE(eventually([&] { return fired != Instant{}; }));
  EXPECT_GE(fired, when);
}

TEST_F(RealTasks, CancelledTimerDoesNotFire) {
  const Instant base = clock_.now();
  bool cancelled_fired = false;
  bool later_fired = false;
  const TimerId timer = tasks_.call_at(base + milliseconds(1), [&] { cancelled_fired = true; });
  tasks_.call_at(base + milliseconds(2), [&] { later_fired = true; });
  tasks_.cancel_timer(timer);
  ASSERT_TRUE(eventually([&] { return later_fired; }));
  EXPECT_FALSE(cancelled_fired);
}

TEST_F(RealTasks, TimerMayCancelOneThatIsDueWithIt) {
  const Instant base = clock_.now() + milliseconds(1);
  bool second = false;
  bool third = false;
  TimerId victim;
  tasks_.call_at(base, [&] { tasks_.cancel_timer(victim); });
  victim = tasks_.call_at(base, [&] { second = true; });
  tasks_.call_at(base, [&] { third = true; });
  ASSERT_TRUE(eventually([&] { return third; }));
  EXPECT_FALSE(second);
}

TEST_F(RealTasks, TimerForThePastFiresLaterNotInsideTheCall) {
  bool fired = false;
  tasks_.call_at(Instant{}, [&] { fired = true; });
  EXPECT_FALSE(fired);
  EXPECT_TRUE(eventually([&] { return fired; }));
}

TEST_F(RealTasks, TimerForNeverDoesNotOverflow) {
  bool never = false;
  bool soon = false;
  tasks_.call_at(Instant::never(), [&] { never = true; });
  tasks_.call_at(clock_.now() + milliseconds(1), [&] { soon = true; });
  ASSERT_TRUE(eventually([&] { return soon; }));
  EXPECT_FALSE(never);
}

TEST_F(RealTasks, SpawnedTasksStartInOrderAndNotInsideSpawn) {
  std::vector<int> started;
  for (int i = 0; i < 3; ++i)
    tasks_.spawn("numbered", [&started, i](Yield&) { started.push_back(i); });
  EXPECT_TRUE(started.empty());
  ASSERT_TRUE(eventually([&] { return started.size() == 3; }));
  EXPECT_EQ(started, (std::vector<int>{0, 1, 2}));
}

TEST_F(RealTasks, SleepersWakeInTheOrderOfTheirInstants) {
  std::vector<int> woken;
  const Instant base = clock_.now() + milliseconds(2);
  for (const int i : {3, 1, 2}) {
    tasks_.spawn("sleeper", [&, i](Yield& yield) {
      tasks_.sleep_until(yield, base + milliseconds(i));
      woken.push_back(i);
    });
  }
  ASSERT_TRUE(eventually([&] { return woken.size() == 3; }));
  EXPECT_EQ(woken, (std::vector<int>{1, 2, 3}));
}

TEST_F(RealTasks, CancelUnwindsASleeperAtOnce) {
  struct Mark {
    bool& flag;
    ~Mark() { flag = true; }
  };
  bool asleep = false;
  bool unwound = false;
  bool ran_on = false;
  const TaskId task = tasks_.spawn("sleeper", [&](Yield& yield) {
    const Mark mark{unwound};
    asleep = true;
    tasks_.sleep_until(yield, Instant::never());
    ran_on = true;
  });
  ASSERT_TRUE(eventually([&] { return asleep; }));
  tasks_.cancel(task);
  EXPECT_TRUE(unwound);
  EXPECT_FALSE(ran_on);
  tasks_.cancel(task);  // unknown by now, and left alone
}

TEST_F(RealTasks, EventTimesOutOrIsSetWhicheverIsFirst) {
  fiber::Event event;
  in_fiber(*world_, [&](Yield& yield) {
    EXPECT_FALSE(event.wait_until(yield, tasks_, clock_.now() + milliseconds(1)));
    tasks_.call_at(clock_.now(), [&] { event.set(); });
    EXPECT_TRUE(event.wait_until(yield, tasks_, Instant::never()));
  });
}

// World: "it returns, but nothing the caller does afterwards has any effect and its next wait never
// ends".
TEST(RealHalt, SilencesTheNodeAndTellsTheProgramOnce) {
  EventLoop loop;
  trace::NullSink sink;
  TempDirectory directory;
  std::vector<std::string> reasons;
  AsioWorldOptions options;
  options.self = NodeId(1);
  options.directory = directory.path();
  options.on_halt = [&](const std::string& reason) { reasons.push_back(reason); };
  auto world = AsioWorld::open(loop, std::move(options), sink);
  ASSERT_TRUE(world.ok());
  World& ports = (*world)->world();
  bool returned = false;
  bool ran_on = false;
  bool written = true;
  ports.tasks.spawn("halts", [&](Yield& yield) {
    ports.tasks.halt("log is corrupt");
    ports.tasks.halt("again");
    returned = true;
    written = ports.disk.open(yield, "after", OpenMode::kCreate).ok();
    ports.tasks.sleep_until(yield, Instant{});
    ran_on = true;
  });
  ASSERT_TRUE(loop.run_until([&] { return !reasons.empty(); }, kPatience));
  EXPECT_TRUE((*world)->halted());
  (*world)->stop();
  EXPECT_EQ(reasons, (std::vector<std::string>{"log is corrupt"}));
  EXPECT_TRUE(returned);
  EXPECT_FALSE(written);
  EXPECT_FALSE(ran_on);
}

// A node whose destructor uses its ports, as World allows: they then do nothing.
TEST_F(RealTasks, PortsDoNothingAfterTheNodeHasDied) {
  struct LateNode : Node {
    explicit LateNode(World& its_world) : world(its_world) {
      world.tasks.spawn("waits",
                        [this](Yield& yield) { world.tasks.sleep_until(yield, Instant::never()); });
    }
    ~LateNode() override {
      EXPECT_EQ(world.tasks.spawn("late", [](Yield&) {}), TaskId{});
      EXPECT_EQ(world.tasks.call_at(Instant{}, [] {}), TimerId{});
      world.transport.send(NodeId(2), {}, "late");
      EXPECT_EQ(error_of(world.streams.listen({"127.0.0.1", 0})), Errc::kCrashed);
    }
    World& world;
  };
  world_->start([](World& world) { return std::make_unique<LateNode>(world); });
  ASSERT_NE(world_->node(), nullptr);
  world_->stop();
  EXPECT_EQ(world_->node(), nullptr);
}

TEST_F(RealTasks, RandomDependsOnSeedNodeAndIncarnation) {
  const Key key = Key("test").with(1);
  const auto same = node(1);
  const auto restarted = node(1, 2);
  const auto other = node(2);
  const std::uint64_t bits = world_->world().random.bits(key);
  EXPECT_EQ(same->world().random.bits(key), bits);
  EXPECT_NE(restarted->world().random.bits(key), bits);
  EXPECT_NE(other->world().random.bits(key), bits);
  for (std::uint64_t i = 0; i < 100; ++i)
    EXPECT_LT(world_->world().random.below(Key("b").with(i), 3), 3u);
}

}  // namespace
}  // namespace plumbline::real
