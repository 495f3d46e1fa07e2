// Products with few sums of many terms: the filter gradient of a convolution, a product with a long inner axis.
//
// All sums stay in memory and are added to by one product after another, or by one stretch of the inner axis after
// another. Long inner axes are cut into parts, summed apart and then added in order, so that threads have something to do.
#pragma once

#include "products/epilogue.h"
#include "products/plan.h"

namespace hadal {

// Computes a plan that `accumulates`, on all threads where `isParallel` is set.
void runAccumulation(const Plan& plan, const Epilogue& epilogue, const CallArguments& arguments,
                     const Epilogue::Run& run, ThreadPool& pool, bool isParallel);

}  // namespace hadal
