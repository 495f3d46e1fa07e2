// Kernels for AVX2 with fused multiply-add.
#include "isa/unit_headers.h"

#if HADAL_HAS_X86_UNITS

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif

#define HADAL_VECTOR_BYTES 32
#define HADAL_ISA_NAME "avx2"

namespace hadal::avx2 {
#include "isa/unit.inl"
}  // namespace hadal::avx2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
