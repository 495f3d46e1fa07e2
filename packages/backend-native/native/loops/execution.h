// One thread's part of a run of a loop kernel.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "isa/dispatch.h"
#include "loops/elements.h"
#include "loops/loop_kernel.h"

namespace hadal {

// Throws std::out_of_range when an address without an index register or a guard leaves its binding.
void checkBounds(const LoopProgram& program, const LoopGeometry& geometry, const LoopArguments& arguments);

class Execution {
 public:
  // Ends early, with undefined results, once `stopped` is set.
  Execution(const LoopProgram& program, LoopGeometry& geometry, const LoopArguments& arguments,
            const std::atomic<bool>& stopped);

  // Computes what is steady for the geometry's table.
  void fillSteady();
  // Carries out the units from `begin` to `end`.
  void run(std::int64_t begin, std::int64_t end);

 private:
  // A uniform value as a group of lanes.
  void fillUniform(const UniformValue& uniform, std::byte* group) const;
  void apply(const BlockOperation& operation, std::byte* to, int lanes) const;
  void runGridBlock(std::int64_t unit);
  void runGridPoint(std::int64_t point);
  // Begins to fetch the lines of the next grid point, which continues between blocks: little by little, so that the
  // processor's few places for pending lines suffice.
  void beginFetching();
  // The same for the next block of grid lanes, between the operations of this one.
  void beginFetchingBlocks(int lanes);
  void fetchOn() {
    for (Fetching* each = fetching_; each < fetchingEnd_; each++) each->advance();
  }
  void stageOverGrid(std::size_t stage, int lanes);
  // Where the forms of a stage are at the first lane of the block at hand, and from lane to lane.
  void moveForms(std::size_t stage, int lanes);
  // The index of a point along the first `axes` axes of the grid; that of the next point takes no division. Returns whether
  // it differs from the index before by one along the last of these axes.
  bool moveTo(std::int64_t point, int axes);
  std::int64_t gridOffset(const FormGeometry& form, int axes) const;
  // What the axes on which steady values do not depend add to an address.
  std::int64_t freeOffset(const FormGeometry& form) const;
  void stageOverLoop(std::size_t stage);
  // The loops of stages that fold memory as it is.
  void foldRows(const LoopStage& stage, const StageGeometry& geometry, int lanes);
  void foldLoop(const LoopStage& stage, const StageGeometry& geometry);
  // The loop of a stage that finds places of extremes in memory.
  void findPlaces(const LoopStage& stage, const StageGeometry& geometry, int lanes);
  // Forms of a stage at a block of lanes that begins at `start`.
  void fillOffsets(std::size_t stage, const LaneSpace& space, bool overLoops, std::int64_t start, int lanes);

  // The body of a stage for a block whose first lane is at `at_`; lanes up to the next group may hold anything.
  void body(const LoopStage& stage, const StageGeometry& geometry, int lanes);
  void instructions(const LoopStage& stage, const StageGeometry& geometry, const LoopInstruction* begin,
                    const LoopInstruction* end, int lanes);
  // The values of a loop that a row keeps, for the block at hand.
  std::byte* keptBlock(int row) const {
    return kept_ + static_cast<std::size_t>(row * geometry_.keptLanes + keptStart_) * sizeof(float);
  }
  void load(const LoopInstruction& instruction, const LoopStage& stage, const StageGeometry& geometry, int lanes);
  void loadChecked(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry, int lanes);
  // A line of elements, where the index is the same in all lanes, as that of a row. False where it is not.
  bool loadSameIndex(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry, int lanes);
  // Zeros where the guard of a load is 0.
  void clearUnguarded(const LoopInstruction& instruction, const LinearForm& form, int lanes);
  // Makes a register one of the blocks of a tile. False where the tile would leave the buffer.
  bool loadTile(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry, int lanes);
  void loadSteady(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry, int lanes);
  SteadyOffsets steadyOffsets(const LinearForm& form, const FormGeometry& geometry, std::int64_t at, int lanes);
  void axis(const LoopInstruction& instruction, const FormGeometry& geometry, int lanes);
  void stores(const LoopStage& stage, const StageGeometry& geometry, int lanes);
  // Fills `safe_` with offsets from the binding's start, checked where the guard is not 0.
  OffsetCheck safeOffsets(const LinearForm& form, const FormGeometry& geometry, std::int64_t at, int lanes);
  void takeAcross(const LoopAccumulator& accumulator, const std::byte* values, std::int64_t position, int lanes);
  void settlePlaces(const LoopAccumulator& accumulator, int lanes);

  struct Fetching {
    const std::byte* next;
    const std::byte* end;
    bool isWritten;
    // Bytes that are fetched at once.
    std::ptrdiff_t step;

    void advance() {
      const std::byte* stop = std::min(end, next + step);
      if (isWritten) {
        for (; next < stop; next += kCacheLine) __builtin_prefetch(next, 1);
      } else {
        for (; next < stop; next += kCacheLine) __builtin_prefetch(next, 0);
      }
    }
  };

  bool isStopped() const { return stopped_.load(std::memory_order_relaxed); }
  std::byte* frame(int slot) const { return frames_ + static_cast<std::size_t>(slot) * slotBytes_; }
  std::byte* elements(const LinearForm& form, std::int64_t at) const;
  const MemoryFunctions& memoryOf(const LinearForm& form) const;
  std::int32_t* offsets(const FormGeometry& form) const {
    return offsets_ + static_cast<std::size_t>(form.offsets) * static_cast<std::size_t>(blockLanes_);
  }

  // Lanes until the first new run of a general form.
  int firstRun(const FormGeometry& form) const { return form.run - static_cast<int>(laneStart_ % form.run); }

  SteadyOffsets& steadyOffsetsOf(const FormGeometry& form) const {
    return reinterpret_cast<SteadyOffsets*>(steady_)[form.steadyOffsets];
  }
  std::int32_t* steadyLanes(const FormGeometry& form) const {
    return reinterpret_cast<std::int32_t*>(steady_ + geometry_.steadyLayout.offsetsAt) +
           static_cast<std::size_t>(form.steadyOffsets) * static_cast<std::size_t>(blockLanes_);
  }
  std::byte* steadySlot(std::size_t number) const {
    return steady_ + geometry_.steadyLayout.slotsAt + number * slotBytes_;
  }

  const LoopProgram& program_;
  LoopGeometry& geometry_;
  const LoopArguments& arguments_;
  const std::atomic<bool>& stopped_;
  const LoopOperations& operations_;
  const int blockLanes_;
  const std::size_t slotBytes_;

  // Blocks of the registers, and where each register's values are now: there, or in memory.
  std::byte* frames_;
  std::byte** current_;
  // A block for the values of a fold that do not fill it.
  std::byte* padded_;
  // What is in each tile: the element in its first lane, how many lanes, and the blocks.
  struct Tile {
    std::int64_t at;
    int lanes;
  };
  Tile* tiles_;
  std::byte* tileBlocks_;
  // The lines of the next grid point.
  Fetching* fetching_;
  Fetching* fetchingEnd_;
  // Rows of values that loops keep, and where the block at hand begins in them.
  std::byte* kept_;
  std::int64_t keptStart_ = 0;
  // Element offsets of all forms at this grid point, where lanes run over loops, and what they grow by to the next one.
  std::int64_t* bases_;
  std::int64_t* steps_;
  std::size_t formCount_ = 0;
  // Those of the stage at work, and the offsets of the first lane of the block.
  std::int64_t* base_;
  std::int64_t* at_;
  std::int64_t* index_;
  // Lane offsets of general forms, the lane at which those of each stage begin, and offsets of checked forms.
  std::int32_t* offsets_;
  std::int64_t* offsetsStart_;
  std::int32_t* safe_;
  // What is steady in the block at hand, as geometry's layout has it.
  std::byte* steady_;
  // Whether steady values have to be computed: the lanes are not those of the unit before.
  bool isFresh_ = true;
  std::int64_t steadyUnit_ = kNone;
  std::int64_t leading_ = 0;
  // The grid index of the point at hand, or of the run of lanes.
  std::int64_t* gridIndex_;
  std::int64_t point_ = kNone;
  // Which run of grid lanes the block belongs to, and where in it, or among the lanes of a loop, it begins.
  std::int64_t outer_ = 0;
  std::int64_t laneStart_ = 0;
};

}  // namespace hadal
