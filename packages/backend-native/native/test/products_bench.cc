// Times products on one and two threads, in GFLOP/s, beside what the processor can multiply and add at most.
#include <algorithm>

#include "isa/dispatch.h"
#include "test/harness.h"
#include "test/product_case.h"

namespace hadal::test {

namespace {

constexpr int kRounds = 7;

// The rate of a tile that stays in the first-level cache: what a product can reach.
double peak() {
  const auto& kernels = kernelTable().products;
  const int width = kernels.lanes * kTileVectors;
  constexpr int kInner = 64;
  constexpr int kCalls = 4000;
  const std::vector<float> left(kInner * kernels.tileRows, 0.5f);
  const std::vector<float> right(kInner * width, 0.25f);
  std::vector<float> sums(kernels.tileRows * width);
  TileCall call = {};
  call.left = left.data();
  call.right = right.data();
  call.inner = kInner;
  call.sums = sums.data();
  const double seconds = fastest(20, [&] {
    for (int i = 0; i < kCalls; i++) kernels.tiles[1][kTileVectors - 1][kernels.tileRows - 1](call);
  });
  return 2.0 * kCalls * kInner * kernels.tileRows * width / seconds / 1e9;
}

void report(const std::string& name, const ProductCase& product, const Following& following) {
  double rates[2] = {};
  // Interleaved, because the machine is shared.
  for (int round = 0; round < kRounds; round++) {
    for (int threads : {1, 2}) {
      const double seconds = timeOf(product, following, threads);
      rates[threads - 1] = std::max(rates[threads - 1], 2 * multiplications(product) / seconds / 1e9);
    }
  }
  std::printf("%-44s %8.1f %8.1f   x%.2f   (peak of one thread now %.1f)\n", name.c_str(), rates[0], rates[1],
              rates[1] / rates[0], peak());
  std::fflush(stdout);
}

const AddCase bench("bench", [] {
  std::printf("%s, peak %.1f GFLOP/s\n%-44s %8s %8s\n", kernelTable().name, peak(), "", "1 thread", "2 threads");
  for (std::int64_t size : {256, 512, 1024, 2048}) {
    report(std::to_string(size) + "^3", matrixProduct(size, size, size), nothing());
  }
  report("1024^3, both transposed", matrixProduct(1024, 1024, 1024, true, true), nothing());
  report("dense 128 x 784 x 128, bias, relu", matrixProduct(128, 784, 128), biasAndRelu(matrixProduct(128, 784, 128), true));
  report("1 x 1024 x 1024", matrixProduct(1, 1024, 1024), nothing());
  report("1 x 1024 x 1024, transposed", matrixProduct(1, 1024, 1024, false, true), nothing());
  report("8 x 1024 x 1024", matrixProduct(8, 1024, 1024), nothing());
  report("64 of 128 x 64 x 128", batchedProduct(64, 128, 64, 128), nothing());
  const ProductCase middle = convolution(32, 32, 64, 64, 3);
  report("conv 64 to 64, 32 x 32, batch 32", middle, nothing());
  report("conv 64 to 64, bias, relu", middle, biasAndRelu(middle, true));
  report("conv 64 to 64, bias, relu as a program", middle, biasAndRelu(middle, false));
  const ProductCase first = convolution(32, 32, 3, 32, 3);
  report("conv 3 to 32, 32 x 32, batch 32", first, nothing());
  report("conv 3 to 32, bias, relu", first, biasAndRelu(first, true));
  report("filter gradient 64 to 64", filterGradient(32, 32, 64, 64, 3), nothing());
  report("filter gradient 3 to 32", filterGradient(32, 32, 3, 32, 3), nothing());
});

}  // namespace

}  // namespace hadal::test
