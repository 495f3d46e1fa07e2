// Convolutions with few filters: the gradient of an image of three channels, the last layer of what makes images.
//
// The image is split into planes of its channels, with its padding, a band of rows at a time. Positions of a band are one
// run of lanes then, in which every tap and channel is at a distance of its own; what lies between rows is computed, too,
// and left out.
#pragma once

#include "library/library_kernel.h"
#include "products/epilogue.h"

namespace hadal {

class NarrowKernel : public LibraryKernel {
 public:
  explicit NarrowKernel(WordReader& words) : epilogue_(words) {}

  void run(const CallArguments& arguments, ThreadPool& pool) override;
  double nanoseconds(const CallArguments& arguments) const override;

 private:
  Epilogue epilogue_;
};

}  // namespace hadal
