#include "loops/block_program.h"

#include <algorithm>
#include <string>

#include "isa/dispatch.h"

namespace hadal {

BlockFunction blockFunction(ScalarOp op, RegisterType from, RegisterType to) {
  const LoopOperations& operations = kernelTable().loops;
  const BlockFunction function = op == ScalarOp::convert
                                     ? operations.convert[static_cast<int>(from)][static_cast<int>(to)]
                                     : operations.scalar[static_cast<int>(op)][static_cast<int>(from)];
  if (function == nullptr) {
    throw std::invalid_argument("operation " + std::to_string(static_cast<int>(op)) + " does not exist for this type");
  }
  return function;
}

void fillBlock(void* block, RegisterType type, double value, int lanes) {
  switch (type) {
    case RegisterType::f32:
      std::fill_n(static_cast<float*>(block), lanes, static_cast<float>(value));
      return;
    case RegisterType::f64:
      std::fill_n(static_cast<double*>(block), lanes, value);
      return;
    case RegisterType::i32:
      // Through 64 bits, so that constants up to 2^32 keep their bits.
      std::fill_n(static_cast<std::int32_t*>(block), lanes, static_cast<std::int32_t>(static_cast<std::int64_t>(value)));
  }
}

BlockProgram::BlockProgram(WordReader& words) : registers_(words.integer()) {
  constants_.resize(static_cast<std::size_t>(words.integer()));
  for (Constant& constant : constants_) {
    constant.to = words.integer();
    constant.type = static_cast<RegisterType>(words.integer());
    constant.value = words.number();
  }
  instructions_.resize(static_cast<std::size_t>(words.integer()));
  for (Instruction& instruction : instructions_) {
    const auto op = static_cast<ScalarOp>(words.integer());
    const auto from = static_cast<RegisterType>(words.integer());
    const auto type = static_cast<RegisterType>(words.integer());
    instruction.function = blockFunction(op, from, type);
    instruction.to = words.integer();
    instruction.a = words.integer();
    instruction.b = words.integer();
    instruction.c = words.integer();
  }
}

BlockProgram BlockProgram::takeKnown(std::vector<bool> known) {
  BlockProgram taken(registers_);
  known.resize(static_cast<std::size_t>(registers_));
  for (const Constant& each : constants_) known[each.to] = true;
  std::vector<Instruction> rest;
  for (const Instruction& each : instructions_) {
    known[each.to] = known[each.a] && known[each.b] && known[each.c];
    (known[each.to] ? taken.instructions_ : rest).push_back(each);
  }
  instructions_ = std::move(rest);
  return taken;
}

void BlockProgram::fillConstants(void* const* registers, int lanes) const {
  for (const Constant& each : constants_) fillBlock(registers[each.to], each.type, each.value, lanes);
}

void BlockProgram::run(void* const* registers, int lanes) const {
  for (const Instruction& each : instructions_) {
    each.function(registers[each.to], registers[each.a], registers[each.b], registers[each.c], lanes, kNoneUniform);
  }
}

}  // namespace hadal
