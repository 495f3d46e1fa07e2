// Runs loop kernels: a block-wise interpreter. Every instruction is carried out for a block of lanes before the next
// one, so that deciding what to do costs little and the arithmetic is that of vector code; registers are blocks that
// stay in the first-level cache.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "loops/geometry.h"
#include "loops/loop_program.h"
#include "pool/thread_pool.h"

namespace hadal {

struct LoopArguments {
  std::byte* const* bindings;
  // Bytes of each binding.
  const double* lengths;
  const double* scalars;
  const std::int32_t* integers;
  int integerCount;
};

class LoopKernel {
 public:
  explicit LoopKernel(LoopProgram program) : program_(std::move(program)) {}

  // About how long a run takes on one thread.
  double nanoseconds(const LoopArguments& arguments) { return geometryOf(arguments).nanoseconds; }

  // Throws std::out_of_range when an address lies outside of its binding. Ends early, with undefined results, once
  // `stopped` is set.
  void run(const LoopArguments& arguments, ThreadPool& pool, const std::atomic<bool>& stopped);

  const std::string& name() const { return program_.name; }

 private:
  LoopGeometry& geometryOf(const LoopArguments& arguments);

  LoopProgram program_;
  // Geometries of the last runs, by their integers. A few serve a kernel that several layers share.
  struct Known {
    std::vector<std::int32_t> integers;
    LoopGeometry geometry;
  };
  std::vector<std::unique_ptr<Known>> known_;
  // The place of the one that goes next when there are too many.
  std::size_t oldest_ = 0;
};

}  // namespace hadal
