// Scalar operations over blocks of lanes: the part of loop kernels that is compiled once per instruction set.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>

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

// Most bytes of a block: 1024 lanes of float64.
constexpr int kMostBlockBytes = 8192;

// Which operands are the same in all lanes: a bit for each. Of these there is one group of lanes.
using UniformOperands = unsigned;
constexpr UniformOperands kNoneUniform = 0;

// to[i] = operation(a[i], b[i], c[i]) for every lane below `lanes`, a multiple of kLaneGroup. `to` may be one of the
// operands; blocks overlap in no other way.
using BlockFunction = void (*)(void* to, const void* a, const void* b, const void* c, int lanes, UniformOperands uniform);

// Elements in a line or at a distance of `stride` elements, or at `offsets` elements from `from` or `to`.
struct MemoryFunctions {
  void (*load)(void* to, const void* from, std::int64_t stride, int lanes);
  void (*gather)(void* to, const void* from, const std::int32_t* offsets, int lanes);
  void (*store)(void* to, const void* from, std::int64_t stride, int lanes);
  void (*scatter)(void* to, const void* from, const std::int32_t* offsets, int lanes);
  // As gather and scatter, where the offsets come in runs that count up by one: `first` lanes, then `run` at a time.
  void (*gatherRuns)(void* to, const void* from, const std::int32_t* offsets, int first, int run, int lanes);
  void (*scatterRuns)(void* to, const void* from, const std::int32_t* offsets, int first, int run, int lanes);
  // kTileColumns blocks at once, `blockLanes` lanes apart: lane i of the k-th is element i · stride + k. `lanes` is a multiple
  // of kLaneGroup.
  void (*loadTile)(void* to, int blockLanes, const void* from, std::int64_t stride, int lanes);
};

// Neighbours in memory of which each belongs to another block: those of the widest vector.
constexpr int kTileColumns = 16;

// Whether a guard lets all, some or none of a block's lanes touch memory, or one that it lets would touch what is not bound.
enum class OffsetCheck : int { none, some, all, outside };

// safe[i] = at + (offsets[i], or stride · i where there are no offsets) + index[i]; 0 where the guard is 0. `index` and
// `guard` may be nullptr.
using CheckFunction = OffsetCheck (*)(std::int32_t* safe, const std::int32_t* offsets, std::int64_t at, std::int64_t stride,
                                      const std::int32_t* index, const std::int32_t* guard, std::int64_t elements,
                                      int lanes);

enum class FoldKind : int { sum, prod, max, min };
constexpr int kFoldKinds = 4;

// Partial results of a fold: four of the widest vectors, so that their additions overlap.
constexpr int kFoldLanes = 64;

struct FoldFunctions {
  // Takes `lanes` values, a multiple of kFoldLanes, into a state of kFoldLanes.
  void (*take)(void* state, const void* values, int lanes);
  // Leaves the result in the first lane of the state.
  void (*finish)(void* state);
  // Lane by lane: the accumulator's new value from its old one and a block.
  BlockFunction combine;
  // Lane by lane, row after row of memory: rows are `stride` elements apart, and `readable` elements may be read.
  void (*rows)(void* state, const void* from, std::int64_t stride, std::int64_t rows, int lanes, std::int64_t readable);
};

// Stands for the place of a lane that has seen nothing yet.
constexpr std::int32_t kNoPlace = std::numeric_limits<std::int32_t>::max();

struct PlaceFunctions {
  void (*take)(void* best, std::int32_t* places, const void* values, std::int32_t position, std::int32_t step, int lanes);
  void (*finish)(void* best, std::int32_t* places, int lanes);
  // The first extremes, and their places, among `count` lines of elements, which begin at these offsets.
  void (*find)(void* best, std::int32_t* places, const void* from, const std::int64_t* offsets, int count, int lanes);
};

struct LoopOperations {
  // By operation and type of the operands (of the last operand for `select`); nullptr where the form has no such
  // operation. `convert` has a table of its own.
  BlockFunction scalar[kScalarOps][kRegisterTypes];
  // By type of the operand and of the result.
  BlockFunction convert[kRegisterTypes][kRegisterTypes];
  MemoryFunctions memory[kStorages];
  CheckFunction checkOffsets;
  bool (*areEqual)(const std::int32_t* values, int lanes);
  FoldFunctions folds[kFoldKinds][kRegisterTypes];
  // argmax, argmin.
  PlaceFunctions places[2][kRegisterTypes];
};

}  // namespace hadal
