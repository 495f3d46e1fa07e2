// The contents of a unit, compiled in its namespace and for its instruction set.

#include "isa/vector.h"
#include "loops/operations.inl"

const KernelTable& table() {
  static const KernelTable kernels = {HADAL_ISA_NAME, HADAL_VECTOR_BYTES, loopOperations()};
  return kernels;
}
