#include "attention/panels.h"

#include <algorithm>

#include "isa/dispatch.h"

namespace hadal {

namespace {

constexpr std::int64_t kElement = sizeof(float);

const ProductKernels& kernels() { return kernelTable().products; }
std::int64_t panelColumns() { return std::int64_t{kernels().lanes} * kTileVectors; }

// Vectors of the panel that begins at a column.
int vectorsAt(std::int64_t column, std::int64_t columns) { return columns - column > kernels().lanes ? kTileVectors : 1; }

const std::ptrdiff_t* multiples(Scratch& scratch, std::int64_t count, std::int64_t step) {
  auto* offsets = scratch.of<std::ptrdiff_t>(std::max<std::int64_t>(count, 1));
  for (std::int64_t i = 0; i < count; i++) offsets[i] = i * step * kElement;
  return offsets;
}

// Calls body(call, firstRow, rows) for each tile of rows, with the left operand set.
template <class Body>
void forEachTile(const StridedMatrix& left, std::int64_t rows, const Body& body) {
  TileCall call = {};
  const char* places[kMostTileRows];
  call.leftRows = places;
  for (std::int64_t first = 0; first < rows; first += kernels().tileRows) {
    const int count = static_cast<int>(std::min<std::int64_t>(kernels().tileRows, rows - first));
    for (int i = 0; i < count; i++) places[i] = reinterpret_cast<const char*>(left.data + (first + i) * left.row);
    body(call, first, count);
  }
}

TileFunction tileOf(int vectors, int rows) {
  return kernels().tiles[static_cast<int>(LeftForm::inPlace)][vectors - 1][rows - 1];
}

}  // namespace

std::int64_t Panels::padded(std::int64_t columns) {
  const std::int64_t last = columns / panelColumns() * panelColumns();
  return columns == last ? last : last + std::int64_t{kernels().lanes} * vectorsAt(last, columns);
}

std::int64_t Panels::written(std::int64_t columns) const {
  const std::int64_t panels = (columns + panelColumns() - 1) / panelColumns();
  return std::min(panels * panelColumns(), padded(columns_));
}

void Panels::pack(const StridedMatrix& from, std::int64_t inner, std::int64_t columns) {
  thread_local Scratch minorScratch, innerScratch;
  inner_ = inner;
  columns_ = columns;
  // Packing may write one vector beyond its end.
  packed_ = memory_.of<float>(padded(columns) * inner + kernels().lanes);
  const auto* minor = multiples(minorScratch, columns, from.column);
  const auto* steps = multiples(innerScratch, inner, from.row);
  for (std::int64_t column = 0; column < columns; column += panelColumns()) {
    const std::int64_t width = std::int64_t{kernels().lanes} * vectorsAt(column, columns);
    kernels().pack(packed_ + column * inner, width, reinterpret_cast<const char*>(from.data), minor + column,
                   std::min(width, columns - column), steps, inner);
  }
}

void Panels::multiply(const StridedMatrix& left, std::int64_t rows, std::int64_t inner, std::int64_t columns, float* to,
                      std::int64_t stride) const {
  thread_local Scratch innerScratch;
  const auto* steps = multiples(innerScratch, inner, left.column);
  std::ptrdiff_t outputRows[kMostTileRows];
  for (int i = 0; i < kMostTileRows; i++) outputRows[i] = i * stride * kElement;
  forEachTile(left, rows, [&](TileCall& call, std::int64_t first, int count) {
    call.leftInner = steps;
    call.inner = inner;
    call.isFirst = true;
    call.isLast = true;
    call.outputRows = outputRows;
    for (std::int64_t column = 0; column < columns; column += panelColumns()) {
      const int vectors = vectorsAt(column, columns_);
      call.right = packed_ + column * inner_;
      call.output = reinterpret_cast<char*>(to + first * stride + column);
      call.columns = vectors * kernels().lanes;
      tileOf(vectors, count)(call);
    }
  });
}

std::int64_t Panels::sumElements(std::int64_t rows) const { return rows * padded(columns_); }

void Panels::accumulate(const StridedMatrix& left, std::int64_t rows, std::int64_t inner, float* sums) const {
  thread_local Scratch innerScratch;
  const auto* steps = multiples(innerScratch, inner, left.column);
  forEachTile(left, rows, [&](TileCall& call, std::int64_t first, int count) {
    call.leftInner = steps;
    call.inner = inner;
    call.sums = sums + first * padded(columns_);
    for (std::int64_t column = 0; column < columns_; column += panelColumns()) {
      const int vectors = vectorsAt(column, columns_);
      call.right = packed_ + column * inner_;
      tileOf(vectors, count)(call);
      call.sums += std::int64_t{count} * vectors * kernels().lanes;
    }
  });
}

void Panels::finish(const float* sums, std::int64_t rows, float factor, float* to) const {
  for (std::int64_t first = 0; first < rows; first += kernels().tileRows) {
    const std::int64_t count = std::min<std::int64_t>(kernels().tileRows, rows - first);
    for (std::int64_t column = 0; column < columns_; column += panelColumns()) {
      const std::int64_t width = std::int64_t{kernels().lanes} * vectorsAt(column, columns_);
      const std::int64_t used = std::min(width, columns_ - column);
      for (std::int64_t i = 0; i < count; i++, sums += width) {
        float* row = to + (first + i) * columns_ + column;
        for (std::int64_t j = 0; j < used; j++) row[j] = sums[j] * factor;
      }
    }
  }
}

}  // namespace hadal
