#include "loops/loop_kernel.h"

#include <algorithm>

#include "loops/execution.h"

namespace hadal {

namespace {

// A task shorter than this is not worth waking a thread for.
constexpr double kTaskNs = 20'000;
// Tasks of a dispatch at most: enough to even out what threads take.
constexpr std::int64_t kMostTasks = 64;

}  // namespace

const LoopGeometry& LoopKernel::geometryOf(const LoopArguments& arguments) {
  const std::int32_t* integers = arguments.integers;
  const auto count = static_cast<std::size_t>(arguments.integerCount);
  const bool isKnown = hasGeometry_ && count == integers_.size() && std::equal(integers, integers + count, integers_.begin());
  if (!isKnown) {
    geometry_ = makeGeometry(program_, integers);
    integers_.assign(integers, integers + count);
    hasGeometry_ = true;
  }
  return geometry_;
}

void LoopKernel::run(const LoopArguments& arguments, ThreadPool& pool, const std::atomic<bool>& stopped) {
  const LoopGeometry& geometry = geometryOf(arguments);
  if (geometry.units == 0) return;
  checkBounds(program_, geometry, arguments);
  const auto wanted = static_cast<std::int64_t>(geometry.nanoseconds / kTaskNs);
  const std::int64_t tasks = std::clamp<std::int64_t>(wanted, 1, std::min(kMostTasks, geometry.units));
  pool.parallel(tasks, [&](std::int64_t task, int) {
    Execution execution(program_, geometry, arguments, stopped);
    execution.run(geometry.units * task / tasks, geometry.units * (task + 1) / tasks);
  });
}

}  // namespace hadal
