// The integers of a call of attention, as src/library/attention.ts writes them.
#pragma once

#include <cstdint>
#include <vector>

#include "library/library_kernel.h"

namespace hadal {

// Matrices in the last two axes of an operand: strides in elements.
struct Matrices {
  std::int64_t offset;
  std::vector<std::int64_t> batch;
  std::int64_t row;
  std::int64_t column;
};

struct AttentionCall {
  bool isCausal;
  bool isMasked;
  std::vector<std::int64_t> batch;
  std::int64_t heads;
  std::int64_t queries;
  std::int64_t keys;
  std::int64_t depth;
  std::int64_t width;
  Matrices query, key, value, cotangent, mask;

  // Where the matrix of a head begins, in elements.
  std::int64_t at(const Matrices& matrices, std::int64_t head) const;
};

// Throws std::invalid_argument when integers are missing.
AttentionCall readAttentionCall(const CallArguments& arguments, bool isGradient);

}  // namespace hadal
