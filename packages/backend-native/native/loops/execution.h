// One thread's part of a run of a loop kernel.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "isa/dispatch.h"
#include "loops/loop_kernel.h"

namespace hadal {

// Throws std::out_of_range when an address without an index register or a guard leaves its binding.
void checkBounds(const LoopProgram& program, const LoopGeometry& geometry, const LoopArguments& arguments);

class Execution {
 public:
  // Ends early, with undefined results, once `stopped` is set.
  Execution(const LoopProgram& program, const LoopGeometry& geometry, const LoopArguments& arguments,
            const std::atomic<bool>& stopped);

  // Carries out the units from `begin` to `end`.
  void run(std::int64_t begin, std::int64_t end);

 private:
  void runGridBlock(std::int64_t unit);
  void runGridPoint(std::int64_t point);
  void stageOverGrid(std::size_t stage, int lanes);
  void stageOverLoop(std::size_t stage);
  // The loops of stages that fold memory as it is.
  void foldRows(const LoopStage& stage, const StageGeometry& geometry, int lanes);
  void foldLoop(const LoopStage& stage, const StageGeometry& geometry);
  // Forms of a stage at a block of lanes that begins at `start`.
  void fillOffsets(std::size_t stage, const LaneSpace& space, bool overLoops, std::int64_t start, int lanes);

  // The body of a stage for a block whose first lane is at `at_`; lanes up to the next group may hold anything.
  void body(const LoopStage& stage, const StageGeometry& geometry, int lanes);
  void load(const LoopInstruction& instruction, const LoopStage& stage, const StageGeometry& geometry, int lanes);
  void loadChecked(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry, int lanes);
  void axis(const LoopInstruction& instruction, const FormGeometry& geometry, int lanes);
  void stores(const LoopStage& stage, const StageGeometry& geometry, int lanes);
  // Fills `safe_` with offsets from the binding's start, checked where the guard is not 0.
  OffsetCheck safeOffsets(const LinearForm& form, const FormGeometry& geometry, std::int64_t at, int lanes);
  void takeAcross(const LoopAccumulator& accumulator, const std::byte* values, std::int64_t position, int lanes);
  void settlePlaces(const LoopAccumulator& accumulator, int lanes);

  bool isStopped() const { return stopped_.load(std::memory_order_relaxed); }
  std::byte* frame(int slot) const { return frames_ + static_cast<std::size_t>(slot) * slotBytes_; }
  std::byte* elements(const LinearForm& form, std::int64_t at) const;
  const MemoryFunctions& memoryOf(const LinearForm& form) const;
  std::int32_t* offsets(const FormGeometry& form) const {
    return offsets_ + static_cast<std::size_t>(form.offsets) * static_cast<std::size_t>(blockLanes_);
  }

  // Lanes until the first new run of a general form.
  int firstRun(const FormGeometry& form) const { return form.run - static_cast<int>(laneStart_ % form.run); }

  const LoopProgram& program_;
  const LoopGeometry& geometry_;
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
  // Element offsets of every form of the stage at work: of this grid point, and of the first lane of the block.
  std::int64_t* base_;
  std::int64_t* at_;
  std::int64_t* index_;
  // Lane offsets of general forms, the lane at which those of each stage begin, and offsets of checked forms.
  std::int32_t* offsets_;
  std::int64_t* offsetsStart_;
  std::int32_t* safe_;
  // Which run of grid lanes the block belongs to, and where in it, or among the lanes of a loop, it begins.
  std::int64_t outer_ = 0;
  std::int64_t laneStart_ = 0;
};

}  // namespace hadal
