#include "indexed/argsort_kernel.h"

#include <algorithm>
#include <cstring>

#include "indexed/indexed_call.h"
#include "memory/scratch.h"
#include "products/product.h"

namespace hadal {

namespace {

// Up to here, moving elements one by one is faster than passes with 256 counts each.
constexpr std::int64_t kLongestInserted = 48;
constexpr int kByteValues = 256;
constexpr int kKeyBytes = 4;
constexpr std::uint32_t kSign = 0x80000000u;
constexpr std::uint32_t kInfinity = 0x7f800000u;
constexpr std::int64_t kLeastParallel = 1 << 12;
constexpr double kNanosecondsPerElement = 12;

// A key above its index: pairs compare like their keys.
using Pair = std::uint64_t;

constexpr std::uint32_t keyOf(Pair pair) { return static_cast<std::uint32_t>(pair >> 32); }

// A number that compares without sign as the element does. NaN is last in either direction, and -0 equals 0.
std::uint32_t keyOf(const std::byte* from, Element element, std::uint32_t flip) {
  if (element == Element::byte) return std::to_integer<std::uint32_t>(*from) ^ flip;
  std::uint32_t bits;
  std::memcpy(&bits, from, sizeof(bits));
  if (element == Element::i32) return bits ^ kSign ^ flip;
  if ((bits & ~kSign) > kInfinity) return ~0u;
  if (bits == kSign) bits = 0;
  return bits ^ (bits & kSign ? ~0u : kSign) ^ flip;
}

void insertionSort(Pair* pairs, std::int64_t count) {
  for (std::int64_t i = 1; i < count; i++) {
    const Pair pair = pairs[i];
    std::int64_t at = i;
    for (; at > 0 && keyOf(pairs[at - 1]) > keyOf(pair); at--) pairs[at] = pairs[at - 1];
    pairs[at] = pair;
  }
}

// Byte by byte from the lowest, skipping bytes that are all equal. Returns where the result lies.
Pair* radixSort(Pair* pairs, Pair* spare, std::int64_t count) {
  std::int64_t counts[kKeyBytes][kByteValues] = {};
  for (std::int64_t i = 0; i < count; i++) {
    for (int byte = 0; byte < kKeyBytes; byte++) counts[byte][keyOf(pairs[i]) >> (8 * byte) & 0xff]++;
  }
  for (int byte = 0; byte < kKeyBytes; byte++) {
    std::int64_t* places = counts[byte];
    if (places[keyOf(pairs[0]) >> (8 * byte) & 0xff] == count) continue;
    std::int64_t total = 0;
    for (int value = 0; value < kByteValues; value++) {
      const std::int64_t here = places[value];
      places[value] = total;
      total += here;
    }
    for (std::int64_t i = 0; i < count; i++) spare[places[keyOf(pairs[i]) >> (8 * byte) & 0xff]++] = pairs[i];
    std::swap(pairs, spare);
  }
  return pairs;
}

}  // namespace

void ArgsortKernel::run(const CallArguments& arguments, ThreadPool& pool) {
  const IndexedCall call = readIndexedCall(arguments, 1);
  const StridedOperand& operand = call.operands[0];
  const std::vector<std::int64_t> outputStrides = rowMajor(operand.shape);
  const std::int64_t elementBytes = element_ == Element::byte ? 1 : 4;
  const std::uint32_t flip = call.option == 1 ? ~0u : 0u;
  Axes outer;
  for (std::size_t i = 0; i < operand.shape.size(); i++) {
    if (static_cast<int>(i) != call.axis) outer.push_back({operand.shape[i], operand.strides[i], 0, outputStrides[i], 0, 0});
  }
  const std::int64_t extent = operand.shape[call.axis];
  const std::int64_t stride = operand.strides[call.axis] * elementBytes;
  const std::int64_t outputStride = outputStrides[call.axis];
  const std::int64_t rows = countOf(outer);
  if (rows * extent == 0) return;
  const std::byte* from = arguments.bindings[0] + operand.offset * elementBytes;
  auto* output = reinterpret_cast<std::int32_t*>(arguments.bindings[1]);

  const auto sortRow = [&](std::int64_t row, int) {
    thread_local Scratch scratch;
    Pair* pairs = scratch.of<Pair>(static_cast<std::size_t>(2 * extent));
    std::ptrdiff_t left;
    std::ptrdiff_t place;
    enumerate(outer, &Axis::left, row, 1, elementBytes, &left);
    enumerate(outer, &Axis::output, row, 1, 1, &place);
    for (std::int64_t i = 0; i < extent; i++) {
      pairs[i] = Pair{keyOf(from + left + i * stride, element_, flip)} << 32 | static_cast<std::uint32_t>(i);
    }
    if (extent <= kLongestInserted) {
      insertionSort(pairs, extent);
    } else {
      pairs = radixSort(pairs, pairs + extent, extent);
    }
    for (std::int64_t i = 0; i < extent; i++) {
      output[place + i * outputStride] = static_cast<std::int32_t>(pairs[i] & 0xffffffffu);
    }
  };
  if (pool.threads() > 1 && rows > 1 && rows * extent >= kLeastParallel) {
    pool.parallel(rows, sortRow);
  } else {
    for (std::int64_t row = 0; row < rows; row++) sortRow(row, 0);
  }
}

double ArgsortKernel::nanoseconds(const CallArguments& arguments) const {
  const IndexedCall call = readIndexedCall(arguments, 1);
  double elements = 1;
  for (std::int64_t each : call.operands[0].shape) elements *= static_cast<double>(each);
  return kNanosecondsPerElement * elements;
}

}  // namespace hadal
