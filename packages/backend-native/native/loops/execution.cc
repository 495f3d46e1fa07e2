#include "loops/execution.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>

#include "loops/block_program.h"

namespace hadal {

namespace {

constexpr std::size_t kCacheLine = 64;

constexpr int roundUp(int value, int step) { return (value + step - 1) / step * step; }
constexpr std::size_t roundUp(std::size_t value, std::size_t step) { return (value + step - 1) / step * step; }

constexpr std::int64_t sizeOf(Storage storage) {
  return storage == Storage::f64 ? 8 : storage == Storage::u8 ? 1 : 4;
}

constexpr std::size_t sizeOf(RegisterType type) { return type == RegisterType::f64 ? 8 : 4; }

std::int64_t elementsOf(const LoopProgram& program, const LoopArguments& arguments, int buffer) {
  return static_cast<std::int64_t>(arguments.lengths[buffer]) / sizeOf(program.buffers[static_cast<std::size_t>(buffer)]);
}

[[noreturn]] void leaves(const LoopProgram& program, int buffer, std::int64_t elements) {
  throw std::out_of_range(program.name + ": an address lies outside of the " + std::to_string(elements) +
                          " elements that are bound as buffer " + std::to_string(buffer) + ".");
}

// Shorter runs of lanes are gathered.
constexpr int kFewestRunLanes = 4;
// Elements that are folded before looking whether to stop.
constexpr std::int64_t kFoldedAtOnce = 1 << 16;

// What folds begin with.
double identityOf(FoldKind kind, RegisterType type) {
  const bool isInteger = type == RegisterType::i32;
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (kind) {
    case FoldKind::sum:
      return 0;
    case FoldKind::prod:
      return 1;
    case FoldKind::max:
      return isInteger ? std::numeric_limits<std::int32_t>::min() : -kInfinity;
    case FoldKind::min:
      return isInteger ? std::numeric_limits<std::int32_t>::max() : kInfinity;
  }
  return 0;
}

// Memory of a thread for the blocks of whatever kernel it works on. It grows and is kept.
std::byte* scratch(std::size_t bytes) {
  thread_local std::unique_ptr<std::byte[]> memory;
  thread_local std::size_t size = 0;
  if (size < bytes + kCacheLine) {
    size = bytes + kCacheLine;
    memory.reset(new std::byte[size]());
  }
  const auto address = reinterpret_cast<std::uintptr_t>(memory.get());
  return memory.get() + (kCacheLine - address % kCacheLine) % kCacheLine;
}

// Cuts a range of memory into arrays that begin at cache lines.
class Arrays {
 public:
  template <class T>
  std::size_t add(std::size_t count) {
    const std::size_t at = bytes_;
    bytes_ += roundUp(count * sizeof(T), kCacheLine);
    return at;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

}  // namespace

void checkBounds(const LoopProgram& program, const LoopGeometry& geometry, const LoopArguments& arguments) {
  for (std::size_t i = 0; i < program.stages.size(); i++) {
    const StageGeometry& stage = geometry.stages[i];
    if (stage.loop.points() == 0) continue;
    for (std::size_t f = 0; f < stage.forms.size(); f++) {
      const LinearForm& form = program.stages[i].forms[f];
      if (form.buffer == kNone || form.index != kNone || form.guard != kNone) continue;
      const std::int64_t elements = elementsOf(program, arguments, form.buffer);
      if (stage.forms[f].lowest < 0 || stage.forms[f].highest >= elements) leaves(program, form.buffer, elements);
    }
  }
}

Execution::Execution(const LoopProgram& program, const LoopGeometry& geometry, const LoopArguments& arguments,
                     const std::atomic<bool>& stopped)
    : program_(program),
      geometry_(geometry),
      arguments_(arguments),
      stopped_(stopped),
      operations_(kernelTable().loops),
      blockLanes_(geometry.blockLanes),
      slotBytes_(static_cast<std::size_t>(blockLanes_ * program.laneBytes)) {
  std::size_t forms = 0;
  int rank = 0;
  for (const StageGeometry& stage : geometry.stages) {
    forms = std::max(forms, stage.forms.size());
    rank = std::max(rank, stage.loop.rank());
  }
  const auto slots = static_cast<std::size_t>(program.slots);
  const auto lanes = static_cast<std::size_t>(blockLanes_);
  Arrays arrays;
  const std::size_t frames = arrays.add<std::byte>(slots * slotBytes_);
  const std::size_t padded = arrays.add<std::byte>(slotBytes_);
  const std::size_t current = arrays.add<std::byte*>(slots);
  const std::size_t base = arrays.add<std::int64_t>(forms);
  const std::size_t at = arrays.add<std::int64_t>(forms);
  const std::size_t index = arrays.add<std::int64_t>(static_cast<std::size_t>(rank));
  const std::size_t offsets = arrays.add<std::int32_t>(lanes * static_cast<std::size_t>(geometry.offsetArrays));
  const std::size_t offsetsStart = arrays.add<std::int64_t>(program.stages.size());
  const auto steadyForms = static_cast<std::size_t>(geometry.steadyArrays);
  const std::size_t steady = arrays.add<SteadyOffsets>(steadyForms);
  const std::size_t steadyLanes = arrays.add<std::int32_t>(lanes * steadyForms);
  const std::size_t safe = arrays.add<std::int32_t>(lanes);
  std::byte* memory = scratch(arrays.bytes());
  frames_ = memory + frames;
  padded_ = memory + padded;
  current_ = reinterpret_cast<std::byte**>(memory + current);
  base_ = reinterpret_cast<std::int64_t*>(memory + base);
  at_ = reinterpret_cast<std::int64_t*>(memory + at);
  index_ = reinterpret_cast<std::int64_t*>(memory + index);
  offsets_ = reinterpret_cast<std::int32_t*>(memory + offsets);
  offsetsStart_ = reinterpret_cast<std::int64_t*>(memory + offsetsStart);
  std::fill_n(offsetsStart_, program.stages.size(), std::int64_t{kNone});
  safe_ = reinterpret_cast<std::int32_t*>(memory + safe);
  steady_ = reinterpret_cast<SteadyOffsets*>(memory + steady);
  steadyLanes_ = reinterpret_cast<std::int32_t*>(memory + steadyLanes);

  for (int slot = 0; slot < program.slots; slot++) current_[slot] = frame(slot);
  std::int64_t longest = geometry.overLoops ? 0 : geometry.grid.lanes();
  if (geometry.overLoops) {
    for (const StageGeometry& stage : geometry.stages) longest = std::max(longest, stage.loop.lanes());
  }
  const int filled = roundUp(static_cast<int>(std::min<std::int64_t>(longest, blockLanes_)), kFoldLanes);
  for (const UniformValue& uniform : program.uniforms) {
    const double value = uniform.kind == UniformValue::Kind::constant ? uniform.value
                         : uniform.kind == UniformValue::Kind::scalar ? arguments.scalars[uniform.index]
                                                                      : arguments.integers[uniform.index];
    fillBlock(frame(uniform.to), uniform.type, value, filled);
  }
}

void Execution::run(std::int64_t begin, std::int64_t end) {
  for (std::int64_t unit = begin; unit < end && !isStopped(); unit++) {
    if (geometry_.overLoops) {
      runGridPoint(unit);
    } else {
      runGridBlock(unit);
    }
  }
}

void Execution::fillOffsets(std::size_t number, const LaneSpace& space, bool overLoops, std::int64_t start, int lanes) {
  if (offsetsStart_[number] == start) return;
  offsetsStart_[number] = start;
  for (const FormGeometry& form : geometry_.stages[number].forms) {
    if (form.lane.kind == LaneKind::general) {
      space.laneOffsets(overLoops ? form.loop : form.grid, start, lanes, offsets(form));
    }
  }
}

// ---- lanes over the grid ---------------------------------------------------------------------------------------------

void Execution::runGridBlock(std::int64_t unit) {
  const std::int64_t runs = geometry_.grid.outer();
  if (geometry_.leadingInnermost) {
    const std::int64_t extent = geometry_.grid.extents()[0];
    const std::int64_t steadyUnit = unit / extent;
    leading_ = unit % extent;
    outer_ = leading_ * (runs / extent) + steadyUnit / geometry_.blocks;
    laneStart_ = steadyUnit % geometry_.blocks * blockLanes_;
    isFresh_ = steadyUnit != steadyUnit_;
    steadyUnit_ = steadyUnit;
  } else {
    outer_ = geometry_.blockMajor ? unit % runs : unit / geometry_.blocks;
    laneStart_ = (geometry_.blockMajor ? unit / runs : unit % geometry_.blocks) * blockLanes_;
  }
  const int lanes = static_cast<int>(std::min<std::int64_t>(blockLanes_, geometry_.grid.lanes() - laneStart_));
  for (std::size_t stage = 0; stage < program_.stages.size(); stage++) stageOverGrid(stage, lanes);
}

void Execution::stageOverGrid(std::size_t number, int lanes) {
  const LoopStage& stage = program_.stages[number];
  const StageGeometry& geometry = geometry_.stages[number];
  const int padded = roundUp(lanes, kLaneGroup);
  for (std::size_t f = 0; f < geometry.forms.size(); f++) {
    const FormGeometry& form = geometry.forms[f];
    at_[f] = form.offset + geometry_.grid.outerOffset(form.grid, outer_);
    if (form.lane.kind == LaneKind::linear) at_[f] += form.lane.stride * laneStart_;
  }
  fillOffsets(number, geometry_.grid, false, laneStart_, lanes);
  for (const LoopAccumulator& each : stage.accumulators) {
    current_[each.to] = frame(each.to);
    if (each.isPlace) {
      fillBlock(frame(each.to), RegisterType::i32, kNoPlace, padded);
    } else {
      fillBlock(frame(each.to), each.type, identityOf(static_cast<FoldKind>(each.kind), each.type), padded);
    }
  }
  if (geometry.isDirect) {
    foldRows(stage, geometry, lanes);
    return;
  }
  const int rank = geometry.loop.rank();
  const std::vector<std::int64_t>& extents = geometry.loop.extents();
  const std::int64_t iterations = geometry.loop.points();
  std::fill(index_, index_ + rank, 0);
  for (std::int64_t iteration = 0; iteration < iterations && !isStopped(); iteration++) {
    body(stage, geometry, lanes);
    for (const LoopAccumulator& each : stage.accumulators) {
      if (each.isPlace) {
        operations_.places[each.kind][static_cast<int>(each.type)].take(
            frame(each.best), reinterpret_cast<std::int32_t*>(frame(each.to)), current_[each.value],
            static_cast<std::int32_t>(iteration), 0, padded);
      } else {
        operations_.folds[each.kind][static_cast<int>(each.type)].combine(frame(each.to), frame(each.to),
                                                                          current_[each.value], nullptr, padded);
      }
    }
    stores(stage, geometry, lanes);
    for (int axis = rank - 1; axis >= 0; axis--) {
      const auto a = static_cast<std::size_t>(axis);
      for (std::size_t f = 0; f < geometry.forms.size(); f++) at_[f] += geometry.forms[f].loop[a];
      if (++index_[a] < extents[a]) break;
      for (std::size_t f = 0; f < geometry.forms.size(); f++) at_[f] -= geometry.forms[f].loop[a] * extents[a];
      index_[a] = 0;
    }
  }
  for (const LoopAccumulator& each : stage.accumulators) {
    if (each.isPlace) settlePlaces(each, padded);
  }
}

void Execution::foldRows(const LoopStage& stage, const StageGeometry& geometry, int lanes) {
  const LoopAccumulator& accumulator = stage.accumulators[0];
  const LinearForm& form = stage.forms[0];
  const FormGeometry& resolved = geometry.forms[0];
  const LaneSpace& loop = geometry.loop;
  const auto fold = operations_.folds[accumulator.kind][static_cast<int>(accumulator.type)].rows;
  const auto innermost = static_cast<std::size_t>(loop.rank() - 1);
  const std::int64_t rows = loop.extents()[innermost];
  const std::int64_t stride = resolved.loop[innermost];
  const std::int64_t atOnce = std::max<std::int64_t>(kFoldedAtOnce / lanes, 1);
  const std::int64_t elementsBound = elementsOf(program_, arguments_, form.buffer);
  const std::int64_t runs = rows == 0 ? 0 : loop.points() / rows;
  for (std::int64_t run = 0; run < runs; run++) {
    const std::int64_t at = at_[0] + loop.pointOffset(resolved.loop, run * rows);
    for (std::int64_t row = 0; row < rows && !isStopped(); row += atOnce) {
      const std::int64_t first = at + row * stride;
      fold(frame(accumulator.to), elements(form, first), stride, std::min(atOnce, rows - row), lanes,
           elementsBound - first);
    }
  }
}

// A lane that saw nothing has place 0.
void Execution::settlePlaces(const LoopAccumulator& accumulator, int lanes) {
  auto* places = reinterpret_cast<std::int32_t*>(frame(accumulator.to));
  std::replace(places, places + lanes, kNoPlace, std::int32_t{0});
}

// ---- lanes over loops ------------------------------------------------------------------------------------------------

void Execution::runGridPoint(std::int64_t point) {
  for (std::size_t number = 0; number < program_.stages.size(); number++) {
    const StageGeometry& geometry = geometry_.stages[number];
    for (std::size_t f = 0; f < geometry.forms.size(); f++) {
      const FormGeometry& form = geometry.forms[f];
      base_[f] = form.offset + geometry_.grid.pointOffset(form.grid, point);
    }
    stageOverLoop(number);
  }
}

void Execution::stageOverLoop(std::size_t number) {
  const LoopStage& stage = program_.stages[number];
  const StageGeometry& geometry = geometry_.stages[number];
  const LaneSpace& loop = geometry.loop;
  for (const LoopAccumulator& each : stage.accumulators) {
    current_[each.to] = frame(each.to);
    if (each.isPlace) {
      fillBlock(frame(each.to), RegisterType::i32, kNoPlace, kFoldLanes);
    } else {
      fillBlock(frame(each.to), each.type, identityOf(static_cast<FoldKind>(each.kind), each.type), kFoldLanes);
    }
  }
  if (loop.rank() > 0) {
    const int filled = roundUp(static_cast<int>(std::min<std::int64_t>(loop.lanes(), blockLanes_)), kLaneGroup);
    for (const auto& [slot, type] : stage.inherited) {
      operations_.memory[static_cast<int>(type)].load(frame(slot), current_[slot], 0, filled);
      current_[slot] = frame(slot);
    }
  }
  if (geometry.isDirect) foldLoop(stage, geometry);
  for (std::int64_t outer = 0; outer < loop.outer() && !geometry.isDirect && !isStopped(); outer++) {
    for (std::int64_t start = 0; start < loop.lanes(); start += blockLanes_) {
      const int lanes = static_cast<int>(std::min<std::int64_t>(blockLanes_, loop.lanes() - start));
      for (std::size_t f = 0; f < geometry.forms.size(); f++) {
        const FormGeometry& form = geometry.forms[f];
        at_[f] = base_[f] + loop.outerOffset(form.loop, outer);
        if (form.lane.kind == LaneKind::linear) at_[f] += form.lane.stride * start;
      }
      laneStart_ = start;
      fillOffsets(number, loop, true, start, lanes);
      body(stage, geometry, lanes);
      for (const LoopAccumulator& each : stage.accumulators) {
        takeAcross(each, current_[each.value], outer * loop.lanes() + start, lanes);
      }
      stores(stage, geometry, lanes);
    }
  }
  for (const LoopAccumulator& each : stage.accumulators) {
    if (each.isPlace) {
      operations_.places[each.kind][static_cast<int>(each.type)].finish(
          frame(each.best), reinterpret_cast<std::int32_t*>(frame(each.to)), kFoldLanes);
      settlePlaces(each, 1);
    } else {
      operations_.folds[each.kind][static_cast<int>(each.type)].finish(frame(each.to));
    }
  }
}

void Execution::foldLoop(const LoopStage& stage, const StageGeometry& geometry) {
  const LaneSpace& loop = geometry.loop;
  for (std::int64_t outer = 0; outer < loop.outer(); outer++) {
    const std::int64_t at = base_[0] + loop.outerOffset(geometry.forms[0].loop, outer);
    for (std::int64_t start = 0; start < loop.lanes() && !isStopped(); start += kFoldedAtOnce) {
      takeAcross(stage.accumulators[0], elements(stage.forms[0], at + start), outer * loop.lanes() + start,
                 static_cast<int>(std::min(kFoldedAtOnce, loop.lanes() - start)));
    }
  }
}

void Execution::takeAcross(const LoopAccumulator& accumulator, const std::byte* values, std::int64_t position, int lanes) {
  const int type = static_cast<int>(accumulator.type);
  const std::size_t size = sizeOf(accumulator.type);
  if (accumulator.isPlace) {
    for (int lane = 0; lane < lanes; lane += kFoldLanes) {
      operations_.places[accumulator.kind][type].take(
          frame(accumulator.best), reinterpret_cast<std::int32_t*>(frame(accumulator.to)),
          values + static_cast<std::size_t>(lane) * size, static_cast<std::int32_t>(position + lane), 1,
          std::min(kFoldLanes, lanes - lane));
    }
    return;
  }
  const int rest = lanes % kFoldLanes;
  const auto take = operations_.folds[accumulator.kind][type].take;
  if (rest < lanes) take(frame(accumulator.to), values, lanes - rest);
  if (rest > 0) {
    const std::size_t bytes = static_cast<std::size_t>(rest) * size;
    std::memcpy(padded_, values + static_cast<std::size_t>(lanes - rest) * size, bytes);
    fillBlock(padded_ + bytes, accumulator.type, identityOf(static_cast<FoldKind>(accumulator.kind), accumulator.type),
              kFoldLanes - rest);
    take(frame(accumulator.to), padded_, kFoldLanes);
  }
}

// ---- instructions ----------------------------------------------------------------------------------------------------

std::byte* Execution::elements(const LinearForm& form, std::int64_t at) const {
  return arguments_.bindings[form.buffer] + at * sizeOf(program_.buffers[static_cast<std::size_t>(form.buffer)]);
}

const MemoryFunctions& Execution::memoryOf(const LinearForm& form) const {
  return operations_.memory[static_cast<int>(program_.buffers[static_cast<std::size_t>(form.buffer)])];
}

void Execution::body(const LoopStage& stage, const StageGeometry& geometry, int lanes) {
  const int padded = roundUp(lanes, kLaneGroup);
  for (auto at = stage.body.begin() + (isFresh_ ? 0 : stage.steady); at != stage.body.end(); ++at) {
    const LoopInstruction& instruction = *at;
    switch (instruction.kind) {
      case LoopInstruction::Kind::scalar: {
        std::byte* to = frame(instruction.to);
        if (instruction.directStore != kNone && padded == lanes) {
          const auto form = static_cast<std::size_t>(stage.stores[static_cast<std::size_t>(instruction.directStore)].form);
          const LaneStride& lane = geometry.forms[form].lane;
          if (lane.kind == LaneKind::linear && lane.stride == 1) to = elements(stage.forms[form], at_[form]);
        }
        instruction.function(to, current_[instruction.a], current_[instruction.b], current_[instruction.c], padded);
        current_[instruction.to] = to;
        break;
      }
      case LoopInstruction::Kind::load:
        load(instruction, stage, geometry, lanes);
        break;
      case LoopInstruction::Kind::axis:
        axis(instruction, geometry.forms[static_cast<std::size_t>(instruction.form)], lanes);
        break;
    }
  }
}

void Execution::load(const LoopInstruction& instruction, const LoopStage& stage, const StageGeometry& geometry, int lanes) {
  const auto number = static_cast<std::size_t>(instruction.form);
  const LinearForm& form = stage.forms[number];
  const FormGeometry& resolved = geometry.forms[number];
  std::byte* to = frame(instruction.to);
  current_[instruction.to] = to;
  if (resolved.steadyOffsets != kNone) {
    loadSteady(instruction, form, resolved, lanes);
    return;
  }
  if (form.index != kNone || form.guard != kNone) {
    loadChecked(instruction, form, resolved, lanes);
    return;
  }
  const MemoryFunctions& memory = memoryOf(form);
  std::byte* from = elements(form, at_[number]);
  switch (resolved.lane.kind) {
    case LaneKind::uniform:
      memory.load(to, from, 0, roundUp(lanes, kLaneGroup));
      return;
    case LaneKind::linear:
      if (instruction.mayAlias && resolved.lane.stride == 1 && lanes % kLaneGroup == 0) {
        current_[instruction.to] = from;
      } else {
        memory.load(to, from, resolved.lane.stride, lanes);
      }
      return;
    case LaneKind::general:
      if (resolved.run >= kFewestRunLanes) {
        memory.gatherRuns(to, from, offsets(resolved), firstRun(resolved), resolved.run, lanes);
      } else {
        memory.gather(to, from, offsets(resolved), lanes);
      }
  }
}

// Where the guard is 0 the result is 0.
void Execution::loadChecked(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry,
                            int lanes) {
  const MemoryFunctions& memory = memoryOf(form);
  std::byte* to = frame(instruction.to);
  const std::int64_t at = at_[instruction.form];
  const OffsetCheck check = safeOffsets(form, geometry, at, lanes);
  if (check == OffsetCheck::none) {
    fillBlock(to, instruction.type, 0, lanes);
    return;
  }
  if (check == OffsetCheck::all && form.index == kNone && geometry.lane.kind == LaneKind::linear) {
    memory.load(to, elements(form, at), geometry.lane.stride, lanes);
    return;
  }
  memory.gather(to, elements(form, 0), safe_, lanes);
  if (check == OffsetCheck::some) clearUnguarded(instruction, form, lanes);
}

void Execution::clearUnguarded(const LoopInstruction& instruction, const LinearForm& form, int lanes) {
  alignas(kCacheLine) static const std::byte zeros[kMostBlockBytes] = {};
  std::byte* to = frame(instruction.to);
  const BlockFunction select = operations_.scalar[static_cast<int>(ScalarOp::select)][static_cast<int>(instruction.type)];
  select(to, current_[form.guard], to, zeros, roundUp(lanes, kLaneGroup));
}

void Execution::loadSteady(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry,
                           int lanes) {
  const std::int64_t base = geometry.grid[0] * leading_;
  SteadyOffsets& steady = steady_[geometry.steadyOffsets];
  if (isFresh_) steady = steadyOffsets(form, geometry, at_[instruction.form] - base, lanes);
  std::byte* to = frame(instruction.to);
  if (steady.check == OffsetCheck::none) {
    fillBlock(to, instruction.type, 0, lanes);
    return;
  }
  const std::int64_t elementsBound = elementsOf(program_, arguments_, form.buffer);
  if (base + steady.lowest < 0 || base + steady.highest >= elementsBound) leaves(program_, form.buffer, elementsBound);
  const MemoryFunctions& memory = memoryOf(form);
  const std::byte* from = elements(form, base);
  const std::int32_t* offsets = steadyLanes(geometry);
  if (steady.run >= kFewestRunLanes) {
    memory.gatherRuns(to, from, offsets, steady.run, steady.run, lanes);
  } else {
    memory.gather(to, from, offsets, lanes);
  }
  if (steady.check == OffsetCheck::some) clearUnguarded(instruction, form, lanes);
}

SteadyOffsets Execution::steadyOffsets(const LinearForm& form, const FormGeometry& geometry, std::int64_t at, int lanes) {
  const auto* index = form.index == kNone ? nullptr : reinterpret_cast<const std::int32_t*>(current_[form.index]);
  const auto* guard = form.guard == kNone ? nullptr : reinterpret_cast<const std::int32_t*>(current_[form.guard]);
  const std::int32_t* general = geometry.lane.kind == LaneKind::general ? offsets(geometry) : nullptr;
  std::int32_t* to = steadyLanes(geometry);
  const auto isTouched = [&](int lane) { return guard == nullptr || guard[lane] != 0; };
  SteadyOffsets steady = {OffsetCheck::none, std::numeric_limits<std::int64_t>::max(),
                          std::numeric_limits<std::int64_t>::min(), lanes};
  int touched = 0;
  for (int lane = 0; lane < lanes; lane++) {
    if (!isTouched(lane)) continue;
    const std::int64_t offset = at + (general == nullptr ? geometry.lane.stride * lane : general[lane]) +
                                (index == nullptr ? 0 : index[lane]);
    to[lane] = static_cast<std::int32_t>(offset);
    steady.lowest = std::min(steady.lowest, offset);
    steady.highest = std::max(steady.highest, offset);
    touched++;
  }
  if (touched == 0) return steady;
  steady.check = touched == lanes ? OffsetCheck::all : OffsetCheck::some;
  // Lanes that do not count read what others read, in a line if possible.
  for (int lane = 0; lane < lanes; lane++) {
    const bool follows = lane > 0 && to[lane - 1] < steady.highest;
    if (!isTouched(lane)) to[lane] = follows && !isTouched(lane - 1) ? to[lane - 1] + 1 : static_cast<std::int32_t>(steady.lowest);
    if (lane > 0 && to[lane] != to[lane - 1] + 1) steady.run = std::gcd(steady.run, lane);
  }
  return steady;
}

OffsetCheck Execution::safeOffsets(const LinearForm& form, const FormGeometry& geometry, std::int64_t at, int lanes) {
  const std::int64_t elements = elementsOf(program_, arguments_, form.buffer);
  const auto lanesOf = [&](int slot) {
    return slot == kNone ? nullptr : reinterpret_cast<const std::int32_t*>(current_[slot]);
  };
  const std::int32_t* general = geometry.lane.kind == LaneKind::general ? offsets(geometry) : nullptr;
  const OffsetCheck check = operations_.checkOffsets(safe_, general, at, geometry.lane.stride, lanesOf(form.index),
                                                     lanesOf(form.guard), elements, lanes);
  if (check == OffsetCheck::outside) leaves(program_, form.buffer, elements);
  return check;
}

void Execution::axis(const LoopInstruction& instruction, const FormGeometry& geometry, int lanes) {
  auto* to = reinterpret_cast<std::int32_t*>(frame(instruction.to));
  current_[instruction.to] = frame(instruction.to);
  const auto at = static_cast<std::int32_t>(at_[instruction.form]);
  if (geometry.lane.kind == LaneKind::general) {
    const std::int32_t* offset = offsets(geometry);
    for (int i = 0; i < lanes; i++) to[i] = at + offset[i];
  } else {
    const auto stride = static_cast<std::int32_t>(geometry.lane.stride);
    const int padded = roundUp(lanes, kLaneGroup);
    for (int i = 0; i < padded; i++) to[i] = at + i * stride;
  }
}

void Execution::stores(const LoopStage& stage, const StageGeometry& geometry, int lanes) {
  for (const LoopStore& store : stage.stores) {
    const auto number = static_cast<std::size_t>(store.form);
    const LinearForm& form = stage.forms[number];
    const FormGeometry& resolved = geometry.forms[number];
    const MemoryFunctions& memory = memoryOf(form);
    const std::byte* value = current_[store.value];
    const std::int64_t at = at_[number];
    if (form.index != kNone) {
      safeOffsets(form, resolved, at, lanes);
      memory.scatter(elements(form, 0), value, safe_, lanes);
    } else if (resolved.lane.kind == LaneKind::general) {
      if (resolved.run >= kFewestRunLanes) {
        memory.scatterRuns(elements(form, at), value, offsets(resolved), firstRun(resolved), resolved.run, lanes);
      } else {
        memory.scatter(elements(form, at), value, offsets(resolved), lanes);
      }
    } else if (resolved.lane.kind == LaneKind::uniform) {
      // The last lane stays.
      memory.store(elements(form, at), value + static_cast<std::size_t>(lanes - 1) * sizeOf(store.type), 1, 1);
    } else if (std::byte* to = elements(form, at); to != value) {
      memory.store(to, value, resolved.lane.stride, lanes);
    }
  }
}

}  // namespace hadal
