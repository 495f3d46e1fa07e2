// Programs: lists of dispatches as src/program.ts encodes them, one after another in an array of doubles.
//
//   run:  1, kernel, bindings, scalars, integers, then for every binding an address, a length in bytes and the number of
//         its contents, the scalars, the integers
//   copy: 2, from, to, bytes
//
// Addresses are exact in a double; a kernel is the address of its `Kernel`.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "library/library_kernel.h"
#include "loops/loop_kernel.h"
#include "pool/thread_pool.h"

namespace hadal {

// What `prepare` made: one of the two.
struct Kernel {
  std::unique_ptr<LoopKernel> loop;
  std::unique_ptr<LibraryKernel> library;
};

class Program {
 public:
  // The words have to stay until the program has run.
  Program(const double* words, std::size_t count) : words_(words), count_(count) {}

  // What all programs share that do the same: their dispatches, shapes and sizes, but not the buffers.
  std::uint64_t identity() const;
  // About how long it takes on one thread; counts no further than past `enough`.
  double nanoseconds(double enough) const;
  // Carries out one dispatch after another, until `stopped` is set.
  void run(ThreadPool& pool, KeptOperands& kept, const std::atomic<bool>& stopped) const;

 private:
  const double* words_;
  std::size_t count_;
};

}  // namespace hadal
