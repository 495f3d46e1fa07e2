// What products need of an instruction set.
#pragma once

#include <cstddef>

namespace hadal {

// Rows of the largest tile of any instruction set.
constexpr int kMostTileRows = 12;
// Vectors that a tile is wide.
constexpr int kTileVectors = 2;
// Rows that are taken through the right operand together where it is read in place.
constexpr int kMostFewRows = 4;

// How tiles read the left operand.
enum class LeftForm : int {
  // Where it lies: each row and each inner index have an address of their own.
  inPlace,
  // Packed, as the right operand is.
  packed,
  // Packed like the right operand as pairs of bfloat16 numbers, two inner indices in 32 bits.
  pairs,
};
constexpr int kLeftForms = 3;

// One tile: `rows` × `vectors` sums over a stretch of the inner axis, kept in registers.
struct TileCall {
  // The left operand: packed, `rows` values for each inner index; or in place, where each row begins and the byte
  // offset of each inner index.
  const float* left;
  const char* const* leftRows;
  const std::ptrdiff_t* leftInner;
  // The right operand, packed: `vectors` vectors for each inner index.
  const float* right;
  std::ptrdiff_t inner;
  // Sums of the stretches before and after this one, row after row.
  float* sums;
  // Begin with 0 instead of `sums`.
  bool isFirst;
  // Store to `output` instead of `sums`.
  bool isLast;
  // The first `columns` sums of each row, plus column[j], plus full[row, j], at least 0 where `rectify` is set.
  // Byte offsets of the rows are the same in `output` and `full`; `column` has whole vectors.
  char* output;
  const char* full;
  const float* column;
  bool rectify;
  int columns;
  const std::ptrdiff_t* outputRows;
};

// Some sums in memory, `vectors` vectors of each row, to which the products of a stretch of the inner axis are added.
struct AccumulateCall {
  // Where each row of the left operand begins, and the byte offset of each inner index.
  const char* const* leftRows;
  const std::ptrdiff_t* leftInner;
  // The same for the right operand, whose columns are contiguous.
  const char* right;
  const std::ptrdiff_t* rightInner;
  std::ptrdiff_t inner;
  // Where the sums of each row begin.
  float* const* sums;
};

using AccumulateFunction = void (*)(const AccumulateCall& call);
using TileFunction = void (*)(const TileCall& call);

struct ProductKernels {
  // 32-bit lanes of a vector, rows of the largest tile.
  int lanes;
  int tileRows;
  // By LeftForm, by vectors - 1 and by rows - 1.
  TileFunction tiles[kLeftForms][kTileVectors][kMostTileRows];
  // By vectors - 1 and by rows - 1.
  AccumulateFunction accumulate[kTileVectors][kMostTileRows];
  // sums[j] += Σ right[rightInner[k]][j] for j < width, which are whole vectors.
  void (*sumRows)(float* sums, const char* right, const std::ptrdiff_t* rightInner, std::ptrdiff_t inner,
                  std::ptrdiff_t width);
  // to[k · width + j] = element at inner[k] + minor[j] (byte offsets from `from`), 0 for minorCount ≤ j < width. May
  // write one vector beyond its end.
  void (*pack)(float* to, std::ptrdiff_t width, const char* from, const std::ptrdiff_t* minor, std::ptrdiff_t minorCount,
               const std::ptrdiff_t* inner, std::ptrdiff_t innerCount);
  // The same for pairs of inner indices, 0 in place of a missing last one; elements are rounded to bfloat16. Missing,
  // like the tiles of pairs, where the instruction set has no such products.
  void (*packPairs)(float* to, std::ptrdiff_t width, const char* from, const std::ptrdiff_t* minor,
                    std::ptrdiff_t minorCount, const std::ptrdiff_t* inner, std::ptrdiff_t innerCount);
  // sums[j] = Σ panel[k · width + j] for j < columns, after what `sums` holds unless `isFirst` is set.
  void (*sumPanel)(float* sums, const float* panel, std::ptrdiff_t width, std::ptrdiff_t columns, std::ptrdiff_t inner,
                   bool isFirst);
  // By rows - 1: sums[i · stride + j] += Σ left[k · rows + i] · right[inner[k]][j], columns contiguous.
  void (*stripes[kMostFewRows])(float* sums, std::ptrdiff_t stride, const float* left, const char* right,
                                const std::ptrdiff_t* inner, std::ptrdiff_t innerCount, std::ptrdiff_t columns);
  // By rows - 1: sums[i · stride + j] = Σ left[i · innerCount + k] · right[minor[j]][k], contiguous along k.
  void (*dots[kMostFewRows])(float* sums, std::ptrdiff_t stride, const float* left, const char* right,
                             const std::ptrdiff_t* minor, std::ptrdiff_t columns, std::ptrdiff_t innerCount);
  // to[i] = from[i] + column[i] + full[i], at least 0 where `rectify` is set; `column` and `full` may be missing.
  void (*finishRow)(float* to, const float* from, const float* column, const float* full, bool rectify,
                    std::ptrdiff_t count);
  // to[i] += from[i].
  void (*add)(float* to, const float* from, std::ptrdiff_t count);
  // Rounds numbers to what half floats can hold.
  void (*roundToFloat16)(float* values, std::ptrdiff_t count);
  void (*roundToBfloat16)(float* values, std::ptrdiff_t count);
};

}  // namespace hadal
