// Kernels for AVX-512 with products of bfloat16 (Cooper Lake, Sapphire Rapids, Zen 4): those of AVX-512, and products.
#include "isa/unit_headers.h"

#if HADAL_HAS_X86_UNITS

#if defined(__clang__)
#pragma clang attribute push(                                                                                       \
    __attribute__((target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,prefer-vector-width=512"))), \
    apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma,avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,prefer-vector-width=512")
#endif

#define HADAL_VECTOR_BYTES 64

namespace hadal::avx512bf16 {

#include "isa/vector.h"
#include "products/tiles.inl"
#include "products/pack.inl"
#include "products/pairs.inl"

const KernelTable& table() {
  static const KernelTable kernels = [] {
    KernelTable all = avx512::table();
    all.name = "avx512bf16";
    auto& pairs = all.products.tiles[static_cast<int>(LeftForm::pairs)];
    listTiles<true, 1, MultiplyPairs>(pairs[0]);
    listTiles<true, 2, MultiplyPairs>(pairs[1]);
    all.products.packPairs = &packPairs;
    return all;
  }();
  return kernels;
}

}  // namespace hadal::avx512bf16

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
