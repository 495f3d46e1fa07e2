// Scatters: the operand with updates combined into the rows that indices name, duplicates in the order of the indices.
#pragma once

#include "indexed/kernels.h"
#include "library/library_kernel.h"
#include "program/word_reader.h"

namespace hadal {

class ScatterKernel : public LibraryKernel {
 public:
  explicit ScatterKernel(WordReader& words)
      : element_(static_cast<Element>(words.integer())), combine_(static_cast<Combine>(words.integer())) {}

  void run(const CallArguments& arguments, ThreadPool& pool) override;
  double nanoseconds(const CallArguments& arguments) const override;

 private:
  Element element_;
  Combine combine_;
};

}  // namespace hadal
