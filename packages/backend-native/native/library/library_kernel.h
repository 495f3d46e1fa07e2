// A kernel for a whole operation, and what it is given at a run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "pool/thread_pool.h"

namespace hadal {

class KeptOperands;

struct CallArguments {
  // In the order of the call's operands, side inputs, outputs and workspace.
  std::byte* const* bindings;
  int bindingCount;
  const double* scalars;
  int scalarCount;
  const std::int32_t* integers;
  int integerCount;
  // For each binding a number that another one takes the place of when its buffer is written to; with `kept` only.
  const double* contents = nullptr;
  // Of the device, if it keeps any.
  KeptOperands* kept = nullptr;
};

class LibraryKernel {
 public:
  virtual ~LibraryKernel() = default;

  virtual void run(const CallArguments& arguments, ThreadPool& pool) = 0;

  // About how long a run takes on one thread: decides whether a program runs at once or off the event loop.
  virtual double nanoseconds(const CallArguments& arguments) const = 0;
};

// Makes a kernel of words that the TypeScript side encodes: the kind, then what that kind needs. Throws
// std::invalid_argument for words that no kind takes.
std::unique_ptr<LibraryKernel> makeLibraryKernel(const double* words, std::size_t count);

}  // namespace hadal
