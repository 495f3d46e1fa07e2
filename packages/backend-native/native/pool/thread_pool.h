// The threads that share the work of one kernel.
//
// There is one set of helper threads per process; a ThreadPool is a share of it with a limit of its own, so that several
// devices, and several workers of Node, do not fight over the cores. While one caller uses the helpers, another one does
// its work alone: results do not depend on who helps.
#pragma once

#include <cstdint>

namespace hadal {

class ThreadPool {
 public:
  // At most `threads` threads work at once, the caller included.
  explicit ThreadPool(int threads) : threads_(threads < 1 ? 1 : threads) {}

  // Bodies are called with thread numbers below this.
  int threads() const { return threads_; }

  // Calls body(task, thread) once for every task below `tasks`, in any order, and returns when all are done. No two calls
  // at one time have the same thread number. The first exception that a body throws is thrown again here, once no
  // body is running.
  template <class Body>
  void parallel(std::int64_t tasks, const Body& body) {
    run(
        tasks, [](const void* context, std::int64_t task, int thread) { (*static_cast<const Body*>(context))(task, thread); },
        &body);
  }

 private:
  using Call = void (*)(const void* context, std::int64_t task, int thread);
  void run(std::int64_t tasks, Call call, const void* context);

  int threads_;
};

}  // namespace hadal
