#include "loops/loop_program.h"

#include <algorithm>

#include "loops/block_program.h"

namespace hadal {

namespace {

// Estimates for one lane of a block, in nanoseconds.
constexpr double kSimpleNs = 0.1;
constexpr double kFunctionNs = 0.6;
constexpr double kWideFunctionNs = 10;
constexpr double kMemoryNs = 0.25;
constexpr double kCheckedMemoryNs = 1.5;

bool isFunction(ScalarOp op) {
  switch (op) {
    case ScalarOp::pow:
    case ScalarOp::idiv:
    case ScalarOp::mod:
    case ScalarOp::exp2:
    case ScalarOp::log2:
    case ScalarOp::sin:
    case ScalarOp::exp:
    case ScalarOp::log:
    case ScalarOp::cos:
    case ScalarOp::tanh:
    case ScalarOp::erf:
      return true;
    default:
      return false;
  }
}

Extent readExtent(WordReader& words) {
  const int argument = words.integer();
  return {argument, words.wide()};
}

std::vector<Extent> readExtents(WordReader& words) {
  std::vector<Extent> extents(static_cast<std::size_t>(words.integer()));
  for (Extent& extent : extents) extent = readExtent(words);
  return extents;
}

LinearForm readForm(WordReader& words) {
  LinearForm form;
  form.buffer = words.integer();
  form.offset = readExtent(words);
  form.terms.resize(static_cast<std::size_t>(words.integer()));
  for (auto& term : form.terms) {
    term.axis = words.integer();
    term.stride = words.wide();
  }
  form.index = words.integer();
  form.guard = words.integer();
  form.isSteady = words.integer() != 0;
  return form;
}

RegisterType readType(WordReader& words) { return static_cast<RegisterType>(words.integer()); }

// Slots from `blocks` on are uniform.
BlockOperation readOperation(WordReader& words, RegisterType to, int blocks, double& nanoseconds) {
  BlockOperation operation = {};
  const auto op = static_cast<ScalarOp>(words.integer());
  const RegisterType from = readType(words);
  operation.function = blockFunction(op, from, to);
  operation.a = words.integer();
  operation.b = words.integer();
  operation.c = words.integer();
  operation.uniform = (operation.a >= blocks ? 1u : 0u) | (operation.b >= blocks ? 2u : 0u) | (operation.c >= blocks ? 4u : 0u);
  operation.uniformOverLoops = operation.uniform;
  nanoseconds += !isFunction(op) ? kSimpleNs : from == RegisterType::f32 ? kFunctionNs : kWideFunctionNs;
  return operation;
}

UniformValue readUniform(WordReader& words, int blocks) {
  UniformValue uniform = {};
  uniform.kind = static_cast<UniformValue::Kind>(words.integer());
  uniform.type = readType(words);
  double nanoseconds = 0;
  switch (uniform.kind) {
    case UniformValue::Kind::constant:
      uniform.value = words.number();
      break;
    case UniformValue::Kind::scalar:
    case UniformValue::Kind::integer:
      uniform.index = words.integer();
      break;
    case UniformValue::Kind::element:
      uniform.index = words.integer();
      uniform.offset = readExtent(words);
      break;
    case UniformValue::Kind::operation:
      uniform.operation = readOperation(words, uniform.type, blocks, nanoseconds);
      uniform.operation.uniform = kNoneUniform;
      uniform.operation.uniformOverLoops = kNoneUniform;
      break;
  }
  return uniform;
}

LoopInstruction readInstruction(WordReader& words, int blocks, bool& isSkipped, double& nanoseconds) {
  LoopInstruction instruction = {};
  instruction.kind = static_cast<LoopInstruction::Kind>(words.integer());
  instruction.to = words.integer();
  instruction.type = readType(words);
  instruction.directStore = kNone;
  instruction.keptAs = words.integer();
  instruction.foundAs = words.integer();
  isSkipped = words.integer() != 0;
  if (instruction.kind == LoopInstruction::Kind::scalar) {
    instruction.operation = readOperation(words, instruction.type, blocks, nanoseconds);
    instruction.directStore = words.integer();
  } else {
    instruction.form = words.integer();
    instruction.mayAlias = words.integer() != 0;
    nanoseconds += kMemoryNs;
  }
  return instruction;
}

// Over a loop, inherited operands are uniform.
void markUniform(BlockOperation& operation, const std::vector<Inherited>& inherited) {
  for (const Inherited& each : inherited) {
    if (each.isWhole) continue;
    if (operation.a == each.slot) operation.uniformOverLoops |= 1u;
    if (operation.b == each.slot) operation.uniformOverLoops |= 2u;
    if (operation.c == each.slot) operation.uniformOverLoops |= 4u;
  }
}

// Whether all that the body does is to load what the accumulators take, as it is in memory.
bool takesMemory(const LoopStage& stage) {
  if (stage.body.size() != 1 || !stage.stores.empty()) return false;
  const LoopInstruction& load = stage.body[0];
  if (load.kind != LoopInstruction::Kind::load || !load.mayAlias) return false;
  const LinearForm& form = stage.forms[static_cast<std::size_t>(load.form)];
  return form.index == kNone && form.guard == kNone &&
         std::all_of(stage.accumulators.begin(), stage.accumulators.end(),
                     [&](const LoopAccumulator& each) { return each.value == load.to; });
}

bool foldsMemory(const LoopStage& stage) {
  return takesMemory(stage) && stage.accumulators.size() == 1 && !stage.accumulators[0].isPlace;
}

// The kind of the fold that gives the extreme of which a place is.
int foldOfPlace(const LoopAccumulator& place) {
  return static_cast<int>(place.kind == 0 ? FoldKind::max : FoldKind::min);
}

bool findsPlaces(const LoopStage& stage) {
  if (!takesMemory(stage)) return false;
  const std::vector<LoopAccumulator>& taken = stage.accumulators;
  if (taken.size() == 1) return taken[0].isPlace;
  if (taken.size() != 2 || taken[0].isPlace == taken[1].isPlace) return false;
  const LoopAccumulator& place = taken[0].isPlace ? taken[0] : taken[1];
  const LoopAccumulator& fold = taken[0].isPlace ? taken[1] : taken[0];
  return fold.kind == foldOfPlace(place);
}

// Slots that steady instructions fill and others read.
std::vector<int> findSteadySlots(const LoopProgram& program) {
  std::vector<bool> isSteady(static_cast<std::size_t>(program.slots));
  std::vector<bool> isTaken(static_cast<std::size_t>(program.slots));
  std::vector<bool> isRead(static_cast<std::size_t>(program.slots));
  const auto read = [&](int slot) {
    if (slot >= 0 && slot < program.slots) isRead[static_cast<std::size_t>(slot)] = true;
  };
  for (const LoopStage& stage : program.stages) {
    for (std::size_t i = 0; i < stage.body.size(); i++) {
      const LoopInstruction& each = stage.body[i];
      if (i < static_cast<std::size_t>(stage.steady)) {
        isSteady[static_cast<std::size_t>(each.to)] = true;
        continue;
      }
      isTaken[static_cast<std::size_t>(each.to)] = true;
      if (each.kind == LoopInstruction::Kind::scalar) {
        for (const int slot : {each.operation.a, each.operation.b, each.operation.c}) read(slot);
      }
    }
    for (const LinearForm& form : stage.forms) {
      read(form.index);
      read(form.guard);
    }
    for (const LoopAccumulator& each : stage.accumulators) read(each.value);
    for (const LoopStore& each : stage.stores) read(each.value);
  }
  std::vector<int> slots;
  for (int slot = 0; slot < program.slots; slot++) {
    const auto at = static_cast<std::size_t>(slot);
    if (isSteady[at] && isRead[at] && !isTaken[at]) slots.push_back(slot);
  }
  return slots;
}

LoopStage readStage(WordReader& words, int blocks, double& nanoseconds) {
  LoopStage stage;
  stage.loop = readExtents(words);
  stage.forms.resize(static_cast<std::size_t>(words.integer()));
  for (LinearForm& form : stage.forms) {
    form = readForm(words);
    if (form.index != kNone || form.guard != kNone) nanoseconds += kCheckedMemoryNs;
  }
  stage.body.resize(static_cast<std::size_t>(words.integer()));
  stage.steady = words.integer();
  for (LoopInstruction& instruction : stage.body) {
    bool isSkipped = false;
    instruction = readInstruction(words, blocks, isSkipped, nanoseconds);
    if (isSkipped) continue;
    stage.keptBody.push_back(instruction);
    if (instruction.foundAs != kNone) stage.keptBody.back().kind = LoopInstruction::Kind::found;
  }
  stage.accumulators.resize(static_cast<std::size_t>(words.integer()));
  for (LoopAccumulator& accumulator : stage.accumulators) {
    accumulator.isPlace = words.integer() != 0;
    accumulator.kind = words.integer();
    accumulator.type = readType(words);
    accumulator.value = words.integer();
    accumulator.to = words.integer();
    accumulator.best = words.integer();
    nanoseconds += kSimpleNs;
  }
  stage.stores.resize(static_cast<std::size_t>(words.integer()));
  for (LoopStore& store : stage.stores) {
    store.form = words.integer();
    store.value = words.integer();
    store.type = readType(words);
    nanoseconds += kMemoryNs;
  }
  stage.inherited.resize(static_cast<std::size_t>(words.integer()));
  for (Inherited& each : stage.inherited) {
    each.slot = words.integer();
    each.type = readType(words);
    each.isWhole = words.integer() != 0;
  }
  if (!stage.loop.empty()) {
    for (LoopInstruction& instruction : stage.body) markUniform(instruction.operation, stage.inherited);
    for (LoopInstruction& instruction : stage.keptBody) markUniform(instruction.operation, stage.inherited);
  }
  stage.isDirect = foldsMemory(stage);
  stage.isWindow = findsPlaces(stage);
  return stage;
}

}  // namespace

LoopProgram decodeLoopProgram(std::string name, WordReader& words) {
  LoopProgram program;
  program.name = std::move(name);
  program.buffers.resize(static_cast<std::size_t>(words.integer()));
  for (Storage& storage : program.buffers) storage = static_cast<Storage>(words.integer());
  program.slots = words.integer();
  program.laneBytes = words.integer();
  program.mayVectorizeLoops = words.integer() != 0;
  program.prefersLoops = words.integer() != 0;
  program.keptRows = words.integer();
  program.steadyAxes.resize(static_cast<std::size_t>(words.integer()));
  for (int& axis : program.steadyAxes) axis = words.integer();
  program.grid = readExtents(words);
  program.uniforms.resize(static_cast<std::size_t>(words.integer()));
  for (UniformValue& uniform : program.uniforms) uniform = readUniform(words, program.slots);
  program.spread.resize(static_cast<std::size_t>(words.integer()));
  for (SpreadValue& spread : program.spread) {
    spread.from = words.integer();
    spread.to = words.integer();
    spread.type = readType(words);
  }
  const int stages = words.integer();
  for (int i = 0; i < stages; i++) {
    double nanoseconds = 0;
    program.stages.push_back(readStage(words, program.slots, nanoseconds));
    program.laneNanoseconds.push_back(nanoseconds);
  }
  program.steadySlots = findSteadySlots(program);
  return program;
}

}  // namespace hadal
