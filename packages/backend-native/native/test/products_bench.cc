// Times products: on one thread by the time of the processor, which other programs on the machine disturb least, and on
// two threads by the clock. Rates in GFLOP/s, beside what the processor can multiply and add at most.
#include <algorithm>

#include "isa/dispatch.h"
#include "test/harness.h"
#include "test/product_case.h"

namespace hadal::test {

namespace {

constexpr int kRounds = 7;
// A round repeats a call for about so long.
constexpr double kLeastSeconds = 0.01;

// The rate of a tile that stays in the first-level cache: what a product can reach.
double peak() {
  const auto& kernels = kernelTable().products;
  const int width = kernels.lanes * kTileVectors;
  constexpr int kInner = 64;
  constexpr int kCalls = 2000;
  const std::vector<float> left(kInner * kernels.tileRows, 0.5f);
  const std::vector<float> right(kInner * width, 0.25f);
  std::vector<float> sums(kernels.tileRows * width);
  TileCall call = {};
  call.left = left.data();
  call.right = right.data();
  call.inner = kInner;
  call.sums = sums.data();
  const double seconds = fastest(10, threadSeconds, [&] {
    for (int i = 0; i < kCalls; i++) kernels.tiles[1][kTileVectors - 1][kernels.tileRows - 1](call);
  });
  return 2.0 * kCalls * kInner * kernels.tileRows * width / seconds / 1e9;
}

void report(const std::string& name, const ProductCase& product, const Following& following) {
  ProductCall one(product, following, 1);
  ProductCall two(product, following, 2);
  double seconds[2] = {1e30, 1e30};
  double best = 0;
  const double once = fastest(2, threadSeconds, [&] { one.run(); });
  const int calls = std::max(1, static_cast<int>(kLeastSeconds / once));
  // Interleaved, because the machine is shared.
  for (int round = 0; round < kRounds; round++) {
    const auto repeat = [&](ProductCall& call) {
      for (int i = 0; i < calls; i++) call.run();
    };
    seconds[0] = std::min(seconds[0], fastest(1, threadSeconds, [&] { repeat(one); }) / calls);
    seconds[1] = std::min(seconds[1], fastest(1, wallSeconds, [&] { repeat(two); }) / calls);
    best = std::max(best, peak());
  }
  const double work = 2e-9 * multiplications(product);
  std::printf("%-44s %9.1f us %7.1f %7.1f   x%.2f   %3.0f %% of the peak\n", name.c_str(), seconds[0] * 1e6,
              work / seconds[0], work / seconds[1], seconds[0] / seconds[1], 100 * work / seconds[0] / best);
  std::fflush(stdout);
}

void report(const std::string& name, const ProductCase& product) { report(name, product, nothing()); }

void heading() {
  std::printf("%s, peak %.1f GFLOP/s\n%-44s %12s %7s %7s\n", kernelTable().name, peak(), "", "1 thread", "", "2");
}

const AddCase matrices("bench matrices", [] {
  heading();
  for (std::int64_t size : {256, 512, 1024, 2048}) report(std::to_string(size) + "^3", matrixProduct(size, size, size));
  for (std::int64_t size : {256, 512, 1024, 2048}) {
    report(std::to_string(size) + "^3, bfloat16", ofBfloat16(matrixProduct(size, size, size)), nothing(Rounding::bfloat16));
  }
  report("1024^3, both transposed", matrixProduct(1024, 1024, 1024, true, true));
  report("4096 x 128 x 128", matrixProduct(4096, 128, 128));
  report("4096 x 128 x 512", matrixProduct(4096, 128, 512));
  report("4096 x 512 x 128", matrixProduct(4096, 512, 128));
  report("128 x 4096 x 512", matrixProduct(128, 4096, 512, true));
  report("6400 x 64 x 256", matrixProduct(6400, 64, 256));
  report("128 of 128 x 32 x 128", batchedProduct(128, 128, 32, 128));
  report("128 of 128 x 128 x 32", batchedProduct(128, 128, 128, 32));
  report("64 of 128 x 64 x 128", batchedProduct(64, 128, 64, 128));
});

const AddCase small("bench small products", [] {
  heading();
  for (std::int64_t batch : {32, 128}) {
    const std::string rows = std::to_string(batch);
    const ProductCase hidden = matrixProduct(batch, 784, 64);
    report(rows + " x 784 x 64, bias, relu", hidden, biasAndRelu(hidden, true));
    report(rows + " x 64 x 64", matrixProduct(batch, 64, 64));
    report(rows + " x 64 x 10", matrixProduct(batch, 64, 10));
    report(rows + " x 64 x 1", matrixProduct(batch, 64, 1));
    report(rows + " x 10 x 64, right transposed", matrixProduct(batch, 10, 64, false, true));
    report(rows + " x 64 x 64, right transposed", matrixProduct(batch, 64, 64, false, true));
    report("784 x " + rows + " x 64, left transposed", matrixProduct(784, batch, 64, true));
    report("64 x " + rows + " x 64, left transposed", matrixProduct(64, batch, 64, true));
    report("64 x " + rows + " x 10, left transposed", matrixProduct(64, batch, 10, true));
    report(rows + " x 64 x 256", matrixProduct(batch, 64, 256));
    report(rows + " x 3136 x 64", matrixProduct(batch, 3136, 64));
    report(rows + " x 64 x 3136, right transposed", matrixProduct(batch, 64, 3136, false, true));
    report("3136 x " + rows + " x 64, left transposed", matrixProduct(3136, batch, 64, true));
  }
  report("1 x 1024 x 1024", matrixProduct(1, 1024, 1024));
  report("1 x 1024 x 1024, transposed", matrixProduct(1, 1024, 1024, false, true));
  report("8 x 1024 x 1024", matrixProduct(8, 1024, 1024));
});

const AddCase convolutions("bench convolutions", [] {
  heading();
  const ProductCase middle = convolution(32, 32, 64, 64, 3);
  report("conv 64 to 64, 32 x 32, batch 32", middle);
  report("conv 64 to 64, bias, relu", middle, biasAndRelu(middle, true));
  report("conv 64 to 64, bias, relu as a program", middle, biasAndRelu(middle, false));
  report("filter gradient 64 to 64", filterGradient(32, 32, 64, 64, 3));
  const ProductCase first = convolution(32, 32, 3, 32, 3);
  report("conv 3 to 32, 32 x 32, batch 32", first);
  report("conv 3 to 32, bias, relu", first, biasAndRelu(first, true));
  report("input gradient 3 to 32", convolution(32, 32, 32, 3, 3));
  report("filter gradient 3 to 32", filterGradient(32, 32, 3, 32, 3));
  report("conv 1 to 32, 28 x 28, batch 32", convolution(32, 28, 1, 32, 3));
  report("filter gradient 1 to 32", filterGradient(32, 28, 1, 32, 3));
  report("conv 32 to 64, 14 x 14, batch 32", convolution(32, 14, 32, 64, 3));
  report("conv 64 to 32, 14 x 14, batch 32", convolution(32, 14, 64, 32, 3));
  report("filter gradient 32 to 64, 14 x 14", filterGradient(32, 14, 32, 64, 3));
  report("conv 64 to 64, 7 x 7, batch 32", convolution(32, 7, 64, 64, 3));
  report("filter gradient 64 to 64, 7 x 7", filterGradient(32, 7, 64, 64, 3));
  report("conv 64 to 64, 56 x 56, batch 1", convolution(1, 56, 64, 64, 3));
  report("conv 128 to 128, 28 x 28, batch 1", convolution(1, 28, 128, 128, 3));
  report("conv 256 to 256, 14 x 14, batch 1", convolution(1, 14, 256, 256, 3));
  report("conv 512 to 512, 7 x 7, batch 1", convolution(1, 7, 512, 512, 3));
});

}  // namespace

}  // namespace hadal::test
