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

// Offsets of the lanes of a steady form, apart from what the leading axis adds: for all of its indices the same.
struct SteadyOffsets {
  OffsetCheck check;
  // Of the lanes that touch memory.
  std::int64_t lowest;
  std::int64_t highest;
  // How many lanes at a time count up by one element.
  int run;
};

class Execution {
 public:
  // Ends early, with undefined results, once `stopped` is set.
  Execution(const LoopProgram& program, const LoopGeometry& geometry, const LoopArguments& arguments,
            const std::atomic<bool>& stopped);

  // Carries out the units from `begin` to `end`.
  void run(std::int64_t begin, std::int64_t end);

 private:
  // A uniform value as a group of lanes.
  void fillUniform(const UniformValue& uniform, std::byte* group) const;
  void apply(const BlockOperation& operation, std::byte* to, int lanes) const;
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
  // Zeros where the guard of a load is 0.
  void clearUnguarded(const LoopInstruction& instruction, const LinearForm& form, int lanes);
  void loadSteady(const LoopInstruction& instruction, const LinearForm& form, const FormGeometry& geometry, int lanes);
  SteadyOffsets steadyOffsets(const LinearForm& form, const FormGeometry& geometry, std::int64_t at, int lanes);
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

  std::int32_t* steadyLanes(const FormGeometry& form) const {
    return steadyLanes_ + static_cast<std::size_t>(form.steadyOffsets) * static_cast<std::size_t>(blockLanes_);
  }

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
  // By number of the steady form: what is known of it, and its lane offsets.
  SteadyOffsets* steady_;
  std::int32_t* steadyLanes_;
  // Whether steady values have to be computed: the lanes are not those of the unit before.
  bool isFresh_ = true;
  std::int64_t steadyUnit_ = kNone;
  std::int64_t leading_ = 0;
  // Which run of grid lanes the block belongs to, and where in it, or among the lanes of a loop, it begins.
  std::int64_t outer_ = 0;
  std::int64_t laneStart_ = 0;
};

}  // namespace hadal
