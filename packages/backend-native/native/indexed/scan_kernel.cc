#include "indexed/scan_kernel.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "indexed/indexed_call.h"
#include "isa/dispatch.h"
#include "memory/scratch.h"
#include "products/product.h"

namespace hadal {

namespace {

constexpr std::int64_t kElement = 4;
constexpr std::int64_t kLeastParallel = 1 << 15;
// Elements that are scanned together: two copies of them lie in the second-level cache.
constexpr std::int64_t kBlockElements = 1 << 14;
// Neighbouring rows that are scanned side by side.
constexpr std::int64_t kMostLanes = 512;
// For each of some ten steps.
constexpr double kNanosecondsPerElement = 2;

struct Scan {
  std::int64_t offset;
  // Along the scanned axis.
  std::int64_t extent, stride;
  // Strides of the operand are `left`.
  Axes outer, inner;
};

Scan scanOf(const IndexedCall& call) {
  const StridedOperand& operand = call.operands[0];
  const std::size_t at = static_cast<std::size_t>(call.axis);
  Scan scan = {operand.offset, operand.shape[at], operand.strides[at], {}, {}};
  for (std::size_t i = 0; i < operand.shape.size(); i++) {
    if (i != at) (i < at ? scan.outer : scan.inner).push_back({operand.shape[i], operand.strides[i], 0, 0, 0, 0});
  }
  return scan;
}

// Scans `extent` rows of `lanes` elements each. Returns whichever of the two buffers holds the result.
std::byte* scanRows(std::byte* rows, std::byte* spare, std::int64_t extent, std::int64_t lanes,
                    void (*combine)(void*, const void*, std::ptrdiff_t)) {
  for (std::int64_t distance = 1; distance < extent; distance *= 2) {
    std::memcpy(spare, rows, extent * lanes * kElement);
    combine(spare + distance * lanes * kElement, rows, (extent - distance) * lanes);
    std::swap(rows, spare);
  }
  return rows;
}

}  // namespace

void ScanKernel::run(const CallArguments& arguments, ThreadPool& pool) {
  const IndexedCall call = readIndexedCall(arguments, 1);
  const Scan scan = scanOf(call);
  const bool isBackward = call.option == 1;
  const std::int64_t outerCount = countOf(scan.outer);
  const std::int64_t innerCount = countOf(scan.inner);
  const std::int64_t extent = scan.extent;
  if (outerCount * innerCount * extent == 0) return;
  const std::byte* operand = arguments.bindings[0] + scan.offset * kElement;
  std::byte* output = arguments.bindings[1];
  const auto combine = kernelTable().indexed.combine[static_cast<int>(element_)][static_cast<int>(combine_)];
  const std::int64_t most = std::clamp<std::int64_t>(kBlockElements / extent, 1, kMostLanes);
  const std::int64_t groups = (innerCount + most - 1) / most;

  const auto compute = [&](std::int64_t piece, int) {
    const std::int64_t outer = piece / groups;
    const std::int64_t first = piece % groups * most;
    const std::int64_t lanes = std::min(most, innerCount - first);
    std::ptrdiff_t outerOffset;
    enumerate(scan.outer, &Axis::left, outer, 1, kElement, &outerOffset);
    std::ptrdiff_t places[kMostLanes];
    enumerate(scan.inner, &Axis::left, first, lanes, kElement, places);
    thread_local Scratch scratch;
    const std::int64_t bytes = extent * lanes * kElement;
    auto* rows = scratch.of<std::byte>(static_cast<std::size_t>(2 * bytes));
    const auto placeOf = [&](std::int64_t i) { return isBackward ? extent - 1 - i : i; };
    for (std::int64_t i = 0; i < extent; i++) {
      const std::byte* from = operand + outerOffset + placeOf(i) * scan.stride * kElement;
      std::byte* row = rows + i * lanes * kElement;
      for (std::int64_t lane = 0; lane < lanes; lane++) std::memcpy(row + lane * kElement, from + places[lane], kElement);
    }
    const std::byte* result = scanRows(rows, rows + bytes, extent, lanes, combine);
    for (std::int64_t i = 0; i < extent; i++) {
      std::memcpy(output + ((outer * extent + placeOf(i)) * innerCount + first) * kElement, result + i * lanes * kElement,
                  lanes * kElement);
    }
  };
  const std::int64_t pieces = outerCount * groups;
  if (pool.threads() > 1 && pieces > 1 && outerCount * innerCount * extent >= kLeastParallel) {
    pool.parallel(pieces, compute);
  } else {
    for (std::int64_t piece = 0; piece < pieces; piece++) compute(piece, 0);
  }
}

double ScanKernel::nanoseconds(const CallArguments& arguments) const {
  const Scan scan = scanOf(readIndexedCall(arguments, 1));
  return kNanosecondsPerElement * static_cast<double>(countOf(scan.outer)) * countOf(scan.inner) * scan.extent;
}

}  // namespace hadal
