// A recurrent cell over whole sequences, or the gradient of that, as one call: see core/src/ops/recurrent/cell.ts.
#pragma once

#include "library/library_kernel.h"
#include "program/word_reader.h"
#include "recurrent/kernels.h"

namespace hadal {

class RecurrentKernel final : public LibraryKernel {
 public:
  explicit RecurrentKernel(WordReader& words);

  void run(const CallArguments& arguments, ThreadPool& pool) override;
  double nanoseconds(const CallArguments& arguments) const override;

 private:
  RecurrentCall callOf(const CallArguments& arguments) const;

  RecurrentCell cell_;
  bool isGradient_;
  bool isReverse_;
  bool isMasked_;
};

}  // namespace hadal
