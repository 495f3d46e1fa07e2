#include "indexed/scan_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "indexed/indexed_call.h"
#include "isa/dispatch.h"
#include "products/product.h"

namespace hadal {

namespace {

constexpr std::int64_t kElement = 4;
constexpr std::int64_t kLeastParallel = 1 << 15;
// Neighbouring rows that are scanned side by side.
constexpr std::int64_t kMostLanes = 512;
// Every sum waits for the one before.
constexpr double kNanosecondsPerElement = 1.5;

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

void fillTotals(void* totals, Element element, Combine combine, std::int64_t count) {
  const bool isFloat = element == Element::f32;
  const double value = combine == Combine::mul   ? 1
                       : combine == Combine::max ? (isFloat ? -HUGE_VAL : -2147483648.0)
                       : combine == Combine::min ? (isFloat ? HUGE_VAL : 2147483647.0)
                                                 : 0;
  if (isFloat) {
    std::fill_n(static_cast<double*>(totals), count, value);
  } else {
    std::fill_n(static_cast<std::int32_t*>(totals), count, static_cast<std::int32_t>(value));
  }
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
  const auto step = kernelTable().indexed.scan[static_cast<int>(element_)][static_cast<int>(combine_)];
  std::int64_t innerStride;
  const bool isContiguous = innerCount == 1 || (singleStride(scan.inner, &Axis::left, &innerStride) && innerStride == 1);
  const std::int64_t groups = (innerCount + kMostLanes - 1) / kMostLanes;

  const auto compute = [&](std::int64_t piece, int) {
    const std::int64_t outer = piece / groups;
    const std::int64_t first = piece % groups * kMostLanes;
    const std::int64_t lanes = std::min(kMostLanes, innerCount - first);
    std::ptrdiff_t outerOffset;
    enumerate(scan.outer, &Axis::left, outer, 1, kElement, &outerOffset);
    std::ptrdiff_t places[kMostLanes];
    enumerate(scan.inner, &Axis::left, first, lanes, kElement, places);
    alignas(64) double totals[kMostLanes];
    alignas(64) std::byte row[kMostLanes * kElement];
    fillTotals(totals, element_, combine_, lanes);
    for (std::int64_t i = 0; i < extent; i++) {
      const std::int64_t at = isBackward ? extent - 1 - i : i;
      const std::byte* from = operand + outerOffset + at * scan.stride * kElement;
      if (isContiguous) {
        from += places[0];
      } else {
        for (std::int64_t lane = 0; lane < lanes; lane++) std::memcpy(row + lane * kElement, from + places[lane], kElement);
        from = row;
      }
      step(output + ((outer * extent + at) * innerCount + first) * kElement, totals, from, lanes);
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
