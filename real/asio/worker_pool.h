#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "nodes/base/unique_function.h"

namespace plumbline::real {

// A few threads for calls of the kernel that block long. They start with the first job, run none of
// our node code, and take no signals. The destructor waits for the jobs that run and drops those
// that wait.
class WorkerPool {
 public:
  explicit WorkerPool(int threads) : wanted_(threads) {}
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void submit(UniqueFunction<void()> job);

 private:
  void start();
  void work();

  const int wanted_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<UniqueFunction<void()>> jobs_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace plumbline::real
