// What scatters and scans need of an instruction set.
#pragma once

#include <cstddef>

namespace hadal {

// Element types of operands, and how elements are combined; the codes are those of src/library/indexed.ts.
enum class Element : int { f32, i32, byte };
enum class Combine : int { set, add, mul, max, min };
constexpr int kCombinedElements = 2;
constexpr int kCombines = 5;

struct IndexedKernels {
  // By element and by how it is done: to[i] = to[i] combined with from[i]. NaN stays.
  void (*combine[kCombinedElements][kCombines])(void* to, const void* from, std::ptrdiff_t count);
};

}  // namespace hadal
