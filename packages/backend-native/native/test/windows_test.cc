// Convolutions with few filters and max pools, whose windows reach beyond the image, against plain loops; and equal bits on
// one, two and three threads.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "convolutions/narrow_kernel.h"
#include "pooling/max_pool_kernel.h"
#include "test/harness.h"
#include "test/product_case.h"

namespace hadal::test {

namespace {

// Windows of one size in both directions over square images, with the same padding on all sides.
struct Windows {
  int batch, size, channels, filters, window, stride, dilation, before;

  int positions() const { return (size + 2 * before - (window - 1) * dilation - 1) / stride + 1; }
  std::size_t images() const { return static_cast<std::size_t>(batch) * size * size * channels; }
};

// Calls visit(tap, value) for each element inside the image that the window at (row, column) meets.
template <class Visit>
void eachTap(const Windows& of, const std::vector<float>& images, int image, int row, int column, int channel, Visit visit) {
  for (int i = 0; i < of.window * of.window; i++) {
    const int y = row * of.stride - of.before + i / of.window * of.dilation;
    const int x = column * of.stride - of.before + i % of.window * of.dilation;
    if (y < 0 || y >= of.size || x < 0 || x >= of.size) continue;
    visit(i, images[((static_cast<std::size_t>(image) * of.size + y) * of.size + x) * of.channels + channel]);
  }
}

std::vector<float> onThreads(LibraryKernel& kernel, std::vector<std::vector<float>> operands, std::size_t results,
                             const std::vector<std::int32_t>& integers, const std::string& what) {
  std::vector<float> first;
  for (int threads : {1, 2, 3}) {
    std::vector<float> result(results, -12345.0f);
    std::vector<std::byte*> bindings;
    for (auto& operand : operands) bindings.push_back(reinterpret_cast<std::byte*>(operand.data()));
    bindings.push_back(reinterpret_cast<std::byte*>(result.data()));
    ThreadPool pool(threads);
    kernel.run({bindings.data(), static_cast<int>(bindings.size()), nullptr, 0, integers.data(),
                static_cast<int>(integers.size())},
               pool);
    if (first.empty()) first = result;
    expect(std::memcmp(first.data(), result.data(), results * sizeof(float)) == 0,
           what + ": other bits on " + std::to_string(threads) + " threads");
  }
  return first;
}

void checkNarrow(const Windows& of, const std::string& what) {
  Noise noise(5);
  const std::vector<float> images = noise.list(of.images());
  const std::vector<float> kernel = noise.list(static_cast<std::size_t>(of.window) * of.window * of.channels * of.filters);
  const int n = of.positions();
  const int taps = of.channels * of.filters;
  const std::vector<std::int32_t> integers = {
      of.batch, of.channels, of.filters, 0, 0, of.size * of.size * of.channels, of.filters, 1,
      of.size, n, of.window, of.dilation, of.before, of.size * of.channels, of.window * taps,
      of.size, n, of.window, of.dilation, of.before, of.channels, taps};
  const Following following = nothing();
  WordReader words(following.words.data(), following.words.size());
  NarrowKernel call(words);
  const std::vector<float> found =
      onThreads(call, {images, kernel}, static_cast<std::size_t>(of.batch) * n * n * of.filters, integers, what);
  for (std::size_t i = 0; i < found.size(); i++) {
    const int filter = static_cast<int>(i % of.filters);
    const auto position = static_cast<int>(i / of.filters);
    double sum = 0;
    for (int channel = 0; channel < of.channels; channel++) {
      eachTap(of, images, position / (n * n), position / n % n, position % n, channel, [&](int tap, float value) {
        sum += static_cast<double>(value) * kernel[static_cast<std::size_t>(tap) * taps + channel * of.filters + filter];
      });
    }
    expect(std::fabs(found[i] - sum) <= 2e-5, what + ": element " + std::to_string(i) + " is " +
                                                  std::to_string(found[i]) + ", expected " + std::to_string(sum));
  }
}

void checkPool(const Windows& of, const std::string& what) {
  Noise noise(6);
  const std::vector<float> images = noise.list(of.images());
  const int n = of.positions();
  std::vector<std::int32_t> integers = {of.batch, of.channels, 0, of.size * of.size * of.channels};
  for (int distance : {of.size * of.channels, of.channels}) {
    integers.insert(integers.end(), {of.size, n, of.window, of.stride, of.dilation, of.before, distance});
  }
  MaxPoolKernel call;
  const std::vector<float> found =
      onThreads(call, {images}, static_cast<std::size_t>(of.batch) * n * n * of.channels, integers, what);
  for (std::size_t i = 0; i < found.size(); i++) {
    const int channel = static_cast<int>(i % of.channels);
    const auto position = static_cast<int>(i / of.channels);
    float greatest = -std::numeric_limits<float>::infinity();
    eachTap(of, images, position / (n * n), position / n % n, position % n, channel,
            [&](int, float value) { greatest = std::max(greatest, value); });
    expect(found[i] == greatest, what + ": element " + std::to_string(i) + " is " + std::to_string(found[i]) +
                                     ", expected " + std::to_string(greatest));
  }
}

const AddCase narrow("convolutions with few filters", [] {
  checkNarrow({2, 13, 20, 3, 3, 1, 1, 1}, "20 to 3 channels");
  checkNarrow({3, 9, 8, 1, 5, 1, 1, 2}, "8 to 1 channels, window of 5");
  checkNarrow({1, 17, 17, 2, 3, 1, 3, 3}, "17 to 2 channels, taps apart");
  checkNarrow({1, 20, 16, 4, 3, 1, 1, 0}, "16 to 4 channels, no padding");
  checkNarrow({1, 90, 32, 3, 3, 1, 1, 1}, "several bands");
  checkNarrow({1, 12, 9, 3, 3, 1, 1, -2}, "cropped");
});

const AddCase pools("max pools", [] {
  checkPool({2, 13, 24, 1, 3, 2, 1, 1}, "24 channels");
  checkPool({3, 10, 37, 1, 2, 1, 2, 1}, "37 channels, elements apart");
  checkPool({4, 40, 64, 1, 3, 2, 1, 1}, "64 channels");
});

}  // namespace

}  // namespace hadal::test
