// What pooling needs of an instruction set.
#pragma once

#include <cstddef>

namespace hadal {

struct PoolingKernels {
  // to[p · channels + i] = the greatest of from[k][p · step + i] for k < count, which is at least 1. NaN is greater than all.
  void (*greatest)(float* to, const float* const* from, int count, std::ptrdiff_t channels, std::ptrdiff_t positions,
                   std::ptrdiff_t step);
};

}  // namespace hadal
