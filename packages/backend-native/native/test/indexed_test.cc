// Scatters, sorts and scans against plain loops, and equal results on one, two and three threads.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>

#include "library/library_kernel.h"
#include "test/harness.h"

namespace hadal::test {

namespace {

// The numbers of src/library: kinds of calls, elements, ways to combine.
enum { kScatter = 1, kArgsort, kScan };
enum { kF32 };
enum { kSet, kAdd };

std::byte* bytesOf(const void* data) { return static_cast<std::byte*>(const_cast<void*>(data)); }

template <class T>
std::vector<T> runCall(std::vector<double> words, std::vector<std::byte*> operands, const std::vector<std::int32_t>& integers,
                       std::size_t results, int threads) {
  std::unique_ptr<LibraryKernel> kernel = makeLibraryKernel(words.data(), words.size());
  std::vector<T> result(results);
  operands.push_back(bytesOf(result.data()));
  const CallArguments arguments = {operands.data(), static_cast<int>(operands.size()), nullptr, 0, integers.data(),
                                   static_cast<int>(integers.size())};
  ThreadPool pool(threads);
  kernel->run(arguments, pool);
  return result;
}

const AddCase scatters("scatters combine duplicates in order", [] {
  constexpr int kRows = 300, kWidth = 37, kIndices = 2000;
  Noise noise(1);
  const std::vector<float> operand = noise.list(kRows * kWidth);
  const std::vector<float> updates = noise.list(kIndices * kWidth);
  std::vector<std::int32_t> indices(kIndices);
  // Some lie outside and are passed over.
  for (std::int32_t& each : indices) each = static_cast<std::int32_t>(noise.bits() % (kRows + 20)) - 10;
  const std::vector<std::int32_t> integers = {0, 0,  0, 2, kRows,    kWidth, kWidth, 1,  0, 1, kIndices, 1,
                                              0, 2, kIndices, kWidth, kWidth, 1};
  for (int how : {kSet, kAdd}) {
    std::vector<float> expected = operand;
    for (int i = 0; i < kIndices; i++) {
      if (indices[i] < 0 || indices[i] >= kRows) continue;
      for (int j = 0; j < kWidth; j++) {
        float& there = expected[indices[i] * kWidth + j];
        there = how == kAdd ? there + updates[i * kWidth + j] : updates[i * kWidth + j];
      }
    }
    for (int threads : {1, 2, 3}) {
      const auto found = runCall<float>({kScatter, kF32, static_cast<double>(how)},
                                        {bytesOf(operand.data()), bytesOf(indices.data()), bytesOf(updates.data())},
                                        integers, operand.size(), threads);
      expect(found == expected, "scattered with " + std::to_string(how) + " on " + std::to_string(threads) + " threads");
    }
  }
});

const AddCase sorts("sorts are stable, with NaN last", [] {
  for (int length : {1, 7, 48, 49, 1000}) {
    constexpr int kRows = 9;
    Noise noise(static_cast<std::uint32_t>(length));
    std::vector<float> operand = noise.list(kRows * length);
    for (float& each : operand) each = std::round(each * 20);
    for (std::size_t i = 0; i < operand.size(); i += 11) operand[i] = i % 2 ? NAN : -0.0f;
    for (int descending : {0, 1}) {
      for (int threads : {1, 2, 3}) {
        const auto found = runCall<std::int32_t>({kArgsort, kF32, kSet}, {bytesOf(operand.data())},
                                                 {1, descending, 0, 2, kRows, length, length, 1}, operand.size(), threads);
        for (int row = 0; row < kRows; row++) {
          const float* values = operand.data() + row * length;
          std::vector<std::int32_t> expected(length);
          std::iota(expected.begin(), expected.end(), 0);
          std::stable_sort(expected.begin(), expected.end(), [&](int a, int b) {
            if (std::isnan(values[a]) || std::isnan(values[b])) return !std::isnan(values[a]) && std::isnan(values[b]);
            return descending ? values[a] > values[b] : values[a] < values[b];
          });
          expect(std::equal(expected.begin(), expected.end(), found.begin() + row * length),
                 "a row of " + std::to_string(length) + " is sorted");
        }
      }
    }
  }
});

const AddCase scans("scans along any axis, in both directions", [] {
  constexpr int kOuter = 5, kExtent = 400, kInner = 30;
  Noise noise(3);
  const std::vector<float> operand = noise.list(kOuter * kExtent * kInner);
  for (int backward : {0, 1}) {
    std::vector<float> expected = operand;
    const auto at = [&](int outer, int i, int inner) -> std::size_t {
      return (static_cast<std::size_t>(outer) * kExtent + (backward ? kExtent - 1 - i : i)) * kInner + inner;
    };
    for (int distance = 1; distance < kExtent; distance *= 2) {
      const std::vector<float> before = expected;
      for (int outer = 0; outer < kOuter; outer++) {
        for (int i = distance; i < kExtent; i++) {
          for (int j = 0; j < kInner; j++) expected[at(outer, i, j)] += before[at(outer, i - distance, j)];
        }
      }
    }
    for (int threads : {1, 2, 3}) {
      const auto found = runCall<float>({kScan, kF32, kAdd}, {bytesOf(operand.data())},
                                        {1, backward, 0, 3, kOuter, kExtent, kInner, kExtent * kInner, kInner, 1},
                                        operand.size(), threads);
      expect(found == expected, "summed on " + std::to_string(threads) + " threads");
    }
  }
});

}  // namespace

}  // namespace hadal::test
