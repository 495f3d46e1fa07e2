// The contents of a unit, compiled in its namespace and for its instruction set.

#include "isa/vector.h"
#include "loops/operations.inl"
#include "products/kernels.inl"
#include "indexed/kernels.inl"
#include "recurrent/kernels.inl"
#include "attention/kernels.inl"
#include "pooling/kernels.inl"
#include "convolutions/kernels.inl"

const KernelTable& table() {
  static const KernelTable kernels = {HADAL_ISA_NAME, HADAL_VECTOR_BYTES, loopOperations(), productKernels(),
                                       indexedKernels(), recurrentKernels(), attentionKernels(), poolingKernels(),
                                       convolutionKernels()};
  return kernels;
}
