// A loop kernel as the interpreter runs it: core's kernel form with registers assigned to slots, as
// src/loops/encode.ts writes it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "loops/operations.h"
#include "program/word_reader.h"

namespace hadal {

// A number known when the kernel is made, or one of the integer arguments of a run.
struct Extent {
  int argument;
  std::int64_t value;

  std::int64_t at(const std::int32_t* integers) const { return argument < 0 ? value : integers[argument]; }
};

// A scalar operation: its function and operands; operands that it lacks repeat the first.
struct BlockOperation {
  BlockFunction function;
  int a, b, c;
  UniformOperands uniform;
  // Where lanes run over a loop, what does not depend on it is uniform, too.
  UniformOperands uniformOverLoops;
};

// offset + Σ stride · axis, in elements of a buffer (or the index along an axis).
struct LinearForm {
  struct Term {
    int axis;
    std::int64_t stride;
  };
  // -1 for the index along an axis.
  int buffer;
  Extent offset;
  std::vector<Term> terms;
  // A slot that is added to the address, or -1.
  int index;
  // A slot; where it is 0, memory is not touched. Or -1.
  int guard;
  // Whether it has an index or a guard, and both are steady.
  bool isSteady;
};

constexpr int kNone = -1;

struct LoopInstruction {
  enum class Kind : int { scalar, load, axis, found };
  Kind kind;
  int to;
  RegisterType type;
  // The row that keeps the values of a loop, and found: the one in which they are; or kNone.
  int keptAs;
  int foundAs;
  // scalar.
  BlockOperation operation;
  // load, axis.
  int form;
  // Whether the slot may be memory itself instead of a copy: nothing reads it after memory may have changed.
  bool mayAlias;
  // The store that takes this result and nothing else does, so that it may be computed into memory; or kNone.
  int directStore;
};

struct LoopAccumulator {
  bool isPlace;
  // Of a FoldKind, or 0 for argmax and 1 for argmin.
  int kind;
  RegisterType type;
  int value;
  int to;
  // Of places: the slot with the extremes so far.
  int best;
};

struct LoopStore {
  int form;
  int value;
  RegisterType type;
};

struct Inherited {
  int slot;
  RegisterType type;
  // Whether a loop needs it in all lanes; else it is an operand that is uniform.
  bool isWhole;
};

struct LoopStage {
  std::vector<Extent> loop;
  std::vector<LinearForm> forms;
  // The first so many instructions are steady: they depend on axes alone, but not on the leading one of the grid.
  int steady;
  std::vector<LoopInstruction> body;
  // The body where values of earlier loops have been kept.
  std::vector<LoopInstruction> keptBody;
  std::vector<LoopAccumulator> accumulators;
  std::vector<LoopStore> stores;
  // Slots with values of earlier stages that this one reads.
  std::vector<Inherited> inherited;
  // Whether it does nothing but fold elements as they are in memory: then there is no need for blocks.
  bool isDirect;
  // Whether it does nothing but find the place of an extreme of such elements, and perhaps the extreme.
  bool isWindow;
};

// A value that is the same at all points, computed once per run as one group of lanes: a number, an argument of the run,
// an element of a buffer, or what follows from others.
struct UniformValue {
  enum class Kind : int { constant, scalar, integer, element, operation };
  Kind kind;
  RegisterType type;
  double value;
  // scalar, integer: which argument; element: which buffer, and where in it.
  int index;
  Extent offset;
  BlockOperation operation;
};

// A uniform value that is needed as a block, too.
struct SpreadValue {
  int from;
  int to;
  RegisterType type;
};

struct LoopProgram {
  std::string name;
  std::vector<Storage> buffers;
  // Slots that are blocks. The slots of uniform values have the numbers after them.
  int slots;
  // Bytes of a lane of a slot: 8 where there are float64 registers, else 4.
  int laneBytes;
  // Whether lanes may run over loops: no stage reads back what its own loop wrote.
  bool mayVectorizeLoops;
  bool prefersLoops;
  // Rows of values that one loop of a grid point keeps for a later one.
  int keptRows;
  std::vector<Extent> grid;
  std::vector<UniformValue> uniforms;
  std::vector<SpreadValue> spread;
  std::vector<LoopStage> stages;
  // Axes of the grid that steady values depend on.
  std::vector<int> steadyAxes;
  // Slots with steady values that are read by what is not steady.
  std::vector<int> steadySlots;
  // Estimated time of an iteration of each stage's body for one lane, in nanoseconds.
  std::vector<double> laneNanoseconds;
};

LoopProgram decodeLoopProgram(std::string name, WordReader& words);

}  // namespace hadal
