// Products to run and to check: operands of random numbers, and the sums in double precision.
#pragma once

#include <string>
#include <vector>

#include "memory/allocator.h"
#include "pool/thread_pool.h"
#include "products/product.h"
#include "products/product_kernel.h"

namespace hadal::test {

// Products over operands of these sizes, with one result.
struct ProductCase {
  std::vector<Product> products;
  std::vector<float> left;
  std::vector<float> right;
  std::size_t results;
  // Products add to each other's sums; the first one names the rows.
  bool accumulates = false;
};

Axis axis(std::int64_t extent, std::int64_t left, std::int64_t right, std::int64_t output = 0, std::int64_t row = 0);

// [rows, inner] · [inner, columns]; a transposed operand lies the other way round.
ProductCase matrixProduct(std::int64_t rows, std::int64_t inner, std::int64_t columns, bool leftTransposed = false,
                          bool rightTransposed = false);
// `repetitions` products of their own, one after another in memory.
ProductCase batchedProduct(std::int64_t repetitions, std::int64_t rows, std::int64_t inner, std::int64_t columns);

// A convolution of stride 1 with zeros around it so that the size stays, as core brings it to products: forward, and the
// gradient of its filter.
ProductCase convolution(std::int64_t batch, std::int64_t size, std::int64_t channels, std::int64_t filters,
                        std::int64_t window);
ProductCase filterGradient(std::int64_t batch, std::int64_t size, std::int64_t channels, std::int64_t filters,
                           std::int64_t window);

// The same with operands rounded to bfloat16.
ProductCase ofBfloat16(ProductCase product);

double multiplications(const ProductCase& product);

// What follows the sums.
struct Following {
  // The words of the epilogue and of what comes before it, as src/library/products.ts writes them.
  std::vector<double> words;
  std::vector<std::vector<float>> sides;
};

Following nothing(Rounding rounding = Rounding::none);
// Adds a column, then replaces what is below 0: straight from registers, or through the scalar program.
Following biasAndRelu(const ProductCase& product, bool isDirect);
// Adds what has the place of the result.
Following residual(const ProductCase& product);

std::vector<std::int32_t> encode(const std::vector<Product>& products);

// A call with all that it binds, in memory as tensors have it.
class ProductCall {
 public:
  ProductCall(const ProductCase& product, const Following& following, int threads);

  void run();
  std::vector<float> result() const;

 private:
  void bind(const std::vector<float>& data);

  std::vector<double> words_;
  WordReader reader_;
  ProductKernel kernel_;
  Allocator memory_;
  std::vector<std::byte*> bindings_;
  std::vector<std::int32_t> integers_;
  std::size_t results_;
  ThreadPool pool_;
};

// Runs the products on some threads.
std::vector<float> compute(const ProductCase& product, const Following& following, int threads);
// The same sums in double precision, nothing following.
std::vector<double> sums(const ProductCase& product);

}  // namespace hadal::test
