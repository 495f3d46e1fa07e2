// What one instruction set offers: the entry points of every kernel that is compiled once per instruction set.
#pragma once

#include "attention/kernels.h"
#include "convolutions/kernels.h"
#include "indexed/kernels.h"
#include "loops/operations.h"
#include "pooling/kernels.h"
#include "products/kernels.h"
#include "recurrent/kernels.h"

namespace hadal {

struct KernelTable {
  const char* name;
  // Bytes of a vector: 64, 32 or 16.
  int vectorBytes;
  LoopOperations loops;
  ProductKernels products;
  IndexedKernels indexed;
  RecurrentKernels recurrent;
  AttentionKernels attention;
  PoolingKernels pooling;
  ConvolutionKernels convolutions;
};

}  // namespace hadal
