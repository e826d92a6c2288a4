#include "real/asio/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>

#include "nodes/base/assert.h"

namespace plumbline::real {

namespace asio = boost::asio;

struct EventLoop::Parts {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> stays{context.get_executor()};
  asio::signal_set signals{context};
  UniqueFunction<void(int)> on_signal;

  void wait_for_signal() {
    signals.async_wait([this](boost::system::error_code failed, int signal) {
      if (failed) return;
      wait_for_signal();
      on_signal(signal);
    });
  }
};

EventLoop::EventLoop() : parts_(std::make_unique<Parts>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
  parts_->context.restart();
  parts_->context.run();
}

bool EventLoop::run_until(UniqueFunction<bool()> done, Duration limit) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::nanoseconds(limit.ns);
  parts_->context.restart();
  while (!done()) {
    if (parts_->context.run_one_until(deadline) == 0) return done();
  }
  return true;
}

void EventLoop::stop() { parts_->context.stop(); }

void EventLoop::post(UniqueFunction<void()> call) {
  asio::post(parts_->context, [call = std::move(call)]() mutable { call(); });
}

void EventLoop::after(Duration delay, UniqueFunction<void()> call) {
  auto timer =
      std::make_unique<asio::steady_timer>(parts_->context, std::chrono::nanoseconds(delay.ns));
  asio::steady_timer& started = *timer;
  started.async_wait(
      [timer = std::move(timer), call = std::move(call)](boost::system::error_code failed) mutable {
        if (!failed) call();
      });
}

void EventLoop::on_signals(const std::vector<int>& signals, UniqueFunction<void(int)> call) {
  PLUMB_ASSERT(!parts_->on_signal);
  parts_->on_signal = std::move(call);
  for (const int signal : signals) {
    boost::system::error_code failed;
    parts_->signals.add(signal, failed);
    PLUMB_ASSERT(!failed, "signal " + std::to_string(signal) + ": " + failed.message());
  }
  parts_->wait_for_signal();
}

boost::asio::io_context& EventLoop::context() { return parts_->context; }

}  // namespace plumbline::real
