#include "loops/geometry.h"

#include <algorithm>
#include <limits>

#include "loops/elements.h"

namespace hadal {

namespace {

// Registers of a block stay in the first-level cache, beside the memory that streams through it.
constexpr int kFrameBytes = 24 * 1024;
constexpr int kMostLanes = 1024;
constexpr int kFewestLanes = 128;
// Deciding which operation comes next takes as long as this many lanes of a simple one; shorter runs are joined.
constexpr std::int64_t kWantedLanes = 128;
// Below these, lanes go to the other kind of axis.
constexpr std::int64_t kFewPoints = 16;
constexpr std::int64_t kFewIterations = 24;
// Rows of fewer elements are not folded row by row.
constexpr std::int64_t kFewestDirectLanes = 8;
// Blocks over elements that are far apart have as many cache lines as lanes.
constexpr int kScatteredLanes = 64;
// Rows of kernels that touch less stay in the second-level cache; shorter rows are fetched by the processor itself.
constexpr std::int64_t kFetchedBytes = 1024 * 1024;
constexpr std::int64_t kFewestRowBytes = 512;
constexpr std::int64_t kMostRowBytes = 8192;
// Rows kept for the next point displace few others.
constexpr std::size_t kMostFetched = 4;
// Blocks that compute less are read as fast as memory can be.
constexpr std::ptrdiff_t kFewestOperations = 4;
// Parameter, gradient and two moments of an update, and what becomes of three of them.
constexpr std::size_t kMostFetchedBlocks = 8;
// Rows of kept values stay in the second-level cache, beside the memory that streams through it.
constexpr std::int64_t kMostKeptBytes = 128 * 1024;
// A table of what is steady stays in the second-level cache, beside the memory that streams through it.
constexpr std::size_t kMostTableBytes = 512 * 1024;
// Loops of more points take elements in blocks.
constexpr std::int64_t kMostWindowPoints = 256;
// Shorter runs of lanes are gathered before they are compared.
constexpr int kFewestWindowLanes = 8;
// What a block costs beside its lanes, and a dispatch beside its blocks, in nanoseconds.
constexpr double kInstructionNs = 4;
constexpr double kDispatchNs = 500;

std::vector<std::int64_t> resolve(const std::vector<Extent>& extents, const std::int32_t* integers) {
  std::vector<std::int64_t> resolved;
  resolved.reserve(extents.size());
  for (const Extent& extent : extents) resolved.push_back(std::max<std::int64_t>(extent.at(integers), 0));
  return resolved;
}

std::int64_t product(const std::vector<std::int64_t>& extents) {
  std::int64_t total = 1;
  for (const std::int64_t extent : extents) total *= extent;
  return total;
}

FormGeometry resolveForm(const LinearForm& form, const std::vector<std::int64_t>& grid, const std::vector<std::int64_t>& loop,
                         const std::int32_t* integers) {
  FormGeometry result = {};
  result.offset = form.offset.at(integers);
  result.grid.resize(grid.size());
  result.loop.resize(loop.size());
  result.lowest = result.highest = result.offset;
  for (const auto& [axis, stride] : form.terms) {
    const auto at = static_cast<std::size_t>(axis);
    const bool isGrid = at < grid.size();
    const std::int64_t last = (isGrid ? grid[at] : loop[at - grid.size()]) - 1;
    (isGrid ? result.grid[at] : result.loop[at - grid.size()]) = stride;
    (stride < 0 ? result.lowest : result.highest) += stride * last;
  }
  return result;
}

bool isLine(const LaneStride& lane) { return lane.kind == LaneKind::linear && lane.stride == 1; }

bool chooseLoops(const LoopProgram& program, std::int64_t points, std::int64_t iterations) {
  if (!program.mayVectorizeLoops || iterations <= 1) return false;
  if (points < kFewPoints) return iterations > points;
  return program.prefersLoops && iterations >= kFewIterations;
}

int blockLanesOf(const LoopProgram& program) {
  const int lanes = kFrameBytes / std::max(1, program.slots * program.laneBytes) / kFoldLanes * kFoldLanes;
  return std::clamp(lanes, kFewestLanes, kMostLanes);
}

// Lanes over the grid. Where memory is folded as it is, its rows are lanes, even if they are short.
LaneSpace gridLanes(const LoopProgram& program, const std::vector<std::int64_t>& grid) {
  const bool isDirect = std::all_of(program.stages.begin(), program.stages.end(),
                                    [](const LoopStage& stage) { return stage.loop.empty() || stage.isDirect; });
  const bool hasLoops =
      std::any_of(program.stages.begin(), program.stages.end(), [](const LoopStage& stage) { return stage.isDirect; });
  if (isDirect && hasLoops) {
    LaneSpace rows(grid, 1);
    if (rows.lanes() >= kFewestDirectLanes) return rows;
  }
  return LaneSpace(grid, kWantedLanes);
}

bool hasSteady(const LoopProgram& program) {
  return std::any_of(program.stages.begin(), program.stages.end(), [](const LoopStage& stage) { return stage.steady > 0; });
}

bool haveSameOffsets(const LinearForm& a, const FormGeometry& resolvedA, const LinearForm& b, const FormGeometry& resolvedB) {
  return a.index == b.index && a.guard == b.guard && resolvedA.offset == resolvedB.offset && resolvedA.grid == resolvedB.grid;
}

// Loops that keep values are of equal extents, the longest of the kernel.
std::int64_t keptLanesOf(const LoopProgram& program, std::int64_t iterations) {
  const std::int64_t lanes = (iterations + kFoldLanes - 1) / kFoldLanes * kFoldLanes;
  return lanes * program.keptRows * static_cast<std::int64_t>(sizeof(float)) <= kMostKeptBytes ? lanes : 0;
}

// Whether the kernel stores to a buffer.
bool isWritten(const LoopProgram& program, int buffer) {
  return std::any_of(program.stages.begin(), program.stages.end(), [&](const LoopStage& stage) {
    return std::any_of(stage.stores.begin(), stage.stores.end(), [&](const LoopStore& store) {
      return stage.forms[static_cast<std::size_t>(store.form)].buffer == buffer;
    });
  });
}

// Numbers the tiles: of addresses that step far from lane to lane, and by one from block to block.
void numberTiles(const LoopProgram& program, LoopGeometry& geometry) {
  const int outerAxis = geometry.grid.firstLaneAxis() - 1;
  for (std::size_t i = 0; i < program.stages.size(); i++) {
    const LaneSpace& loop = geometry.stages[i].loop;
    for (std::size_t f = 0; f < program.stages[i].forms.size(); f++) {
      const LinearForm& form = program.stages[i].forms[f];
      FormGeometry& resolved = geometry.stages[i].forms[f];
      const bool isPlain = form.buffer != kNone && form.index == kNone && form.guard == kNone;
      if (!isPlain || resolved.lane.kind != LaneKind::linear || std::abs(resolved.lane.stride) < kTileColumns) continue;
      const bool followsLoop =
          loop.rank() > 0 && loop.extents().back() >= kTileColumns && resolved.loop.back() == 1;
      const bool followsGrid = loop.rank() == 0 && geometry.blockMajor && resolved.grid[static_cast<std::size_t>(outerAxis)] == 1;
      if ((followsLoop || followsGrid) && !isWritten(program, form.buffer)) resolved.tile = geometry.tiles++;
    }
  }
}

// Rows that are only folded are read faster than they are fetched: the processor's own prefetching keeps up with them, and
// what is fetched beside would wait for the same places for pending lines.
bool isFoldOfMemory(const LoopGeometry& geometry) {
  return std::all_of(geometry.stages.begin(), geometry.stages.end(),
                     [](const StageGeometry& stage) { return stage.isDirect || stage.loop.rank() == 0; });
}

bool isStored(const LoopStage& stage, std::size_t form) {
  return std::any_of(stage.stores.begin(), stage.stores.end(),
                     [&](const LoopStore& store) { return store.form == static_cast<int>(form); });
}

// Rows of memory that a row kernel goes through, each once.
std::vector<FetchedLine> findFetched(const LoopProgram& program, const LoopGeometry& geometry, std::int64_t points) {
  std::vector<FetchedLine> fetched;
  std::vector<int> buffers;
  std::size_t before = 0;
  for (std::size_t i = 0; i < program.stages.size(); before += program.stages[i++].forms.size()) {
    const LoopStage& stage = program.stages[i];
    const std::int64_t lanes = geometry.stages[i].loop.lanes();
    for (std::size_t f = 0; f < stage.forms.size(); f++) {
      const FormGeometry& form = geometry.stages[i].forms[f];
      const int buffer = stage.forms[f].buffer;
      if (buffer == kNone || !isLine(form.lane) || form.grid.empty() || form.grid.back() == 0) continue;
      const std::int64_t bytes = lanes * sizeOf(program.buffers[static_cast<std::size_t>(buffer)]);
      const bool isRow = bytes >= kFewestRowBytes && bytes <= kMostRowBytes && bytes * points > kFetchedBytes;
      if (!isRow || std::count(buffers.begin(), buffers.end(), buffer) > 0 || fetched.size() == kMostFetched) continue;
      buffers.push_back(buffer);
      fetched.push_back({static_cast<int>(i), static_cast<int>(f), before + f, bytes, isStored(stage, f)});
    }
  }
  return fetched;
}

// Memory that blocks of lanes go through one after another. A block touches all of its lines at once and then computes for
// a while, in which the processor's own prefetching, which follows what is touched, rests.
std::vector<FetchedLine> findFetchedBlocks(const LoopProgram& program, const LoopGeometry& geometry) {
  std::vector<FetchedLine> fetched;
  if (program.stages.size() != 1 || geometry.stages[0].loop.rank() > 0) return fetched;
  const LoopStage& stage = program.stages[0];
  const auto operations = std::count_if(stage.body.begin(), stage.body.end(), [](const LoopInstruction& each) {
    return each.kind == LoopInstruction::Kind::scalar;
  });
  if (operations < kFewestOperations) return fetched;
  std::vector<int> buffers;
  for (std::size_t f = 0; f < stage.forms.size(); f++) {
    const LinearForm& form = stage.forms[f];
    if (form.buffer == kNone || form.index != kNone || form.guard != kNone) continue;
    if (!isLine(geometry.stages[0].forms[f].lane)) continue;
    const std::int64_t bytes = geometry.blockLanes * sizeOf(program.buffers[static_cast<std::size_t>(form.buffer)]);
    if (bytes * geometry.grid.lanes() / geometry.blockLanes <= kFetchedBytes) continue;
    if (std::count(buffers.begin(), buffers.end(), form.buffer) > 0 || fetched.size() == kMostFetchedBlocks) continue;
    buffers.push_back(form.buffer);
    fetched.push_back({0, static_cast<int>(f), f, bytes, isStored(stage, f)});
  }
  return fetched;
}

// Numbers the arrays of offsets of steady forms.
void numberSteadyForms(const LoopProgram& program, LoopGeometry& geometry) {
  for (std::size_t i = 0; i < program.stages.size(); i++) {
    const std::vector<LinearForm>& forms = program.stages[i].forms;
    std::vector<FormGeometry>& resolved = geometry.stages[i].forms;
    for (std::size_t f = 0; f < forms.size(); f++) {
      if (!forms[f].isSteady) continue;
      for (std::size_t e = 0; e < f; e++) {
        if (forms[e].isSteady && haveSameOffsets(forms[e], resolved[e], forms[f], resolved[f])) {
          resolved[f].steadyOffsets = resolved[e].steadyOffsets;
        }
      }
      if (resolved[f].steadyOffsets == kNone) resolved[f].steadyOffsets = geometry.steadyLayout.arrays++;
    }
  }
}

void placeSteady(const LoopProgram& program, LoopGeometry& geometry) {
  numberSteadyForms(program, geometry);
  SteadyLayout& layout = geometry.steadyLayout;
  const auto lanes = static_cast<std::size_t>(geometry.blockLanes);
  const auto arrays = static_cast<std::size_t>(layout.arrays);
  layout.offsetsAt = roundUp(arrays * sizeof(SteadyOffsets), kCacheLine);
  layout.slotsAt = layout.offsetsAt + arrays * lanes * sizeof(std::int32_t);
  layout.bytes = layout.slotsAt + program.steadySlots.size() * lanes * static_cast<std::size_t>(program.laneBytes);
  SteadyTable& table = geometry.steadyTable;
  std::int64_t units = geometry.blocks;
  table.steps.resize(static_cast<std::size_t>(geometry.grid.firstLaneAxis()));
  for (int axis = geometry.grid.firstLaneAxis() - 1; axis >= 0; axis--) {
    if (std::count(program.steadyAxes.begin(), program.steadyAxes.end(), axis) == 0) continue;
    table.steps[static_cast<std::size_t>(axis)] = units;
    units *= geometry.grid.extents()[static_cast<std::size_t>(axis)];
  }
  if (static_cast<std::size_t>(units) * layout.bytes <= kMostTableBytes) {
    table.units = units;
  } else {
    geometry.leadingInnermost = true;
  }
}

std::vector<std::int64_t> windowOffsets(const LaneSpace& loop, const std::vector<std::int64_t>& strides) {
  std::vector<std::int64_t> offsets(static_cast<std::size_t>(loop.points()));
  for (std::size_t point = 0; point < offsets.size(); point++) {
    offsets[point] = loop.pointOffset(strides, static_cast<std::int64_t>(point));
  }
  return offsets;
}

// Whether some address steps far from lane to lane, but not from run to run.
bool runsAreCloser(const LoopGeometry& geometry) {
  const int outerAxis = geometry.grid.firstLaneAxis() - 1;
  if (outerAxis < 0) return false;
  for (const StageGeometry& stage : geometry.stages) {
    for (const FormGeometry& form : stage.forms) {
      const std::int64_t outer = std::abs(form.grid[static_cast<std::size_t>(outerAxis)]);
      if (form.lane.kind == LaneKind::linear && outer > 0 && outer < std::abs(form.lane.stride)) return true;
    }
  }
  return false;
}

}  // namespace

std::byte* SteadyTable::unit(std::int64_t number, const SteadyLayout& layout) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data());
  return memory.data() + (kCacheLine - address % kCacheLine) % kCacheLine + static_cast<std::size_t>(number) * layout.bytes;
}

LoopGeometry makeGeometry(const LoopProgram& program, const std::int32_t* integers) {
  LoopGeometry geometry = {};
  const std::vector<std::int64_t> grid = resolve(program.grid, integers);
  const std::int64_t points = product(grid);
  std::int64_t iterations = 0;
  std::vector<std::vector<std::int64_t>> loops;
  for (const LoopStage& stage : program.stages) {
    loops.push_back(resolve(stage.loop, integers));
    iterations = std::max(iterations, product(loops.back()));
  }
  geometry.overLoops = chooseLoops(program, points, iterations);
  geometry.keptLanes = geometry.overLoops && program.keptRows > 0 ? keptLanesOf(program, iterations) : 0;
  geometry.grid = gridLanes(program, grid);
  geometry.blockLanes = blockLanesOf(program);
  for (std::size_t i = 0; i < program.stages.size(); i++) {
    StageGeometry stage;
    stage.loop = LaneSpace(loops[i], kWantedLanes);
    for (const LinearForm& form : program.stages[i].forms) {
      FormGeometry resolved = resolveForm(form, grid, loops[i], integers);
      const LaneSpace& lanes = geometry.overLoops ? stage.loop : geometry.grid;
      const std::vector<std::int64_t>& strides = geometry.overLoops ? resolved.loop : resolved.grid;
      resolved.lane = lanes.laneStride(strides);
      resolved.run = static_cast<int>(std::min<std::int64_t>(lanes.laneRun(strides), std::numeric_limits<int>::max()));
      resolved.offsets = resolved.lane.kind == LaneKind::general ? geometry.offsetArrays++ : kNone;
      resolved.steadyOffsets = kNone;
      resolved.tile = kNone;
      stage.forms.push_back(std::move(resolved));
    }
    stage.isDirect = program.stages[i].isDirect && stage.loop.rank() > 0 && isLine(stage.forms[0].lane);
    stage.isWindow = program.stages[i].isWindow && !geometry.overLoops && stage.loop.points() > 0 &&
                     stage.loop.points() <= kMostWindowPoints && stage.forms[0].run >= kFewestWindowLanes;
    if (stage.isWindow) stage.window = windowOffsets(stage.loop, stage.forms[0].loop);
    geometry.stages.push_back(std::move(stage));
  }
  geometry.blockMajor = !geometry.overLoops && runsAreCloser(geometry);
  if (geometry.blockMajor) geometry.blockLanes = std::min(geometry.blockLanes, kScatteredLanes);
  if (!geometry.overLoops) numberTiles(program, geometry);
  if (!geometry.overLoops) {
    geometry.fetched = findFetchedBlocks(program, geometry);
  } else if (!isFoldOfMemory(geometry)) {
    geometry.fetched = findFetched(program, geometry, points);
  }
  geometry.blocks = (geometry.grid.lanes() + geometry.blockLanes - 1) / geometry.blockLanes;
  const bool mayBeSteady = !geometry.overLoops && !geometry.blockMajor && geometry.grid.firstLaneAxis() > 0;
  if (mayBeSteady && hasSteady(program)) placeSteady(program, geometry);
  geometry.units = geometry.overLoops ? points : geometry.grid.outer() * geometry.blocks;
  geometry.nanoseconds = kDispatchNs;
  for (std::size_t i = 0; i < program.stages.size(); i++) {
    const auto& stage = program.stages[i];
    const double times = static_cast<double>(product(loops[i]));
    const double lanes = static_cast<double>(points) * times;
    const double runs = geometry.overLoops ? static_cast<double>(geometry.stages[i].loop.outer()) *
                                                 static_cast<double>(geometry.stages[i].loop.lanes() / geometry.blockLanes + 1) *
                                                 static_cast<double>(points)
                                           : static_cast<double>(geometry.units) * times;
    const double steps = static_cast<double>(stage.body.size() + stage.accumulators.size() + stage.stores.size());
    geometry.nanoseconds += lanes * program.laneNanoseconds[i] + runs * steps * kInstructionNs;
  }
  return geometry;
}

}  // namespace hadal
