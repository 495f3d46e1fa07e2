#include "loops/execution.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

#include "loops/block_program.h"
#include "loops/elements.h"

namespace hadal {

namespace {

// Elements that are folded before looking whether to stop.
constexpr std::int64_t kFoldedAtOnce = 1 << 16;

// Bytes of a row that are fetched between two blocks of the row before.
constexpr std::ptrdiff_t kFetchedAtOnce = 12 * static_cast<std::ptrdiff_t>(kCacheLine);

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
  for (const UniformValue& uniform : program.uniforms) {
    if (uniform.kind != UniformValue::Kind::element) continue;
    const std::int64_t at = uniform.offset.at(arguments.integers);
    const std::int64_t elements = elementsOf(program, arguments, uniform.index);
    if (at < 0 || at >= elements) leaves(program, uniform.index, elements);
  }
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

Execution::Execution(const LoopProgram& program, LoopGeometry& geometry, const LoopArguments& arguments,
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
    formCount_ += stage.forms.size();
    rank = std::max(rank, stage.loop.rank());
  }
  const auto slots = static_cast<std::size_t>(program.slots);
  const auto lanes = static_cast<std::size_t>(blockLanes_);
  Arrays arrays;
  const std::size_t frames = arrays.add<std::byte>(slots * slotBytes_);
  const std::size_t padded = arrays.add<std::byte>(slotBytes_);
  const std::size_t groupBytes = static_cast<std::size_t>(kLaneGroup * program.laneBytes);
  const std::size_t groups = arrays.add<std::byte>(program.uniforms.size() * groupBytes);
  const std::size_t current = arrays.add<std::byte*>(slots + program.uniforms.size());
  const std::size_t bases = arrays.add<std::int64_t>(formCount_);
  const std::size_t steps = arrays.add<std::int64_t>(formCount_);
  const std::size_t at = arrays.add<std::int64_t>(forms);
  const std::size_t index = arrays.add<std::int64_t>(static_cast<std::size_t>(rank));
  const std::size_t offsets = arrays.add<std::int32_t>(lanes * static_cast<std::size_t>(geometry.offsetArrays));
  const std::size_t offsetsStart = arrays.add<std::int64_t>(program.stages.size());
  const std::size_t steady = arrays.add<std::byte>(geometry.leadingInnermost ? geometry.steadyLayout.bytes : 0);
  const std::size_t kept = arrays.add<float>(static_cast<std::size_t>(geometry.keptLanes * program.keptRows));
  const std::size_t fetching = arrays.add<Fetching>(geometry.fetched.size());
  const auto tileCount = static_cast<std::size_t>(geometry.tiles);
  const std::size_t tiles = arrays.add<Tile>(tileCount);
  const std::size_t tileBlocks = arrays.add<std::byte>(tileCount * kTileColumns * slotBytes_);
  const std::size_t gridIndex = arrays.add<std::int64_t>(static_cast<std::size_t>(geometry.grid.rank()));
  const std::size_t safe = arrays.add<std::int32_t>(lanes);
  std::byte* memory = scratch(arrays.bytes());
  frames_ = memory + frames;
  padded_ = memory + padded;
  current_ = reinterpret_cast<std::byte**>(memory + current);
  base_ = bases_ = reinterpret_cast<std::int64_t*>(memory + bases);
  steps_ = reinterpret_cast<std::int64_t*>(memory + steps);
  at_ = reinterpret_cast<std::int64_t*>(memory + at);
  index_ = reinterpret_cast<std::int64_t*>(memory + index);
  offsets_ = reinterpret_cast<std::int32_t*>(memory + offsets);
  offsetsStart_ = reinterpret_cast<std::int64_t*>(memory + offsetsStart);
  std::fill_n(offsetsStart_, program.stages.size(), std::int64_t{kNone});
  safe_ = reinterpret_cast<std::int32_t*>(memory + safe);
  steady_ = memory + steady;
  kept_ = memory + kept;
  tiles_ = reinterpret_cast<Tile*>(memory + tiles);
  std::fill_n(tiles_, tileCount, Tile{0, 0});
  tileBlocks_ = memory + tileBlocks;
  fetching_ = fetchingEnd_ = reinterpret_cast<Fetching*>(memory + fetching);
  gridIndex_ = reinterpret_cast<std::int64_t*>(memory + gridIndex);

  std::int64_t* step = steps_;
  for (const StageGeometry& stage : geometry.stages) {
    for (const FormGeometry& form : stage.forms) *step++ = form.grid.empty() ? 0 : form.grid.back();
  }
  for (int slot = 0; slot < program.slots; slot++) current_[slot] = frame(slot);
  std::int64_t longest = geometry.overLoops ? 0 : geometry.grid.lanes();
  if (geometry.overLoops) {
    for (const StageGeometry& stage : geometry.stages) longest = std::max(longest, stage.loop.lanes());
  }
  const int filled = roundUp(static_cast<int>(std::min<std::int64_t>(longest, blockLanes_)), kFoldLanes);
  for (std::size_t i = 0; i < program.uniforms.size(); i++) {
    current_[slots + i] = memory + groups + i * groupBytes;
    fillUniform(program.uniforms[i], current_[slots + i]);
  }
  for (const auto& [from, to, type] : program.spread) {
    operations_.memory[static_cast<int>(type)].load(frame(to), current_[from], 0, filled);
  }
}

void Execution::fillUniform(const UniformValue& uniform, std::byte* group) const {
  switch (uniform.kind) {
    case UniformValue::Kind::constant:
      fillBlock(group, uniform.type, uniform.value, kLaneGroup);
      return;
    case UniformValue::Kind::scalar:
      fillBlock(group, uniform.type, arguments_.scalars[uniform.index], kLaneGroup);
      return;
    case UniformValue::Kind::integer:
      fillBlock(group, uniform.type, arguments_.integers[uniform.index], kLaneGroup);
      return;
    case UniformValue::Kind::element: {
      const Storage storage = program_.buffers[static_cast<std::size_t>(uniform.index)];
      const std::byte* from = arguments_.bindings[uniform.index] + uniform.offset.at(arguments_.integers) * sizeOf(storage);
      operations_.memory[static_cast<int>(storage)].load(group, from, 0, kLaneGroup);
      return;
    }
    case UniformValue::Kind::operation:
      apply(uniform.operation, group, kLaneGroup);
  }
}

void Execution::apply(const BlockOperation& operation, std::byte* to, int lanes) const {
  operation.function(to, current_[operation.a], current_[operation.b], current_[operation.c], lanes,
                     geometry_.overLoops ? operation.uniformOverLoops : operation.uniform);
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
  SteadyTable& table = geometry_.steadyTable;
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
  moveTo(outer_, geometry_.grid.firstLaneAxis());
  if (table.units > 0) {
    std::int64_t steadyUnit = unit % geometry_.blocks;
    for (std::size_t axis = 0; axis < table.steps.size(); axis++) steadyUnit += gridIndex_[axis] * table.steps[axis];
    steady_ = table.unit(steadyUnit, geometry_.steadyLayout);
    isFresh_ = false;
    for (std::size_t i = 0; i < program_.steadySlots.size(); i++) current_[program_.steadySlots[i]] = steadySlot(i);
  }
  const int lanes = static_cast<int>(std::min<std::int64_t>(blockLanes_, geometry_.grid.lanes() - laneStart_));
  for (std::size_t stage = 0; stage < program_.stages.size(); stage++) stageOverGrid(stage, lanes);
}

void Execution::fillSteady() {
  SteadyTable& table = geometry_.steadyTable;
  for (std::int64_t unit = 0; unit < table.units && !isStopped(); unit++) {
    steady_ = table.unit(unit, geometry_.steadyLayout);
    laneStart_ = unit % geometry_.blocks * blockLanes_;
    for (std::size_t axis = 0; axis < table.steps.size(); axis++) {
      const std::int64_t step = table.steps[axis];
      gridIndex_[axis] = step == 0 ? 0 : unit / step % geometry_.grid.extents()[axis];
    }
    const int lanes = static_cast<int>(std::min<std::int64_t>(blockLanes_, geometry_.grid.lanes() - laneStart_));
    for (std::size_t number = 0; number < program_.stages.size(); number++) {
      const LoopStage& stage = program_.stages[number];
      const StageGeometry& geometry = geometry_.stages[number];
      moveForms(number, lanes);
      instructions(stage, geometry, stage.body.data(), stage.body.data() + stage.steady, lanes);
      for (std::size_t f = 0; f < geometry.forms.size(); f++) {
        const FormGeometry& form = geometry.forms[f];
        if (form.steadyOffsets != kNone) steadyOffsetsOf(form) = steadyOffsets(stage.forms[f], form, at_[f], lanes);
      }
    }
    for (std::size_t i = 0; i < program_.steadySlots.size(); i++) {
      std::memcpy(steadySlot(i), frame(program_.steadySlots[i]), slotBytes_);
    }
  }
}

std::int64_t Execution::freeOffset(const FormGeometry& form) const {
  if (geometry_.leadingInnermost) return form.grid[0] * leading_;
  const std::vector<std::int64_t>& steps = geometry_.steadyTable.steps;
  std::int64_t offset = 0;
  for (std::size_t axis = 0; axis < steps.size(); axis++) {
    if (steps[axis] == 0) offset += gridIndex_[axis] * form.grid[axis];
  }
  return offset;
}

bool Execution::moveTo(std::int64_t point, int axes) {
  const std::vector<std::int64_t>& extents = geometry_.grid.extents();
  if (point == point_) return false;
  const bool isNext = point == point_ + 1 && point > 0;
  point_ = point;
  std::int64_t rest = point;
  for (int axis = axes - 1; axis >= 0; axis--) {
    const std::int64_t extent = extents[static_cast<std::size_t>(axis)];
    if (isNext) {
      if (++gridIndex_[axis] < extent) return axis == axes - 1;
      gridIndex_[axis] = 0;
    } else {
      gridIndex_[axis] = rest % extent;
      rest /= extent;
    }
  }
  return false;
}

std::int64_t Execution::gridOffset(const FormGeometry& form, int axes) const {
  std::int64_t offset = form.offset;
  for (int axis = 0; axis < axes; axis++) offset += gridIndex_[axis] * form.grid[static_cast<std::size_t>(axis)];
  return offset;
}

void Execution::moveForms(std::size_t number, int lanes) {
  const StageGeometry& geometry = geometry_.stages[number];
  const int axes = geometry_.grid.firstLaneAxis();
  for (std::size_t f = 0; f < geometry.forms.size(); f++) {
    const FormGeometry& form = geometry.forms[f];
    at_[f] = gridOffset(form, axes);
    if (form.lane.kind == LaneKind::linear) at_[f] += form.lane.stride * laneStart_;
  }
  fillOffsets(number, geometry_.grid, false, laneStart_, lanes);
}

void Execution::stageOverGrid(std::size_t number, int lanes) {
  const LoopStage& stage = program_.stages[number];
  const StageGeometry& geometry = geometry_.stages[number];
  const int padded = roundUp(lanes, kLaneGroup);
  moveForms(number, lanes);
  beginFetchingBlocks(lanes);
  if (geometry.isWindow) {
    findPlaces(stage, geometry, lanes);
    return;
  }
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
                                                                          current_[each.value], frame(each.to), padded,
                                                                          kNoneUniform);
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

void Execution::findPlaces(const LoopStage& stage, const StageGeometry& geometry, int lanes) {
  const LinearForm& form = stage.forms[0];
  const FormGeometry& resolved = geometry.forms[0];
  const LoopAccumulator& place = stage.accumulators[stage.accumulators[0].isPlace ? 0 : 1];
  const std::size_t size = sizeOf(place.type);
  const auto find = operations_.places[place.kind][static_cast<int>(place.type)].find;
  const bool isLine = resolved.lane.kind == LaneKind::linear;
  const int run = isLine ? lanes : resolved.run;
  int count = isLine ? lanes : std::min(firstRun(resolved), lanes);
  for (int lane = 0; lane < lanes; lane += count, count = std::min(run, lanes - lane)) {
    const std::int64_t at = at_[0] + (isLine ? 0 : offsets(resolved)[lane]);
    find(frame(place.best) + static_cast<std::size_t>(lane) * size, reinterpret_cast<std::int32_t*>(frame(place.to)) + lane,
         elements(form, at), geometry.window.data(), static_cast<int>(geometry.window.size()), count);
  }
  for (const LoopAccumulator& each : stage.accumulators) current_[each.to] = frame(each.isPlace ? each.to : place.best);
}

// A lane that saw nothing has place 0.
void Execution::settlePlaces(const LoopAccumulator& accumulator, int lanes) {
  auto* places = reinterpret_cast<std::int32_t*>(frame(accumulator.to));
  std::replace(places, places + lanes, kNoPlace, std::int32_t{0});
}

// ---- lanes over loops ------------------------------------------------------------------------------------------------

void Execution::runGridPoint(std::int64_t point) {
  const int axes = geometry_.grid.rank();
  if (moveTo(point, axes)) {
    for (std::size_t f = 0; f < formCount_; f++) bases_[f] += steps_[f];
  } else {
    std::int64_t* base = bases_;
    for (const StageGeometry& stage : geometry_.stages) {
      for (const FormGeometry& form : stage.forms) *base++ = gridOffset(form, axes);
    }
  }
  beginFetching();
  base_ = bases_;
  for (std::size_t number = 0; number < program_.stages.size(); number++) {
    stageOverLoop(number);
    base_ += geometry_.stages[number].forms.size();
  }
}

void Execution::beginFetching() {
  fetchingEnd_ = fetching_;
  for (const FetchedLine& line : geometry_.fetched) {
    const LinearForm& of = program_.stages[static_cast<std::size_t>(line.stage)].forms[static_cast<std::size_t>(line.form)];
    const std::byte* next = elements(of, bases_[line.number] + steps_[line.number]);
    *fetchingEnd_++ = {next, next + line.bytes, line.isWritten, kFetchedAtOnce};
  }
}

void Execution::beginFetchingBlocks(int lanes) {
  fetchingEnd_ = fetching_;
  const std::int64_t rest = std::min<std::int64_t>(geometry_.blockLanes, geometry_.grid.lanes() - laneStart_ - lanes);
  for (const FetchedLine& line : geometry_.fetched) {
    const LoopStage& stage = program_.stages[0];
    const LinearForm& of = stage.forms[static_cast<std::size_t>(line.form)];
    const std::byte* next = elements(of, at_[line.form] + lanes);
    const std::int64_t bytes = rest * line.bytes / geometry_.blockLanes;
    const auto steps = static_cast<std::int64_t>(stage.body.size());
    constexpr auto kLine = static_cast<std::int64_t>(kCacheLine);
    *fetchingEnd_++ = {next, next + bytes, line.isWritten, (bytes / steps / kLine + 1) * kLine};
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
    for (const auto& [slot, type, isWhole] : stage.inherited) {
      operations_.memory[static_cast<int>(type)].load(frame(slot), current_[slot], 0, isWhole ? filled : kLaneGroup);
      current_[slot] = frame(slot);
    }
  }
  if (geometry.isDirect) foldLoop(stage, geometry);
  for (std::int64_t outer = 0; outer < loop.outer() && !geometry.isDirect && !isStopped(); outer++) {
    for (std::int64_t start = 0; start < loop.lanes(); start += blockLanes_) {
      const int lanes = static_cast<int>(std::min<std::int64_t>(blockLanes_, loop.lanes() - start));
      for (std::size_t f = 0; f < geometry.forms.size(); f++) {
        const FormGeometry& form = geometry.forms[f];
        at_[f] = base_[f];
        if (outer > 0) at_[f] += loop.outerOffset(form.loop, outer);
        if (form.lane.kind == LaneKind::linear) at_[f] += form.lane.stride * start;
      }
      laneStart_ = start;
      keptStart_ = outer * loop.lanes() + start;
      fillOffsets(number, loop, true, start, lanes);
      body(stage, geometry, lanes);
      for (const LoopAccumulator& each : stage.accumulators) {
        takeAcross(each, current_[each.value], outer * loop.lanes() + start, lanes);
      }
      stores(stage, geometry, lanes);
      fetchOn();
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
      fetchOn();
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

// ---- instructions -----------------------------------------------------------------------------------------------------

void Execution::body(const LoopStage& stage, const StageGeometry& geometry, int lanes) {
  const std::vector<LoopInstruction>& body = geometry_.keptLanes > 0 ? stage.keptBody : stage.body;
  instructions(stage, geometry, body.data() + (isFresh_ ? 0 : stage.steady), body.data() + body.size(), lanes);
}

void Execution::instructions(const LoopStage& stage, const StageGeometry& geometry, const LoopInstruction* begin,
                             const LoopInstruction* end, int lanes) {
  const int padded = roundUp(lanes, kLaneGroup);
  for (const LoopInstruction* at = begin; at < end; at++) {
    const LoopInstruction& instruction = *at;
    switch (instruction.kind) {
      case LoopInstruction::Kind::scalar: {
        std::byte* to = frame(instruction.to);
        if (instruction.keptAs != kNone && geometry_.keptLanes > 0) {
          to = keptBlock(instruction.keptAs);
        } else if (instruction.directStore != kNone && padded == lanes) {
          const auto form = static_cast<std::size_t>(stage.stores[static_cast<std::size_t>(instruction.directStore)].form);
          const LaneStride& lane = geometry.forms[form].lane;
          if (lane.kind == LaneKind::linear && lane.stride == 1) to = elements(stage.forms[form], at_[form]);
        }
        apply(instruction.operation, to, padded);
        current_[instruction.to] = to;
        fetchOn();
        break;
      }
      case LoopInstruction::Kind::load:
        load(instruction, stage, geometry, lanes);
        break;
      case LoopInstruction::Kind::axis:
        axis(instruction, geometry.forms[static_cast<std::size_t>(instruction.form)], lanes);
        break;
      case LoopInstruction::Kind::found:
        current_[instruction.to] = keptBlock(instruction.foundAs);
        break;
    }
  }
}

}  // namespace hadal
