// The integers of an indexed call: an axis, one number more, and how each operand lies in memory.
#pragma once

#include <cstdint>
#include <vector>

#include "library/library_kernel.h"

namespace hadal {

struct StridedOperand {
  std::int64_t offset;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

struct IndexedCall {
  int axis;
  // Batch axes of a scatter; 1 for a descending sort, or a scan from the end.
  std::int64_t option;
  std::vector<StridedOperand> operands;
};

// Reads what `matchIndexed` of src/library/indexed.ts wrote. Throws std::invalid_argument when integers are missing.
IndexedCall readIndexedCall(const CallArguments& arguments, int operands);

// Strides of a contiguous array.
std::vector<std::int64_t> rowMajor(const std::vector<std::int64_t>& shape);

}  // namespace hadal
