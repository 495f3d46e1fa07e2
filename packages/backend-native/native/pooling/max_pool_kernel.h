// The greatest elements of windows that reach beyond an image: lanes run over channels, and positions outside are left
// out, so that none of them is guarded.
#pragma once

#include "library/library_kernel.h"

namespace hadal {

class MaxPoolKernel : public LibraryKernel {
 public:
  void run(const CallArguments& arguments, ThreadPool& pool) override;
  double nanoseconds(const CallArguments& arguments) const override;
};

}  // namespace hadal
