#include "loops/geometry.h"

#include <algorithm>
#include <limits>

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
      stage.forms.push_back(std::move(resolved));
    }
    stage.isDirect = program.stages[i].isDirect && stage.loop.rank() > 0 && isLine(stage.forms[0].lane);
    geometry.stages.push_back(std::move(stage));
  }
  geometry.blockMajor = !geometry.overLoops && runsAreCloser(geometry);
  if (geometry.blockMajor) geometry.blockLanes = std::min(geometry.blockLanes, kScatteredLanes);
  geometry.leadingInnermost = !geometry.overLoops && !geometry.blockMajor && hasSteady(program) &&
                              geometry.grid.firstLaneAxis() > 0;
  if (geometry.leadingInnermost) {
    for (std::size_t i = 0; i < program.stages.size(); i++) {
      for (std::size_t f = 0; f < geometry.stages[i].forms.size(); f++) {
        if (program.stages[i].forms[f].isSteady) geometry.stages[i].forms[f].steadyOffsets = geometry.steadyArrays++;
      }
    }
  }
  geometry.blocks = (geometry.grid.lanes() + geometry.blockLanes - 1) / geometry.blockLanes;
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
