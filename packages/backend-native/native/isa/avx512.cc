// Kernels for AVX-512 (F, DQ, BW, VL), as servers have had since Skylake and Zen 4.
#include "isa/unit_headers.h"

#if HADAL_HAS_X86_UNITS

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl,prefer-vector-width=512"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl,prefer-vector-width=512")
#endif

#define HADAL_VECTOR_BYTES 64
#define HADAL_ISA_NAME "avx512"

namespace hadal::avx512 {
#include "isa/unit.inl"
}  // namespace hadal::avx512

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
