// What one instruction set offers: the entry points of every kernel that is compiled once per instruction set.
#pragma once

#include "loops/operations.h"

namespace hadal {

struct KernelTable {
  const char* name;
  // Bytes of a vector: 64, 32 or 16.
  int vectorBytes;
  LoopOperations loops;
};

}  // namespace hadal
