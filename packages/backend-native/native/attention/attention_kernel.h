// Attention and its gradient, one call for all heads: softmax(scale · query · keyᵀ) · value.
//
// Scores are computed for a few rows of queries at a time, in memory of the thread, and never written out. Blocks of keys
// that causality masks are left out.
#pragma once

#include "library/library_kernel.h"
#include "program/word_reader.h"

namespace hadal {

class AttentionKernel : public LibraryKernel {
 public:
  explicit AttentionKernel(WordReader& words)
      : isGradient_(words.integer() != 0), scale_(static_cast<float>(words.number())) {}

  void run(const CallArguments& arguments, ThreadPool& pool) override;
  double nanoseconds(const CallArguments& arguments) const override;

 private:
  bool isGradient_;
  float scale_;
};

}  // namespace hadal
