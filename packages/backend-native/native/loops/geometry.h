// A loop kernel for given extents: which axes lanes run over, and the strides of every address along them.
#pragma once

#include <cstdint>
#include <vector>

#include "loops/lane_space.h"
#include "loops/loop_program.h"

namespace hadal {

// Offsets of the lanes of a steady form, apart from what the axes add that it does not depend on.
struct SteadyOffsets {
  OffsetCheck check;
  // Of the lanes that touch memory.
  std::int64_t lowest;
  std::int64_t highest;
  // How many lanes at a time count up by one element.
  int run;
};

// What is steady in a block of lanes, the same for all indices of the axes that it does not depend on: what is known of
// the offsets of every steady form, these offsets, and the blocks of steady slots, one after another.
struct SteadyLayout {
  // Arrays of offsets; forms with the same offsets share one.
  int arrays;
  std::size_t offsetsAt;
  std::size_t slotsAt;
  std::size_t bytes;
};

// Where it takes little memory, what is steady is computed once for all blocks, and kept from run to run.
struct SteadyTable {
  std::int64_t units;
  // By axis outside of the runs of lanes: how many units lie between two of its indices; 0 where units are the same for all.
  std::vector<std::int64_t> steps;
  std::vector<std::byte> memory;

  // Begins at a cache line.
  std::byte* unit(std::int64_t number, const SteadyLayout& layout);
};

// A line of elements of each grid point, which is fetched while the point before is at work.
struct FetchedLine {
  int stage;
  int form;
  // Among the forms of all stages.
  std::size_t number;
  std::int64_t bytes;
  bool isWritten;
};

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
  // Which tile it is loaded from, or kNone: where blocks of elements far apart are followed by those of their neighbours.
  int tile;
  // What the address reaches when no index register is added to it; empty when there are no points.
  std::int64_t lowest;
  std::int64_t highest;
};

struct StageGeometry {
  LaneSpace loop;
  std::vector<FormGeometry> forms;
  // Whether it folds memory without going through blocks, and whether it finds places of extremes so.
  bool isDirect;
  bool isWindow;
  // Of a window: the offsets of all loop points from the first.
  std::vector<std::int64_t> window;
};

struct LoopGeometry {
  // Whether lanes run over the loops instead of the grid.
  bool overLoops;
  LaneSpace grid;
  std::vector<StageGeometry> stages;
  std::vector<FetchedLine> fetched;
  // Lanes of each row of values that loops keep for later ones; 0 where they are computed again.
  std::int64_t keptLanes;
  // Most lanes of a block, a multiple of kFoldLanes.
  int blockLanes;
  // Blocks of a run of grid lanes.
  std::int64_t blocks;
  // Whether consecutive units are the same block of consecutive runs: where runs are far apart in memory.
  bool blockMajor;
  SteadyLayout steadyLayout;
  SteadyTable steadyTable;
  // Whether consecutive units are the same lanes for consecutive indices of the leading axis, which have steady values in
  // common, because there are too many of these for a table.
  bool leadingInnermost;
  // Tiles of all stages.
  int tiles;
  // Arrays of lane offsets of all stages.
  int offsetArrays;
  // Independent pieces of work: blocks of the grid, or grid points when lanes run over loops.
  std::int64_t units;
  // Estimated for everything on one thread.
  double nanoseconds;
};

LoopGeometry makeGeometry(const LoopProgram& program, const std::int32_t* integers);

}  // namespace hadal
