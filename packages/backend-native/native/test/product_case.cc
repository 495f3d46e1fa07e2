#include "test/product_case.h"

#include <algorithm>
#include <cstring>

#include "isa/dispatch.h"
#include "test/harness.h"

namespace hadal::test {

namespace {

constexpr double kMemoryLimit = 4e9;
constexpr double kAbsent = -1;
constexpr int kF32 = 0;
constexpr int kColumn = 1;
constexpr int kFull = 0;

// The words of `max(r0 + r1, 0)`, r1 being the side input: registers, constants, instructions.
const std::vector<double> kBiasAndReluBody = {5, 1, 3, kF32, 0, 2,
                                              static_cast<double>(ScalarOp::add), kF32, kF32, 2, 0, 1, 0,
                                              static_cast<double>(ScalarOp::max), kF32, kF32, 4, 2, 3, 0};

std::vector<double> epilogueWords(Rounding rounding, const std::vector<double>& kinds, int result, bool isDirect, bool rectifies, double column,
                                  double full, const std::vector<double>& body) {
  std::vector<double> words = {static_cast<double>(rounding), static_cast<double>(kinds.size())};
  for (double kind : kinds) words.insert(words.end(), {kind, kF32, kF32});
  words.insert(words.end(), {0, 1, static_cast<double>(result), kF32, isDirect ? 1.0 : 0.0, rectifies ? 1.0 : 0.0, column, full});
  words.insert(words.end(), body.begin(), body.end());
  return words;
}

// What can be said of positions along one axis that see the same part of the window.
struct TapClass {
  std::int64_t firstOutput, outputs, firstTap, taps, firstInput;
};

std::vector<TapClass> tapClasses(std::int64_t size, std::int64_t window) {
  const std::int64_t before = window / 2;
  std::vector<TapClass> found;
  for (std::int64_t output = 0; output < size; output++) {
    const std::int64_t first = std::max<std::int64_t>(0, before - output);
    const std::int64_t last = std::min(window, size + before - output);
    if (!found.empty() && found.back().firstTap == first && found.back().taps == last - first) {
      found.back().outputs++;
    } else {
      found.push_back({output, 1, first, last - first, output - before + first});
    }
  }
  return found;
}

}  // namespace

Axis axis(std::int64_t extent, std::int64_t left, std::int64_t right, std::int64_t output, std::int64_t row) {
  return {extent, left, right, output, row, 0};
}

ProductCase matrixProduct(std::int64_t rows, std::int64_t inner, std::int64_t columns, bool leftTransposed,
                          bool rightTransposed) {
  Noise noise(static_cast<std::uint32_t>(rows * 7919 + inner * 31 + columns));
  Product product = {};
  product.rows = {axis(rows, leftTransposed ? 1 : inner, 0, columns, 1)};
  product.inner = {axis(inner, leftTransposed ? rows : 1, rightTransposed ? 1 : columns)};
  product.columns = {axis(columns, 0, rightTransposed ? inner : 1)};
  return {{product}, noise.list(rows * inner), noise.list(inner * columns), static_cast<std::size_t>(rows * columns)};
}

ProductCase batchedProduct(std::int64_t repetitions, std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  ProductCase each = matrixProduct(rows, inner, columns);
  Noise noise(5);
  each.products[0].loop = {axis(repetitions, rows * inner, inner * columns, rows * columns, rows)};
  return {each.products, noise.list(repetitions * rows * inner), noise.list(repetitions * inner * columns),
          static_cast<std::size_t>(repetitions * rows * columns)};
}

ProductCase convolution(std::int64_t batch, std::int64_t size, std::int64_t channels, std::int64_t filters,
                        std::int64_t window) {
  Noise noise(static_cast<std::uint32_t>(batch * 3 + size * 5 + channels * 7 + filters));
  std::vector<Product> products;
  const std::int64_t line = size * channels;
  for (const TapClass& y : tapClasses(size, window)) {
    for (const TapClass& x : tapClasses(size, window)) {
      Product product = {};
      product.left = y.firstInput * line + x.firstInput * channels;
      product.right = (y.firstTap * window + x.firstTap) * channels * filters;
      product.output = (y.firstOutput * size + x.firstOutput) * filters;
      product.row = y.firstOutput * size + x.firstOutput;
      product.rows = {axis(batch, size * line, 0, size * size * filters, size * size),
                      axis(y.outputs, line, 0, size * filters, size), axis(x.outputs, channels, 0, filters, 1)};
      product.inner = {axis(y.taps, line, window * channels * filters), axis(x.taps * channels, 1, filters)};
      product.columns = {axis(filters, 0, 1)};
      products.push_back(product);
    }
  }
  return {products, noise.list(batch * size * line), noise.list(window * window * channels * filters),
          static_cast<std::size_t>(batch * size * size * filters)};
}

ProductCase filterGradient(std::int64_t batch, std::int64_t size, std::int64_t channels, std::int64_t filters,
                           std::int64_t window) {
  Noise noise(static_cast<std::uint32_t>(batch + size + channels + filters));
  const std::int64_t line = size * channels;
  std::vector<Product> products(1);
  products[0].rows.push_back(axis(window * window * channels, 0, 0, filters, 1));
  products[0].inner.push_back(axis(0, 0, 0));
  products[0].columns.push_back(axis(filters, 0, 1));
  // Positions of the output gradient in classes that meet the same taps: position and tap change places.
  for (const TapClass& y : tapClasses(size, window)) {
    for (const TapClass& x : tapClasses(size, window)) {
      Product product = {};
      product.left = y.firstInput * line + x.firstInput * channels;
      product.right = (y.firstOutput * size + x.firstOutput) * filters;
      product.row = (y.firstTap * window + x.firstTap) * channels;
      product.rows = {axis(y.taps, line, 0, 0, window * channels), axis(x.taps * channels, 1, 0, 0, 1)};
      product.inner = {axis(batch, size * line, size * size * filters), axis(y.outputs, line, size * filters),
                       axis(x.outputs, channels, filters)};
      product.columns = {axis(filters, 0, 1)};
      products.push_back(product);
    }
  }
  return {products, noise.list(batch * size * line), noise.list(batch * size * size * filters),
          static_cast<std::size_t>(window * window * channels * filters), true};
}

ProductCase ofBfloat16(ProductCase product) {
  for (auto* operand : {&product.left, &product.right}) {
    kernelTable().products.roundToBfloat16(operand->data(), static_cast<std::ptrdiff_t>(operand->size()));
  }
  return product;
}

double multiplications(const ProductCase& product) {
  double total = 0;
  for (const Product& each : product.products) {
    total += static_cast<double>(countOf(each.loop)) * countOf(each.rows) * countOf(each.inner) * countOf(each.columns);
  }
  return total;
}

Following nothing(Rounding rounding) {
  return {epilogueWords(rounding, {}, 0, true, false, kAbsent, kAbsent, {1, 0, 0}), {}};
}

Following biasAndRelu(const ProductCase& product, bool isDirect) {
  const std::int64_t columns = countOf(product.products[0].columns);
  Noise noise(11);
  return {epilogueWords(Rounding::none, {kColumn}, 4, isDirect, true, 0, kAbsent, kBiasAndReluBody), {noise.list(columns)}};
}

Following residual(const ProductCase& product) {
  Noise noise(13);
  const std::vector<double> body = {3, 0, 1, static_cast<double>(ScalarOp::add), kF32, kF32, 2, 0, 1, 0};
  return {epilogueWords(Rounding::none, {kFull}, 2, true, false, kAbsent, 0, body), {noise.list(product.results)}};
}

std::vector<std::int32_t> encode(const std::vector<Product>& products) {
  std::vector<std::int32_t> integers;
  const auto add = [&](std::int64_t value) { integers.push_back(static_cast<std::int32_t>(value)); };
  add(static_cast<std::int64_t>(products.size()));
  for (const Product& product : products) {
    add(product.exchanged ? 1 : 0);
    add(product.sums ? 1 : 0);
    for (std::int64_t start : {product.left, product.right, product.output, product.row}) add(start);
    for (const Axes* axes : {&product.loop, &product.rows, &product.inner, &product.columns}) {
      add(static_cast<std::int64_t>(axes->size()));
      for (const Axis& each : *axes) {
        for (std::int64_t field : {each.extent, each.left, each.right, each.output, each.row, each.column}) add(field);
      }
    }
  }
  return integers;
}

namespace {

std::vector<double> wordsOf(const ProductCase& product, const Following& following) {
  std::vector<double> words = {product.accumulates ? 1.0 : 0.0};
  words.insert(words.end(), following.words.begin(), following.words.end());
  return words;
}

}  // namespace

ProductCall::ProductCall(const ProductCase& product, const Following& following, int threads)
    : words_(wordsOf(product, following)),
      reader_(words_.data(), words_.size()),
      kernel_(reader_),
      memory_(kMemoryLimit),
      integers_(encode(product.products)),
      results_(product.results),
      pool_(threads) {
  expect(reader_.done(), "the words of an epilogue are read to their end");
  bind(product.left);
  bind(product.right);
  for (const auto& side : following.sides) bind(side);
  bind(std::vector<float>(results_, -12345.0f));
}

void ProductCall::bind(const std::vector<float>& data) {
  std::byte* address = memory_.allocate(data.size() * sizeof(float));
  std::memcpy(address, data.data(), data.size() * sizeof(float));
  bindings_.push_back(address);
}

void ProductCall::run() {
  const CallArguments arguments = {bindings_.data(), static_cast<int>(bindings_.size()), nullptr, 0, integers_.data(),
                                   static_cast<int>(integers_.size())};
  kernel_.run(arguments, pool_);
}

std::vector<float> ProductCall::result() const {
  const auto* first = reinterpret_cast<const float*>(bindings_.back());
  return {first, first + results_};
}

std::vector<float> compute(const ProductCase& product, const Following& following, int threads) {
  ProductCall call(product, following, threads);
  call.run();
  return call.result();
}

std::vector<double> sums(const ProductCase& product) {
  std::vector<double> result(product.results, 0.0);
  for (const Product& each : product.products) {
    const auto table = [](const Axes& axes, std::int64_t Axis::*field) {
      std::vector<std::ptrdiff_t> found(countOf(axes));
      enumerate(axes, field, 0, countOf(axes), 1, found.data());
      return found;
    };
    const auto loopLeft = table(each.loop, &Axis::left), loopRight = table(each.loop, &Axis::right),
               loopOutput = table(each.loop, &Axis::output);
    const auto rowLeft = table(each.rows, &Axis::left), rowOutput = table(each.rows, &Axis::output),
               rowIndex = table(each.rows, &Axis::row);
    const auto innerLeft = table(each.inner, &Axis::left), innerRight = table(each.inner, &Axis::right);
    const auto columnRight = table(each.columns, &Axis::right);
    for (std::size_t n = 0; n < loopLeft.size(); n++) {
      for (std::size_t i = 0; i < rowLeft.size(); i++) {
        for (std::size_t j = 0; j < columnRight.size(); j++) {
          double sum = 0;
          const float* left = product.left.data() + each.left + loopLeft[n] + rowLeft[i];
          const float* right = product.right.data() + each.right + loopRight[n] + columnRight[j];
          for (std::size_t k = 0; k < innerLeft.size(); k++) {
            sum += static_cast<double>(left[innerLeft[k]]) * static_cast<double>(right[innerRight[k]]);
          }
          const std::int64_t row = product.accumulates ? (each.row + rowIndex[i]) * static_cast<std::int64_t>(columnRight.size())
                                                       : each.output + loopOutput[n] + rowOutput[i];
          result[row + j] += sum;
        }
      }
    }
  }
  return result;
}

}  // namespace hadal::test
