// Products against sums in double precision, at sizes around the edges of tiles, panels and blocks; and equal bits on one,
// two and three threads.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "isa/dispatch.h"
#include "test/harness.h"
#include "test/product_case.h"

namespace hadal::test {

namespace {

// Rounding errors of a sum grow with its size, and with the number of its terms: on average with the root.
double tolerance(const ProductCase& product, const std::vector<double>& expected) {
  double largest = 1;
  for (double value : expected) largest = std::fmax(largest, std::fabs(value));
  std::int64_t terms = 0;
  for (const Product& each : product.products) terms = std::max(terms, countOf(each.inner));
  return 1e-7 * largest * (1 + std::sqrt(static_cast<double>(terms)));
}

void check(const ProductCase& product, const std::string& what) {
  const std::vector<double> expected = sums(product);
  const double allowed = tolerance(product, expected);
  const auto verify = [&](const Following& following, bool isRectified, const std::string& with) {
    const std::vector<float> one = compute(product, following, 1);
    for (std::size_t i = 0; i < expected.size(); i++) {
      double value = expected[i];
      if (!following.sides.empty()) value += following.sides[0][i % following.sides[0].size()];
      if (isRectified) value = std::fmax(value, 0.0);
      expect(std::fabs(one[i] - value) <= allowed,
             what + with + ": element " + std::to_string(i) + " is " + std::to_string(one[i]) + ", expected " +
                 std::to_string(value));
    }
    for (int threads : {2, 3}) {
      const std::vector<float> more = compute(product, following, threads);
      expect(std::memcmp(one.data(), more.data(), one.size() * sizeof(float)) == 0,
             what + with + ": other bits on " + std::to_string(threads) + " threads");
    }
  };
  verify(nothing(), false, "");
  verify(biasAndRelu(product, true), true, " with bias and relu");
  verify(biasAndRelu(product, false), true, " with bias and relu as a program");
  verify(residual(product), false, " with a residual");
}

std::string sizes(std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  return std::to_string(rows) + " x " + std::to_string(inner) + " x " + std::to_string(columns);
}

const AddCase matrices("matrix products", [] {
  const std::int64_t kSizes[][3] = {{1, 1, 1},     {1, 7, 5},    {1, 385, 71},  {1, 300, 1500}, {2, 3, 4},    {3, 1, 40},
                                    {4, 33, 17},   {5, 17, 9},   {6, 8, 8},     {7, 9, 7},      {12, 32, 32}, {13, 31, 1},
                                    {13, 384, 33}, {24, 385, 64}, {25, 16, 95}, {97, 2, 65},    {11, 769, 97}, {37, 6, 1025},
                                    {2, 600, 1031}, {200, 70, 130}, {193, 500, 200}};
  for (const auto& [rows, inner, columns] : kSizes) {
    for (int turned = 0; turned < 4; turned++) {
      check(matrixProduct(rows, inner, columns, turned & 1, turned & 2), sizes(rows, inner, columns));
    }
  }
});

const AddCase larger("products of many pieces", [] {
  check(matrixProduct(600, 130, 300), "600 x 130 x 300");
  check(matrixProduct(40, 4000, 40), "40 x 4000 x 40");
  check(matrixProduct(40, 200, 1500, true, true), "40 x 200 x 1500");
});

// Sums of bfloat16 numbers are rounded once: to one of the two neighbours of what they are in double precision.
void checkBfloat16(ProductCase exact, const std::string& what) {
  const ProductCase product = ofBfloat16(std::move(exact));
  const std::vector<double> expected = sums(product);
  const double allowed = tolerance(product, expected);
  const std::vector<float> one = compute(product, nothing(Rounding::bfloat16), 1);
  for (std::size_t i = 0; i < expected.size(); i++) {
    float rounded = one[i];
    kernelTable().products.roundToBfloat16(&rounded, 1);
    expect(rounded == one[i], what + ": element " + std::to_string(i) + " is no bfloat16 number");
    expect(std::fabs(one[i] - expected[i]) <= std::fabs(expected[i]) * 0x1p-8 + allowed,
           what + ": element " + std::to_string(i) + " is " + std::to_string(one[i]) + ", expected " +
               std::to_string(expected[i]));
  }
  for (int threads : {2, 3}) {
    const std::vector<float> more = compute(product, nothing(Rounding::bfloat16), threads);
    expect(std::memcmp(one.data(), more.data(), one.size() * sizeof(float)) == 0,
           what + ": other bits on " + std::to_string(threads) + " threads");
  }
}

const AddCase halves("products of bfloat16", [] {
  const std::int64_t kSizes[][3] = {{1, 7, 5}, {5, 17, 9}, {13, 31, 1}, {12, 64, 32}, {25, 1100, 95}, {193, 500, 200}};
  for (const auto& [rows, inner, columns] : kSizes) {
    for (int turned = 0; turned < 4; turned++) {
      checkBfloat16(matrixProduct(rows, inner, columns, turned & 1, turned & 2), sizes(rows, inner, columns) + " bfloat16");
    }
  }
  checkBfloat16(batchedProduct(7, 9, 21, 11), "7 of 9 x 21 x 11 bfloat16");
  checkBfloat16(convolution(3, 12, 5, 40, 3), "5 to 40 channels, bfloat16");
  checkBfloat16(filterGradient(12, 16, 17, 33, 3), "17 to 33 channels, bfloat16");
});

const AddCase rounding("rounding to half floats", [] {
  const auto& kernels = kernelTable().products;
  const float infinity = std::numeric_limits<float>::infinity();
  const auto verify = [](void (*round)(float*, std::ptrdiff_t), const std::vector<std::pair<float, float>>& pairs) {
    for (const auto& [from, to] : pairs) {
      for (float sign : {1.0f, -1.0f}) {
        std::vector<float> values(19, sign * from);
        round(values.data(), static_cast<std::ptrdiff_t>(values.size()));
        for (float value : values) {
          expect(value == sign * to && std::signbit(value) == std::signbit(sign * to),
                 std::to_string(from) + " becomes " + std::to_string(value) + ", expected " + std::to_string(to));
        }
      }
    }
  };
  verify(kernels.roundToBfloat16, {{0.0f, 0.0f}, {1.0f, 1.0f}, {0x1.01p0f, 0x1p0f}, {0x1.03p0f, 0x1.04p0f},
                                   {0x1.0101p0f, 0x1.02p0f}, {0x1.fffp127f, infinity}, {infinity, infinity}});
  verify(kernels.roundToFloat16, {{0.0f, 0.0f}, {0x1.002p0f, 0x1p0f}, {0x1.006p0f, 0x1.008p0f}, {65519.0f, 65504.0f},
                                  {65520.0f, infinity}, {0x1p-25f, 0.0f}, {0x1.8p-25f, 0x1p-24f}, {0x1.4p-24f, 0x1p-24f},
                                  {infinity, infinity}});
  float nan = std::numeric_limits<float>::quiet_NaN();
  for (auto round : {kernels.roundToFloat16, kernels.roundToBfloat16}) {
    round(&nan, 1);
    expect(std::isnan(nan), "NaN stays NaN");
  }
});

const AddCase empty("sums of nothing are 0", [] {
  const ProductCase product = matrixProduct(5, 0, 9);
  for (float value : compute(product, nothing(), 1)) expect(value == 0, "the sum of nothing is 0");
});

const AddCase batches("repeated products", [] {
  check(batchedProduct(7, 9, 20, 11), "7 of 9 x 20 x 11");
  check(batchedProduct(40, 33, 64, 64), "40 of 33 x 64 x 64");
  check(batchedProduct(5, 1, 64, 64), "5 of 1 x 64 x 64");
});

const AddCase convolutions("convolutions", [] {
  check(convolution(2, 9, 3, 16, 3), "3 to 16 channels");
  check(convolution(3, 12, 16, 40, 3), "16 to 40 channels");
  check(convolution(1, 7, 5, 3, 5), "5 to 3 channels, window of 5");
});

const AddCase gradients("filter gradients", [] {
  check(filterGradient(8, 20, 3, 16, 3), "3 to 16 channels");
  check(filterGradient(12, 16, 17, 33, 3), "17 to 33 channels");
});

}  // namespace

}  // namespace hadal::test
