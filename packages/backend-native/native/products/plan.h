// How a product is computed, decided from its sizes and strides alone: so the order in which the terms of a sum are added
// never depends on threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "products/kernels.h"
#include "products/product.h"

namespace hadal {

enum class Form {
  // Tiles of sums over a packed right operand.
  tiles,
  // Few rows, the right operand read where it lies: contiguous along its columns, or along the inner axis.
  stripes,
  dots,
};

struct PlannedProduct {
  Product product;
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t inner;
  Form form;
  LeftForm left;
  // Inner indices that are added before sums go to memory.
  std::int64_t innerBlock;

  // Packed 32-bit elements that `inner` inner indices take, for each row or column.
  std::int64_t stepsOf(std::int64_t inner) const { return left == LeftForm::pairs ? (inner + 1) / 2 : inner; }
};

// The products of one call.
struct Plan {
  // Of all plans, this one.
  std::uint64_t id;
  std::vector<PlannedProduct> products;
  // Whether sums stay in memory while all products are added to them. Where there are several, the first one names all
  // rows and adds nothing.
  bool accumulates;
  // Parts that their inner axes are then cut into.
  std::int64_t parts;
  double multiplications;
};

// `accumulates` says that products add to each other's sums, `areBfloat16` that all elements are rounded to bfloat16 where the instruction set multiplies such numbers
// numbers.
Plan planProducts(std::vector<Product> products, bool accumulates, bool areBfloat16);

// Plans by the integers of calls: decoding and planning are done once for each, not at every run.
class PlanCache {
 public:
  PlanCache(bool accumulates, bool areBfloat16) : accumulates_(accumulates), areBfloat16_(areBfloat16) {}

  const Plan& get(const std::int32_t* integers, std::size_t count);

 private:
  struct Entry {
    std::vector<std::int32_t> integers;
    Plan plan;
  };
  const bool accumulates_;
  const bool areBfloat16_;
  std::vector<Entry> entries_;
};

}  // namespace hadal
