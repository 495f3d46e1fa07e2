// Work in pieces, on all threads where that pays.
#pragma once

#include <cstdint>

#include "pool/thread_pool.h"

namespace hadal {

// Calls body(task) for each task.
template <class Body>
void forEach(ThreadPool& pool, bool isParallel, std::int64_t tasks, const Body& body) {
  if (isParallel && tasks > 1) {
    pool.parallel(tasks, [&](std::int64_t task, int) { body(task); });
  } else {
    for (std::int64_t task = 0; task < tasks; task++) body(task);
  }
}

}  // namespace hadal
