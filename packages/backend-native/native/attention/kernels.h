// What attention needs of an instruction set, beside products.
#pragma once

#include <cstddef>

namespace hadal {

struct AttentionKernels {
  // Replaces `count` scores by e^(score - greatest), and the rest of `padded` lanes, whole vectors, by 0. Returns their sum.
  // Where `isMasked` is set, scores may all be -Infinity: nothing is left of them then, and the sum is 0.
  float (*exponentials)(float* scores, std::ptrdiff_t count, std::ptrdiff_t padded, bool isMasked);
  // Multiplies whole vectors.
  void (*scale)(float* row, float factor, std::ptrdiff_t padded);
  // Whole vectors: gradients[i] = weights[i] · (gradients[i] - Σ weights · gradients).
  void (*softmaxGradient)(float* gradients, const float* weights, std::ptrdiff_t padded);
};

}  // namespace hadal
