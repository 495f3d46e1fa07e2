// Chooses the kernels for the processor at hand, once per process.
#pragma once

#include "isa/kernel_table.h"

namespace hadal {

// The widest instruction set that the processor and the operating system support, or the one that the environment
// variable HADAL_NATIVE_ISA names (avx512bf16, avx512, avx2, portable). Throws std::runtime_error when that one is unknown or
// not supported here.
const KernelTable& kernelTable();

}  // namespace hadal
