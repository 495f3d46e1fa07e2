// Sorting: the indices that would put the elements along an axis in order, equal ones in the order of their indices.
#pragma once

#include "indexed/kernels.h"
#include "library/library_kernel.h"
#include "program/word_reader.h"

namespace hadal {

class ArgsortKernel : public LibraryKernel {
 public:
  // Reads how to combine as well, which sorting does not.
  explicit ArgsortKernel(WordReader& words) : element_(static_cast<Element>(words.integer())) { words.integer(); }

  void run(const CallArguments& arguments, ThreadPool& pool) override;
  double nanoseconds(const CallArguments& arguments) const override;

 private:
  Element element_;
};

}  // namespace hadal
