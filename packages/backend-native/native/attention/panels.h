// Products of small matrices in memory of a thread, by the tiles of native/products.
#pragma once

#include <cstddef>
#include <cstdint>

#include "memory/scratch.h"

namespace hadal {

// A matrix as it lies in memory; strides in elements.
struct StridedMatrix {
  const float* data;
  std::int64_t row;
  std::int64_t column;
};

// The right operand of products: columns in panels that are as wide as a tile.
class Panels {
 public:
  // Packs inner × columns elements: element [k, j] is data[k · row + j · column].
  void pack(const StridedMatrix& from, std::int64_t inner, std::int64_t columns);

  // Columns with what pads the last panel: rows of results have room for so many.
  static std::int64_t padded(std::int64_t columns);

  // Columns that `multiply` writes when it is asked for some of them: whole panels.
  std::int64_t written(std::int64_t columns) const;

  // to[i, j] = Σ left[i, k] · right[k, j] over k < inner, for the first `columns` columns and what pads them.
  void multiply(const StridedMatrix& left, std::int64_t rows, std::int64_t inner, std::int64_t columns, float* to,
                std::int64_t stride) const;

  // Elements of sums that `accumulate` adds to, for so many rows and all columns.
  std::int64_t sumElements(std::int64_t rows) const;

  // Adds the products to sums in the order of tiles.
  void accumulate(const StridedMatrix& left, std::int64_t rows, std::int64_t inner, float* sums) const;

  // Copies sums, times a factor, to rows of the matrix.
  void finish(const float* sums, std::int64_t rows, float factor, float* to) const;

 private:
  Scratch memory_;
  float* packed_ = nullptr;
  std::int64_t inner_ = 0;
  std::int64_t columns_ = 0;
};

}  // namespace hadal
