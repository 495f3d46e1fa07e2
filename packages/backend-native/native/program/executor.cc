#include "program/executor.h"

#include <chrono>
#include <exception>

#include "pool/float_mode.h"

namespace hadal {

namespace {

// Shorter programs run on the caller's thread: going to another one and back costs about 15 µs.
constexpr double kShortNs = 200'000;

}  // namespace

void Executor::run(const double* words, std::size_t count) {
  const Program program(words, count);
  const std::uint64_t identity = program.identity();
  // What kernels and programs remember is only touched while none of them runs.
  if (isIdle() && isShort(program, identity)) {
    FlushToZero flush;
    timed(program, identity);
    return;
  }
  enqueue({std::vector<double>(words, words + count), identity, nullptr, std::nullopt});
}

bool Executor::isShort(const Program& program, std::uint64_t identity) const {
  const std::optional<double> known = durations_.of(identity);
  return (known ? *known : program.nanoseconds(kShortNs)) <= kShortNs;
}

void Executor::timed(const Program& program, std::uint64_t identity) {
  const auto start = std::chrono::steady_clock::now();
  program.run(pool_, kept_, stopped_);
  const std::chrono::duration<double, std::nano> taken = std::chrono::steady_clock::now() - start;
  durations_.add(identity, taken.count());
}

void Executor::perform(std::function<void()> work) {
  if (isIdle()) {
    work();
  } else {
    enqueue({{}, 0, std::move(work), std::nullopt});
  }
}

void Executor::submit(std::uint64_t ticket, std::function<void()> work) { enqueue({{}, 0, std::move(work), ticket}); }

void Executor::waitUntilIdle() {
  std::unique_lock<std::mutex> lock(mutex_);
  idle_.wait(lock, [this] { return isIdle(); });
}

std::optional<std::string> Executor::takeFault() {
  std::lock_guard<std::mutex> lock(mutex_);
  std::optional<std::string> fault = std::move(fault_);
  fault_.reset();
  return fault;
}

void Executor::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_.store(true);
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Executor::enqueue(Task task) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (stopped_.load()) return;
  waiting_.fetch_add(1);
  tasks_.push_back(std::move(task));
  if (!thread_.joinable()) thread_ = std::thread(&Executor::loop, this);
  wake_.notify_one();
}

void Executor::loop() {
  FlushToZero flush;
  for (;;) {
    Task task;
    {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [this] { return stopped_.load() || !tasks_.empty(); });
      if (stopped_.load()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    carryOut(task);
    if (waiting_.fetch_sub(1) == 1) {
      std::lock_guard<std::mutex> lock(mutex_);
      idle_.notify_all();
    }
  }
}

void Executor::carryOut(Task& task) {
  try {
    if (task.work) {
      task.work();
    } else {
      timed(Program(task.words.data(), task.words.size()), task.identity);
    }
  } catch (const std::exception& error) {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!fault_) fault_ = error.what();
  }
  if (task.ticket) completed_({*task.ticket, takeFault()});
}

}  // namespace hadal
