// The one form that matrix products and convolutions come in (see core/src/products/product.ts):
//
//   output[row, column] = Σ over `inner` of left[row, inner] · right[inner, column],   for every index of `loop`
//
// Rows, inner and columns are lists of axes with a stride in each place; so no operand is ever rearranged beforehand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hadal {

// One axis, with the distance in elements between neighbours in each place it moves through.
struct Axis {
  std::int64_t extent;
  std::int64_t left;
  std::int64_t right;
  std::int64_t output;
  // In the index of the result's row, which `row` side inputs are read at.
  std::int64_t row;
  // In the index of the result's column; only groups of a convolution move it.
  std::int64_t column;
};

using Axes = std::vector<Axis>;

struct Product {
  // Whether the call's second operand is the left one.
  bool exchanged;
  // Element offsets of the first element in the operands and in the outputs.
  std::int64_t left;
  std::int64_t right;
  std::int64_t output;
  // Index of the first row.
  std::int64_t row;
  // Repeated: batches and groups.
  Axes loop;
  Axes rows;
  Axes inner;
  // Contiguous in the output.
  Axes columns;
  // Whether the sums of the right operand over `inner` are stored too, one for each column.
  bool sums = false;
};

// The number of indices that a list of axes has together.
std::int64_t countOf(const Axes& axes);

// Reads products as `encodeProducts` of core writes them. Throws std::invalid_argument when there are too few integers.
std::vector<Product> decodeProducts(const std::int32_t* integers, std::size_t count);

// Writes the distances that `count` indices of the axes from `start` on have from the first one along `field`, each
// times `scale`.
void enumerate(const Axes& axes, std::int64_t Axis::*field, std::int64_t start, std::int64_t count,
               std::int64_t scale, std::ptrdiff_t* to);

// The one stride that walks all axes along `field`; false when there is none.
bool singleStride(const Axes& axes, std::int64_t Axis::*field, std::int64_t* stride);

}  // namespace hadal
