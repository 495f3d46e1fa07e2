#include "pooling/max_pool_kernel.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "isa/dispatch.h"
#include "pool/for_each.h"

namespace hadal {

namespace {

constexpr double kElementsPerNanosecond = 4;
constexpr double kNanosecondsPerPosition = 10;
// Work below this is done sooner than a second thread is woken.
constexpr double kLeastParallelNanoseconds = 20000;

// Windows along one axis, distances between elements of the image included.
struct WindowAxis {
  std::int64_t extent;
  std::int64_t positions;
  std::int64_t size;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t before;
  std::int64_t distance;

  std::int64_t startOf(std::int64_t position) const { return position * stride - before; }
  bool isInside(std::int64_t position) const {
    return startOf(position) >= 0 && startOf(position) + (size - 1) * dilation < extent;
  }
};

// The integers of a call, as src/library/pooling.ts writes them.
struct MaxPoolCall {
  std::int64_t batch;
  std::int64_t channels;
  std::int64_t offset;
  std::int64_t batchDistance;
  WindowAxis rows;
  WindowAxis columns;

  double nanoseconds() const {
    const double positions = static_cast<double>(batch) * rows.positions * columns.positions;
    return positions * (kNanosecondsPerPosition + rows.size * columns.size * channels / kElementsPerNanosecond);
  }
};

MaxPoolCall read(const CallArguments& arguments) {
  int position = 0;
  const auto next = [&]() -> std::int64_t {
    if (position == arguments.integerCount) throw std::invalid_argument("an argument of a pool is missing");
    return arguments.integers[position++];
  };
  MaxPoolCall call = {};
  for (std::int64_t* each : {&call.batch, &call.channels, &call.offset, &call.batchDistance}) *each = next();
  for (WindowAxis* axis : {&call.rows, &call.columns}) {
    for (auto field : {&WindowAxis::extent, &WindowAxis::positions, &WindowAxis::size, &WindowAxis::stride,
                       &WindowAxis::dilation, &WindowAxis::before, &WindowAxis::distance}) {
      axis->*field = next();
    }
  }
  return call;
}

// All windows of one row of positions in one image.
void poolRow(const MaxPoolCall& call, const float* image, std::int64_t row, float* to) {
  const auto greatest = kernelTable().pooling.greatest;
  thread_local std::vector<const float*> elements;
  for (std::int64_t column = 0, next; column < call.columns.positions; column = next) {
    // Windows that reach nowhere beyond the image have the same elements, further on.
    next = column + 1;
    if (call.columns.isInside(column)) {
      while (next < call.columns.positions && call.columns.isInside(next)) next++;
    }
    elements.clear();
    for (std::int64_t i = 0; i < call.rows.size; i++) {
      const std::int64_t y = call.rows.startOf(row) + i * call.rows.dilation;
      if (y < 0 || y >= call.rows.extent) continue;
      for (std::int64_t j = 0; j < call.columns.size; j++) {
        const std::int64_t x = call.columns.startOf(column) + j * call.columns.dilation;
        if (x < 0 || x >= call.columns.extent) continue;
        elements.push_back(image + y * call.rows.distance + x * call.columns.distance);
      }
    }
    greatest(to + column * call.channels, elements.data(), static_cast<int>(elements.size()), call.channels,
             next - column, call.columns.stride * call.columns.distance);
  }
}

}  // namespace

void MaxPoolKernel::run(const CallArguments& arguments, ThreadPool& pool) {
  const MaxPoolCall call = read(arguments);
  const auto* from = reinterpret_cast<const float*>(arguments.bindings[0]) + call.offset;
  auto* to = reinterpret_cast<float*>(arguments.bindings[1]);
  const std::int64_t rowElements = call.columns.positions * call.channels;
  const bool isParallel = pool.threads() > 1 && call.nanoseconds() >= kLeastParallelNanoseconds;
  forEach(pool, isParallel, call.batch * call.rows.positions, [&](std::int64_t task) {
    const std::int64_t image = task / call.rows.positions;
    poolRow(call, from + image * call.batchDistance, task % call.rows.positions, to + task * rowElements);
  });
}

double MaxPoolKernel::nanoseconds(const CallArguments& arguments) const { return read(arguments).nanoseconds(); }

}  // namespace hadal
