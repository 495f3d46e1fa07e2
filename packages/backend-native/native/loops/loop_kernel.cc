#include "loops/loop_kernel.h"

#include <algorithm>

#include "loops/elements.h"
#include "loops/execution.h"

namespace hadal {

namespace {

// A task shorter than this is not worth waking a thread for.
constexpr double kTaskNs = 20'000;
// Tasks of a dispatch at most: enough to even out what threads take.
constexpr std::int64_t kMostTasks = 64;
constexpr std::size_t kMostGeometries = 16;

}  // namespace

LoopGeometry& LoopKernel::geometryOf(const LoopArguments& arguments) {
  const std::int32_t* integers = arguments.integers;
  const auto count = static_cast<std::size_t>(arguments.integerCount);
  for (const auto& known : known_) {
    if (std::equal(integers, integers + count, known->integers.begin(), known->integers.end())) return known->geometry;
  }
  auto made = std::make_unique<Known>(Known{{integers, integers + count}, makeGeometry(program_, integers)});
  if (known_.size() < kMostGeometries) {
    known_.push_back(std::move(made));
    return known_.back()->geometry;
  }
  auto& replaced = known_[oldest_++ % kMostGeometries];
  replaced = std::move(made);
  return replaced->geometry;
}

void LoopKernel::run(const LoopArguments& arguments, ThreadPool& pool, const std::atomic<bool>& stopped) {
  LoopGeometry& geometry = geometryOf(arguments);
  if (geometry.units == 0) return;
  checkBounds(program_, geometry, arguments);
  if (SteadyTable& table = geometry.steadyTable; table.units > 0 && table.memory.empty()) {
    table.memory.resize(static_cast<std::size_t>(table.units) * geometry.steadyLayout.bytes + kCacheLine);
    Execution(program_, geometry, arguments, stopped).fillSteady();
  }
  const auto wanted = static_cast<std::int64_t>(geometry.nanoseconds / kTaskNs);
  const std::int64_t tasks = std::clamp<std::int64_t>(wanted, 1, std::min(kMostTasks, geometry.units));
  pool.parallel(tasks, [&](std::int64_t task, int) {
    Execution execution(program_, geometry, arguments, stopped);
    execution.run(geometry.units * task / tasks, geometry.units * (task + 1) / tasks);
  });
}

}  // namespace hadal
