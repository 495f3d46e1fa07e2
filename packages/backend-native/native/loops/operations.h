// Scalar operations over blocks of lanes: the part of loop kernels that is compiled once per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hadal {

// Registers of the loop kernel, with the codes that src/loops/codes.ts gives them.
enum class RegisterType : int { f32, f64, i32 };
constexpr int kRegisterTypes = 3;

// Storages of buffers. The first three are those of the registers.
enum class Storage : int { f32, f64, i32, u8 };
constexpr int kStorages = 4;

// In the order of SCALAR_OPS in src/loops/codes.ts.
enum class ScalarOp : int {
  add, sub, mul, div, max, min, pow, idiv, mod,
  lt, le, eq, ne,
  bitAnd, bitOr, bitXor, shl, shr,
  select, fma, convert, bitcast,
  exp2, log2, sin, sqrt, recip, neg, abs, sign,
  exp, log, cos, tanh, erf, floor, ceil, round, rsqrt,
};
constexpr int kScalarOps = static_cast<int>(ScalarOp::rsqrt) + 1;

// Blocks are worked on in whole groups of this many lanes: the widest vector of 32-bit lanes.
constexpr int kLaneGroup = 16;

// to[i] = operation(a[i], b[i], c[i]) for every lane below `lanes`, a multiple of kLaneGroup. `to` may be one of the
// operands; blocks overlap in no other way.
using BlockFunction = void (*)(void* to, const void* a, const void* b, const void* c, int lanes);

struct LoopOperations {
  // By operation and type of the operands (of the last operand for `select`); nullptr where the form has no such
  // operation. `convert` is found in its own table.
  BlockFunction scalar[kScalarOps][kRegisterTypes];
  // By type of the operand and of the result.
  BlockFunction convert[kRegisterTypes][kRegisterTypes];
};

}  // namespace hadal
