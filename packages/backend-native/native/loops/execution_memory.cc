// How the interpreter's blocks come from memory and go there.
#include <algorithm>
#include <limits>
#include <numeric>

#include "loops/block_program.h"
#include "loops/elements.h"
#include "loops/execution.h"

namespace hadal {

namespace {

// Shorter runs of lanes are gathered.
constexpr int kFewestRunLanes = 4;

}  // namespace

std::byte* Execution::elements(const LinearForm& form, std::int64_t at) const {
  return arguments_.bindings[form.buffer] + at * sizeOf(program_.buffers[static_cast<std::size_t>(form.buffer)]);
}

const MemoryFunctions& Execution::memoryOf(const LinearForm& form) const {
  return operations_.memory[static_cast<int>(program_.buffers[static_cast<std::size_t>(form.buffer)])];
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
      } else if (resolved.tile == kNone || !loadTile(instruction, form, resolved, lanes)) {
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

bool Execution::loadTile(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry, int lanes) {
  const std::int64_t at = at_[instruction.form];
  const std::int64_t stride = geometry.lane.stride;
  std::byte* blocks = tileBlocks_ + static_cast<std::size_t>(geometry.tile) * kTileColumns * slotBytes_;
  Tile& tile = tiles_[geometry.tile];
  if (tile.lanes < lanes || at < tile.at || at >= tile.at + kTileColumns) {
    if (lanes % kLaneGroup != 0) return false;
    const std::int64_t last = at + std::max<std::int64_t>(stride, 0) * (lanes - 1) + kTileColumns - 1;
    if (last >= elementsOf(program_, arguments_, form.buffer)) return false;
    memoryOf(form).loadTile(blocks, static_cast<int>(slotBytes_ / sizeOf(instruction.type)), elements(form, at), stride, lanes);
    tile = {at, lanes};
  }
  current_[instruction.to] = blocks + static_cast<std::size_t>(at - tile.at) * slotBytes_;
  return true;
}

// Where the guard is 0 the result is 0.
void Execution::loadChecked(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry,
                            int lanes) {
  const MemoryFunctions& memory = memoryOf(form);
  std::byte* to = frame(instruction.to);
  const std::int64_t at = at_[instruction.form];
  if (loadSameIndex(instruction, form, geometry, lanes)) return;
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

bool Execution::loadSameIndex(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry,
                              int lanes) {
  if (form.index == kNone || form.guard != kNone || geometry.lane.kind == LaneKind::general) return false;
  const auto* index = reinterpret_cast<const std::int32_t*>(current_[form.index]);
  if (!operations_.areEqual(index, lanes)) return false;
  const std::int64_t first = at_[instruction.form] + index[0];
  const std::int64_t last = first + geometry.lane.stride * (lanes - 1);
  const std::int64_t elementsBound = elementsOf(program_, arguments_, form.buffer);
  if (std::min(first, last) < 0 || std::max(first, last) >= elementsBound) leaves(program_, form.buffer, elementsBound);
  memoryOf(form).load(frame(instruction.to), elements(form, first), geometry.lane.stride, lanes);
  return true;
}

void Execution::clearUnguarded(const LoopInstruction& instruction, const LinearForm& form, int lanes) {
  alignas(kCacheLine) static const std::byte zeros[kMostBlockBytes] = {};
  std::byte* to = frame(instruction.to);
  const BlockFunction select = operations_.scalar[static_cast<int>(ScalarOp::select)][static_cast<int>(instruction.type)];
  select(to, current_[form.guard], to, zeros, roundUp(lanes, kLaneGroup), kNoneUniform);
}

void Execution::loadSteady(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry,
                           int lanes) {
  const std::int64_t base = freeOffset(geometry);
  SteadyOffsets& steady = steadyOffsetsOf(geometry);
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
