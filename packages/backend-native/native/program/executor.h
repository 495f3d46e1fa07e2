// The order of a device's work. What comes while nothing is waiting and is short runs at once, on the caller's thread;
// everything else runs on a thread of its own, started at first use, so that the event loop goes on.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "pool/thread_pool.h"
#include "program/durations.h"
#include "program/program.h"

namespace hadal {

// The outcome of something that was waited for: `fault` holds the message of the first failure before it.
struct Completion {
  std::uint64_t ticket;
  std::optional<std::string> fault;
};

class Executor {
 public:
  // `completed` is called on the executor's thread.
  Executor(int threads, KeptOperands& kept, std::function<void(Completion)> completed)
      : pool_(threads), kept_(kept), completed_(std::move(completed)) {}
  ~Executor() { stop(); }
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  // All of these are called by the thread that owns the device.

  // Runs a program now or later; throws what it throws when that is now. The words are copied when it is later.
  void run(const double* words, std::size_t count);
  // Calls `work` after everything submitted before: now, if nothing is waiting.
  void perform(std::function<void()> work);
  // Calls `work` after everything submitted before, on the other thread, and completes the ticket afterwards.
  void submit(std::uint64_t ticket, std::function<void()> work);

  // Whether everything submitted is done.
  bool isIdle() const { return waiting_.load(std::memory_order_acquire) == 0; }
  void waitUntilIdle();
  // The message of the first failure that nobody has heard of, which is then forgotten. Only when idle.
  std::optional<std::string> takeFault();

  // Ends the work: the dispatch at hand is finished, or left where it can be, and nothing else begins.
  void stop();

 private:
  struct Task {
    std::vector<double> words;
    std::uint64_t identity = 0;
    std::function<void()> work;
    std::optional<std::uint64_t> ticket;
  };

  void enqueue(Task task);
  void loop();
  void carryOut(Task& task);
  bool isShort(const Program& program, std::uint64_t identity) const;
  void timed(const Program& program, std::uint64_t identity);

  ThreadPool pool_;
  KeptOperands& kept_;
  std::function<void(Completion)> completed_;
  std::thread thread_;
  std::atomic<bool> stopped_{false};
  // Tasks that are queued or at work.
  std::atomic<std::int64_t> waiting_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::deque<Task> tasks_;
  std::optional<std::string> fault_;
  // Of the thread that has something to do.
  Durations durations_;
};

}  // namespace hadal
