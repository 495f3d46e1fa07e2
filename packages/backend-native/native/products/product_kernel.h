// The library kernel of every call that is a list of products with one epilogue.
#pragma once

#include "library/library_kernel.h"
#include "products/epilogue.h"
#include "products/plan.h"

namespace hadal {

class ProductKernel : public LibraryKernel {
 public:
  explicit ProductKernel(WordReader& words)
      : accumulates_(words.integer() == 1),
        epilogue_(words),
        plans_(accumulates_, epilogue_.areBfloat16()) {}

  void run(const CallArguments& arguments, ThreadPool& pool) override;
  double nanoseconds(const CallArguments& arguments) const override;

 private:
  const bool accumulates_;
  Epilogue epilogue_;
  mutable PlanCache plans_;
};

}  // namespace hadal
