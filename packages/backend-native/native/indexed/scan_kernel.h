// Cumulative sums, products and extremes along an axis, by doubling: after step n, every element holds the combination of
// the 2ⁿ elements that end at it. The same sums of the same partial sums as the decomposition of these operations, so that
// what overflows there overflows here.
#pragma once

#include "indexed/kernels.h"
#include "library/library_kernel.h"
#include "program/word_reader.h"

namespace hadal {

class ScanKernel : public LibraryKernel {
 public:
  explicit ScanKernel(WordReader& words)
      : element_(static_cast<Element>(words.integer())), combine_(static_cast<Combine>(words.integer())) {}

  void run(const CallArguments& arguments, ThreadPool& pool) override;
  double nanoseconds(const CallArguments& arguments) const override;

 private:
  Element element_;
  Combine combine_;
};

}  // namespace hadal
