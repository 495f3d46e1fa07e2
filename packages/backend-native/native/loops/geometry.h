// A loop kernel for given extents: which axes lanes run over, and the strides of every address along them.
#pragma once

#include <cstdint>
#include <vector>

#include "loops/lane_space.h"
#include "loops/loop_program.h"

namespace hadal {

struct FormGeometry {
  std::int64_t offset;
  // Along the grid axes, and along the loop axes of the stage.
  std::vector<std::int64_t> grid;
  std::vector<std::int64_t> loop;
  LaneStride lane;
  // Which array of lane offsets it uses, where it is general, and how many lanes at a time count up by one element.
  int offsets;
  int run;
  // Which array holds the offsets of a steady form; kNone where they are computed for every block.
  int steadyOffsets;
  // What the address reaches when no index register is added to it; empty when there are no points.
  std::int64_t lowest;
  std::int64_t highest;
};

struct StageGeometry {
  LaneSpace loop;
  std::vector<FormGeometry> forms;
  // Whether it folds memory without going through blocks.
  bool isDirect;
};

struct LoopGeometry {
  // Whether lanes run over the loops instead of the grid.
  bool overLoops;
  LaneSpace grid;
  std::vector<StageGeometry> stages;
  // Most lanes of a block, a multiple of kFoldLanes.
  int blockLanes;
  // Blocks of a run of grid lanes.
  std::int64_t blocks;
  // Whether consecutive units are the same block of consecutive runs: where runs are far apart in memory.
  bool blockMajor;
  // Whether consecutive units are the same lanes for consecutive indices of the leading axis, which have steady values in
  // common.
  bool leadingInnermost;
  // Arrays of offsets of steady forms.
  int steadyArrays;
  // Arrays of lane offsets of all stages.
  int offsetArrays;
  // Independent pieces of work: blocks of the grid, or grid points when lanes run over loops.
  std::int64_t units;
  // Estimated for everything on one thread.
  double nanoseconds;
};

LoopGeometry makeGeometry(const LoopProgram& program, const std::int32_t* integers);

}  // namespace hadal
