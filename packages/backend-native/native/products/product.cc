#include "products/product.h"

#include <algorithm>
#include <stdexcept>

namespace hadal {

namespace {

class Reader {
 public:
  Reader(const std::int32_t* integers, std::size_t count) : next_(integers), end_(integers + count) {}

  std::int64_t next() {
    if (next_ == end_) throw std::invalid_argument("an argument of a product is missing");
    return *next_++;
  }

  // A number of things that are still to be read.
  std::size_t size() {
    const std::int64_t value = next();
    if (value < 0 || value > end_ - next_) throw std::invalid_argument("a list of a product is too long");
    return static_cast<std::size_t>(value);
  }

  Axes axes() {
    Axes found(size());
    for (Axis& each : found) {
      for (auto field : {&Axis::extent, &Axis::left, &Axis::right, &Axis::output, &Axis::row, &Axis::column}) {
        each.*field = next();
      }
    }
    return found;
  }

 private:
  const std::int32_t* next_;
  const std::int32_t* end_;
};

}  // namespace

std::int64_t countOf(const Axes& axes) {
  std::int64_t count = 1;
  for (const Axis& each : axes) count *= each.extent;
  return count;
}

std::vector<Product> decodeProducts(const std::int32_t* integers, std::size_t count) {
  Reader reader(integers, count);
  std::vector<Product> products(reader.size());
  for (Product& product : products) {
    product.exchanged = reader.next() == 1;
    product.sums = reader.next() == 1;
    for (auto start : {&Product::left, &Product::right, &Product::output, &Product::row}) {
      product.*start = reader.next();
    }
    for (auto axes : {&Product::loop, &Product::rows, &Product::inner, &Product::columns}) {
      product.*axes = reader.axes();
    }
  }
  return products;
}

void enumerate(const Axes& axes, std::int64_t Axis::*field, std::int64_t start, std::int64_t count,
               std::int64_t scale, std::ptrdiff_t* to) {
  if (axes.empty()) {
    std::fill_n(to, count, 0);
    return;
  }
  const Axis& innermost = axes.back();
  const std::ptrdiff_t step = innermost.*field * scale;
  std::int64_t at = start;
  while (count > 0) {
    // The innermost axis, whose stretch from here is written in one go; then the others.
    const std::int64_t first = at % innermost.extent;
    std::int64_t rest = at / innermost.extent;
    std::ptrdiff_t offset = first * step;
    for (auto axis = axes.rbegin() + 1; axis != axes.rend(); ++axis) {
      offset += rest % axis->extent * (*axis.*field) * scale;
      rest /= axis->extent;
    }
    const std::int64_t stretch = std::min(count, innermost.extent - first);
    for (std::int64_t i = 0; i < stretch; i++) to[i] = offset + i * step;
    to += stretch;
    at += stretch;
    count -= stretch;
  }
}

bool singleStride(const Axes& axes, std::int64_t Axis::*field, std::int64_t* stride) {
  std::int64_t extent = 1;
  *stride = 0;
  for (auto axis = axes.rbegin(); axis != axes.rend(); ++axis) {
    if (axis->extent == 1) continue;
    if (extent == 1) {
      *stride = *axis.*field;
    } else if (*axis.*field != *stride * extent) {
      return false;
    }
    extent *= axis->extent;
  }
  return true;
}

}  // namespace hadal
