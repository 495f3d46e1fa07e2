#include "pool/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "pool/cores.h"
#include "pool/float_mode.h"

namespace hadal {

namespace {

using Clock = std::chrono::steady_clock;

// Waking a sleeping thread takes 5 to 50 µs; the next kernel of a program usually comes sooner.
constexpr std::chrono::microseconds kSpinTime{50};
// Reading the clock costs as much as this many looks at a variable.
constexpr int kLooksPerClock = 32;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Looks at `condition` for a short while. Returns whether it came true.
template <class Condition>
bool spinUntil(const Condition& condition) {
  const auto end = Clock::now() + kSpinTime;
  do {
    for (int i = 0; i < kLooksPerClock; i++) {
      if (condition()) return true;
      relax();
    }
  } while (Clock::now() < end);
  return condition();
}

// The helper threads of the process. Never destroyed: they sleep until the process is gone.
class Helpers {
 public:
  static Helpers& instance() {
    static Helpers* helpers = new Helpers();
    return *helpers;
  }

  // False when others are using the helpers.
  bool tryAcquire() { return !busy_.exchange(true, std::memory_order_acquire); }
  void release() { busy_.store(false, std::memory_order_release); }

  // Runs the tasks with at most `wanted` helpers. To be called by whoever acquired them.
  void run(std::int64_t tasks, int wanted, void (*call)(const void*, std::int64_t, int), const void* context) {
    start(wanted);
    call_ = call;
    context_ = context;
    tasks_ = tasks;
    failure_ = nullptr;
    nextTask_.store(0, std::memory_order_relaxed);
    left_.store(0, std::memory_order_relaxed);
    places_.store(wanted, std::memory_order_release);
    generation_.fetch_add(1);
    if (sleeping_.load() > 0) {
      std::lock_guard<std::mutex> lock(mutex_);
      wake_.notify_all();
    }
    work(0);
    // Whoever has not come by now is not waited for.
    const int unused = std::max(places_.exchange(kClosed, std::memory_order_acq_rel), 0);
    awaitHelpers(wanted - unused);
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  // Far below 0, so that no number of helpers that ask for a place makes it one.
  static constexpr int kClosed = -(1 << 30);

  void start(int wanted) {
    for (; count_ < wanted; count_++) std::thread(&Helpers::loop, this).detach();
    // With more threads than cores, a spinning thread takes the core that the others need.
    maySpin_.store(count_ < cores_, std::memory_order_relaxed);
  }

  void loop() {
    FlushToZero flush;
    std::uint64_t seen = 0;
    for (;;) {
      awaitJob(seen);
      seen = generation_.load();
      const int thread = places_.fetch_sub(1, std::memory_order_acq_rel);
      if (thread <= 0) continue;
      work(thread);
      leave();
    }
  }

  void awaitJob(std::uint64_t seen) {
    const auto isNew = [&] { return generation_.load() != seen; };
    if (maySpin_.load(std::memory_order_relaxed) && spinUntil(isNew)) return;
    std::unique_lock<std::mutex> lock(mutex_);
    sleeping_.fetch_add(1);
    wake_.wait(lock, isNew);
    sleeping_.fetch_sub(1);
  }

  void work(int thread) {
    try {
      for (;;) {
        const std::int64_t task = nextTask_.fetch_add(1, std::memory_order_relaxed);
        if (task >= tasks_) return;
        call_(context_, task, thread);
      }
    } catch (...) {
      // Tasks that have not begun are dropped.
      nextTask_.store(tasks_, std::memory_order_relaxed);
      std::lock_guard<std::mutex> lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
  }

  void leave() {
    left_.fetch_add(1, std::memory_order_acq_rel);
    std::lock_guard<std::mutex> lock(mutex_);
    done_.notify_one();
  }

  void awaitHelpers(int came) {
    const auto haveLeft = [&] { return left_.load(std::memory_order_acquire) == came; };
    if (haveLeft() || (maySpin_.load(std::memory_order_relaxed) && spinUntil(haveLeft))) return;
    std::unique_lock<std::mutex> lock(mutex_);
    done_.wait(lock, haveLeft);
  }

  const int cores_ = availableCores();
  std::atomic<bool> busy_{false};
  std::atomic<bool> maySpin_{false};
  int count_ = 0;

  // The job at work.
  void (*call_)(const void*, std::int64_t, int) = nullptr;
  const void* context_ = nullptr;
  std::int64_t tasks_ = 0;
  std::exception_ptr failure_;
  alignas(64) std::atomic<std::int64_t> nextTask_{0};
  // Places for helpers that are free; `kClosed` once the caller has run out of tasks.
  alignas(64) std::atomic<int> places_{kClosed};
  std::atomic<int> left_{0};

  alignas(64) std::atomic<std::uint64_t> generation_{0};
  std::atomic<int> sleeping_{0};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
};

}  // namespace

void ThreadPool::run(std::int64_t tasks, Call call, const void* context) {
  const int wanted = static_cast<int>(std::min<std::int64_t>(threads_, tasks)) - 1;
  Helpers& helpers = Helpers::instance();
  if (wanted < 1 || !helpers.tryAcquire()) {
    for (std::int64_t task = 0; task < tasks; task++) call(context, task, 0);
    return;
  }
  struct Release {
    Helpers& helpers;
    ~Release() { helpers.release(); }
  } release{helpers};
  helpers.run(tasks, wanted, call, context);
}

}  // namespace hadal
