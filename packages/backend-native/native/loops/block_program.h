// Straight-line scalar code over blocks of lanes: what follows a library kernel before its result is stored.
#pragma once

#include <vector>

#include "loops/operations.h"
#include "program/word_reader.h"

namespace hadal {

// The function of a scalar operation for operands of type `from` and a result of type `to`, for this processor. Throws
// std::invalid_argument where there is none.
BlockFunction blockFunction(ScalarOp op, RegisterType from, RegisterType to);

// Fills `lanes` lanes of a block with a number of the block's type.
void fillBlock(void* block, RegisterType type, double value, int lanes);

class BlockProgram {
 public:
  // Of what encodeBody in src/loops/encode-body.ts writes.
  explicit BlockProgram(WordReader& words);

  // Takes out the instructions whose operands are all known, and returns them as a program of their own. What they assign
  // is then known, as constants are.
  BlockProgram takeKnown(std::vector<bool> known);

  // Registers are numbered below this.
  int registers() const { return registers_; }
  bool isEmpty() const { return instructions_.empty() && constants_.empty(); }

  // `registers` has a block for each register: 64-byte aligned, 4 bytes a lane or 8 for f64. `lanes` is a multiple of
  // kLaneGroup. Constants keep their values as long as nobody overwrites their blocks.
  void fillConstants(void* const* registers, int lanes) const;
  // Computes every register that an instruction assigns. Results may be computed into their operands' blocks only if
  // the caller gives both the same block, and then nothing later reads the operand.
  void run(void* const* registers, int lanes) const;

 private:
  struct Instruction {
    BlockFunction function;
    int to, a, b, c;
  };
  struct Constant {
    int to;
    RegisterType type;
    double value;
  };

  explicit BlockProgram(int registers) : registers_(registers) {}

  int registers_;
  std::vector<Instruction> instructions_;
  std::vector<Constant> constants_;
};

}  // namespace hadal
