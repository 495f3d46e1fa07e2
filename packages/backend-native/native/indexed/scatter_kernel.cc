#include "indexed/scatter_kernel.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <vector>

#include "indexed/indexed_call.h"
#include "isa/dispatch.h"
#include "memory/scratch.h"
#include "products/product.h"

namespace hadal {

namespace {

constexpr std::int64_t kElement = 4;
// Elements that one thread copies and combines sooner than a second one is woken.
constexpr std::int64_t kLeastParallel = 1 << 15;
constexpr std::int64_t kPiecesPerThread = 4;
// About what an element costs: it is read and written once in the copy, and once in an update.
constexpr double kNanosecondsPerElement = 0.5;

// A call in terms of axes: strides of the operand are `left`, of the updates `right`, of the indices `output`.
struct Scatter {
  std::int64_t operandOffset, indexOffset, updateOffset;
  // Extent of the indexed axis and the operand's stride along it.
  std::int64_t extent, operandStride;
  Axes outer, indices, inner;
};

Scatter scatterOf(const IndexedCall& call) {
  const auto& [operand, indices, updates] = std::tie(call.operands[0], call.operands[1], call.operands[2]);
  const std::size_t at = static_cast<std::size_t>(call.axis);
  const std::size_t batch = static_cast<std::size_t>(call.option);
  // Indices have as many axes as replace the indexed one.
  const std::size_t replaced = indices.shape.size() - batch;
  Scatter scatter = {operand.offset, indices.offset, updates.offset, operand.shape[at], operand.strides[at], {}, {}, {}};
  for (std::size_t i = 0; i < at; i++) {
    scatter.outer.push_back(
        {operand.shape[i], operand.strides[i], updates.strides[i], i < batch ? indices.strides[i] : 0, 0, 0});
  }
  for (std::size_t i = 0; i < replaced; i++) {
    scatter.indices.push_back({indices.shape[batch + i], 0, updates.strides[at + i], indices.strides[batch + i], 0, 0});
  }
  for (std::size_t i = at + 1; i < operand.shape.size(); i++) {
    scatter.inner.push_back({operand.shape[i], operand.strides[i], updates.strides[i + replaced - 1], 0, 0, 0});
  }
  return scatter;
}

// Offsets in bytes of every index of some axes.
struct Table {
  std::vector<std::ptrdiff_t> offsets;
  bool isContiguous;
  // Whether all indices are the same place, as of an operand that is one number.
  bool isRepeated;

  Table(const Axes& axes, std::int64_t Axis::*field) : offsets(static_cast<std::size_t>(countOf(axes))) {
    enumerate(axes, field, 0, countOf(axes), kElement, offsets.data());
    std::int64_t stride;
    isContiguous = offsets.size() <= 1 || (singleStride(axes, field, &stride) && stride == 1);
    isRepeated = std::all_of(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.*field == 0; });
  }
};

// A row whose elements lie at the offsets of a table, contiguous: itself, or a copy in `spare`.
const std::byte* contiguousRow(const std::byte* row, const Table& inner, std::byte* spare) {
  if (inner.isContiguous) return row;
  for (std::size_t i = 0; i < inner.offsets.size(); i++) {
    std::memcpy(spare + i * kElement, row + inner.offsets[i], kElement);
  }
  return spare;
}

}  // namespace

void ScatterKernel::run(const CallArguments& arguments, ThreadPool& pool) {
  const Scatter scatter = scatterOf(readIndexedCall(arguments, 3));
  const std::byte* operand = arguments.bindings[0] + scatter.operandOffset * kElement;
  const std::byte* indices = arguments.bindings[1] + scatter.indexOffset * kElement;
  const std::byte* updates = arguments.bindings[2] + scatter.updateOffset * kElement;
  std::byte* output = arguments.bindings[3];
  const std::int64_t outerCount = countOf(scatter.outer);
  const std::int64_t rowElements = countOf(scatter.inner);
  const std::int64_t extent = scatter.extent;
  if (outerCount == 0 || rowElements == 0 || extent == 0) return;
  const Table outerLeft(scatter.outer, &Axis::left), outerRight(scatter.outer, &Axis::right),
      outerIndex(scatter.outer, &Axis::output);
  const Table indexPlaces(scatter.indices, &Axis::output), updateRows(scatter.indices, &Axis::right);
  const Table operandInner(scatter.inner, &Axis::left), updateInner(scatter.inner, &Axis::right);
  const auto combine = kernelTable().indexed.combine[static_cast<int>(element_)][static_cast<int>(combine_)];

  // Rows of the result are dealt out. Whoever has a row looks at all indices for it, in order: so duplicates combine
  // in the order of the indices, however many threads there are.
  const auto compute = [&](std::int64_t outer, std::int64_t first, std::int64_t end) {
    thread_local Scratch scratch;
    auto* spare = scratch.of<std::byte>(static_cast<std::size_t>(rowElements * kElement));
    std::byte* result = output + outer * extent * rowElements * kElement;
    for (std::int64_t row = first; row < end; row++) {
      const std::byte* from = operand + outerLeft.offsets[outer] + row * scatter.operandStride * kElement;
      if (operandInner.isRepeated) {
        std::uint32_t bits;
        std::memcpy(&bits, from, kElement);
        std::fill_n(reinterpret_cast<std::uint32_t*>(result) + row * rowElements, rowElements, bits);
        continue;
      }
      std::memcpy(result + row * rowElements * kElement, contiguousRow(from, operandInner, spare), rowElements * kElement);
    }
    const std::byte* index = indices + outerIndex.offsets[outer];
    const std::byte* update = updates + outerRight.offsets[outer];
    for (std::size_t i = 0; i < indexPlaces.offsets.size(); i++) {
      std::int32_t row;
      std::memcpy(&row, index + indexPlaces.offsets[i], sizeof(row));
      if (row < first || row >= end) continue;
      combine(result + row * rowElements * kElement, contiguousRow(update + updateRows.offsets[i], updateInner, spare),
              rowElements);
    }
  };

  const std::int64_t elements = outerCount * rowElements * (extent + static_cast<std::int64_t>(indexPlaces.offsets.size()));
  if (pool.threads() == 1 || elements < kLeastParallel) {
    for (std::int64_t outer = 0; outer < outerCount; outer++) compute(outer, 0, extent);
    return;
  }
  const std::int64_t wanted = kPiecesPerThread * pool.threads();
  if (outerCount >= wanted) {
    pool.parallel(wanted, [&](std::int64_t piece, int) {
      for (std::int64_t outer = outerCount * piece / wanted; outer < outerCount * (piece + 1) / wanted; outer++) {
        compute(outer, 0, extent);
      }
    });
    return;
  }
  const std::int64_t ranges = std::min(extent, (wanted + outerCount - 1) / outerCount);
  pool.parallel(outerCount * ranges, [&](std::int64_t piece, int) {
    const std::int64_t range = piece % ranges;
    compute(piece / ranges, extent * range / ranges, extent * (range + 1) / ranges);
  });
}

double ScatterKernel::nanoseconds(const CallArguments& arguments) const {
  const Scatter scatter = scatterOf(readIndexedCall(arguments, 3));
  return kNanosecondsPerElement * static_cast<double>(countOf(scatter.outer)) * countOf(scatter.inner) *
         (scatter.extent + countOf(scatter.indices));
}

}  // namespace hadal
