#include "attention/attention_kernel.h"

#include <algorithm>
#include <limits>

#include "attention/attention_call.h"
#include "attention/panels.h"
#include "isa/dispatch.h"

namespace hadal {

namespace {

// Rows of queries whose scores are computed together: whole tiles of all instruction sets.
constexpr std::int64_t kBlockRows = 48;
// With more keys than this, half as many rows: their scores stay in the second-level cache.
constexpr std::int64_t kMostKeysPerBlock = 2048;
// Queries for which one task packs keys and values.
constexpr std::int64_t kQueriesPerTask = 240;
constexpr double kMultiplicationsPerNanosecond = 15;
// Work below this (about 20 µs) is done sooner than a second thread is woken.
constexpr double kLeastParallelMultiplications = 5e5;
constexpr int kForwardProducts = 2;
constexpr int kGradientProducts = 5;

// What a thread works in.
struct Workspace {
  Panels keys, values, queries, cotangents, weighted;
  Scratch query, cotangent, scores, gradients, result, keySums, valueSums, factors;
};

Workspace& workspace() {
  thread_local Workspace own;
  return own;
}

template <class T>
const T* boundTo(const CallArguments& arguments, int position) {
  return reinterpret_cast<const T*>(arguments.bindings[position]);
}

// Rows of a matrix, contiguous, each element times a factor.
void copyRows(const StridedMatrix& from, std::int64_t rows, std::int64_t columns, float factor, float* to) {
  for (std::int64_t i = 0; i < rows; i++, to += columns) {
    const float* row = from.data + i * from.row;
    if (from.column == 1) {
      for (std::int64_t j = 0; j < columns; j++) to[j] = row[j] * factor;
    } else {
      for (std::int64_t j = 0; j < columns; j++) to[j] = row[j * from.column] * factor;
    }
  }
}

// One head: its operands, and what becomes of a block of its scores.
struct Head {
  const AttentionCall& call;
  StridedMatrix query, key, value, cotangent;
  const std::uint8_t* mask;

  std::int64_t blockRows() const { return call.keys > kMostKeysPerBlock ? kBlockRows / 2 : kBlockRows; }

  // Keys that the rows before `end` may attend to.
  std::int64_t keysBefore(std::int64_t end) const { return call.isCausal ? std::min(call.keys, end) : call.keys; }

  StridedMatrix rowsFrom(const StridedMatrix& matrix, std::int64_t first) const {
    return {matrix.data + first * matrix.row, matrix.row, matrix.column};
  }

  // Scores as exponentials; the reciprocals of their sums, 0 for queries that may attend to nothing, go to `factors`.
  void weigh(std::int64_t first, std::int64_t rows, std::int64_t padded, float* scores, float* factors) const {
    for (std::int64_t i = 0; i < rows; i++) {
      float* row = scores + i * padded;
      const std::int64_t keys = keysBefore(first + i + 1);
      if (mask != nullptr) {
        const std::uint8_t* allowed = mask + (first + i) * call.mask.row;
        for (std::int64_t j = 0; j < keys; j++) {
          if (allowed[j * call.mask.column] == 0) row[j] = -std::numeric_limits<float>::infinity();
        }
      }
      const bool isMasked = call.isCausal || mask != nullptr;
      const float sum = kernelTable().attention.exponentials(row, keys, padded, isMasked);
      factors[i] = sum == 0 ? 0 : 1 / sum;
    }
  }
};

Head headOf(const AttentionCall& call, const CallArguments& arguments, std::int64_t head, bool isGradient) {
  const auto matrix = [&](int position, const Matrices& matrices) {
    return StridedMatrix{boundTo<float>(arguments, position) + call.at(matrices, head), matrices.row, matrices.column};
  };
  const int operands = isGradient ? 4 : 3;
  return {call,
          matrix(0, call.query),
          matrix(1, call.key),
          matrix(2, call.value),
          isGradient ? matrix(3, call.cotangent) : StridedMatrix{},
          call.isMasked ? boundTo<std::uint8_t>(arguments, operands) + call.at(call.mask, head) : nullptr};
}

// Queries `begin` to `end` of a head.
void attend(const Head& head, std::int64_t begin, std::int64_t end, float scale, float* output) {
  const AttentionCall& call = head.call;
  Workspace& own = workspace();
  const std::int64_t allKeys = head.keysBefore(end);
  own.keys.pack({head.key.data, head.key.column, head.key.row}, call.depth, allKeys);
  own.values.pack(head.value, allKeys, call.width);
  const std::int64_t block = head.blockRows();
  const std::int64_t paddedWidth = Panels::padded(call.width);
  float* query = own.query.of<float>(block * call.depth);
  float* scores = own.scores.of<float>(block * Panels::padded(allKeys));
  float* result = own.result.of<float>(block * paddedWidth);
  float* factors = own.factors.of<float>(block);
  for (std::int64_t first = begin; first < end; first += block) {
    const std::int64_t rows = std::min(block, end - first);
    const std::int64_t keys = head.keysBefore(first + rows);
    const std::int64_t padded = own.keys.written(keys);
    copyRows(head.rowsFrom(head.query, first), rows, call.depth, scale, query);
    own.keys.multiply({query, call.depth, 1}, rows, call.depth, keys, scores, padded);
    head.weigh(first, rows, padded, scores, factors);
    own.values.multiply({scores, padded, 1}, rows, keys, call.width, result, paddedWidth);
    for (std::int64_t i = 0; i < rows; i++) {
      copyRows({result + i * paddedWidth, 0, 1}, 1, call.width, factors[i], output + (first + i) * call.width);
    }
  }
}

// All queries of a head, because each adds to the gradients of all keys.
void differentiate(const Head& head, float scale, float* forQuery, float* forKey, float* forValue) {
  const AttentionCall& call = head.call;
  const auto& kernels = kernelTable().attention;
  Workspace& own = workspace();
  const std::int64_t allKeys = head.keysBefore(call.queries);
  own.keys.pack({head.key.data, head.key.column, head.key.row}, call.depth, allKeys);
  own.values.pack({head.value.data, head.value.column, head.value.row}, call.width, allKeys);
  own.weighted.pack(head.key, allKeys, call.depth);
  const std::int64_t block = head.blockRows();
  const std::int64_t paddedDepth = Panels::padded(call.depth);
  const std::int64_t paddedKeys = Panels::padded(allKeys);
  float* query = own.query.of<float>(block * call.depth);
  float* cotangent = own.cotangent.of<float>(block * call.width);
  float* weights = own.scores.of<float>(block * paddedKeys);
  float* gradients = own.gradients.of<float>(block * paddedKeys);
  float* result = own.result.of<float>(block * paddedDepth);
  float* factors = own.factors.of<float>(block);
  const std::int64_t keyElements = allKeys * paddedDepth;
  const std::int64_t valueElements = allKeys * Panels::padded(call.width);
  float* keySums = own.keySums.of<float>(keyElements);
  float* valueSums = own.valueSums.of<float>(valueElements);
  std::fill_n(keySums, keyElements, 0.0f);
  std::fill_n(valueSums, valueElements, 0.0f);
  for (std::int64_t first = 0; first < call.queries; first += block) {
    const std::int64_t rows = std::min(block, call.queries - first);
    const std::int64_t keys = head.keysBefore(first + rows);
    const std::int64_t padded = own.keys.written(keys);
    copyRows(head.rowsFrom(head.query, first), rows, call.depth, scale, query);
    copyRows(head.rowsFrom(head.cotangent, first), rows, call.width, 1, cotangent);
    own.keys.multiply({query, call.depth, 1}, rows, call.depth, keys, weights, padded);
    head.weigh(first, rows, padded, weights, factors);
    own.values.multiply({cotangent, call.width, 1}, rows, call.width, keys, gradients, padded);
    for (std::int64_t i = 0; i < rows; i++) {
      kernels.scale(weights + i * padded, factors[i], padded);
      kernels.softmaxGradient(gradients + i * padded, weights + i * padded, padded);
    }
    own.cotangents.pack({cotangent, call.width, 1}, rows, call.width);
    own.cotangents.accumulate({weights, 1, padded}, keys, rows, valueSums);
    own.queries.pack({query, call.depth, 1}, rows, call.depth);
    own.queries.accumulate({gradients, 1, padded}, keys, rows, keySums);
    own.weighted.multiply({gradients, padded, 1}, rows, keys, call.depth, result, paddedDepth);
    copyRows({result, paddedDepth, 1}, rows, call.depth, scale, forQuery + first * call.depth);
  }
  own.queries.finish(keySums, allKeys, 1, forKey);
  own.cotangents.finish(valueSums, allKeys, 1, forValue);
  // Keys that come after all queries.
  std::fill(forKey + allKeys * call.depth, forKey + call.keys * call.depth, 0.0f);
  std::fill(forValue + allKeys * call.width, forValue + call.keys * call.width, 0.0f);
}

double multiplicationsOf(const AttentionCall& call, bool isGradient) {
  return static_cast<double>(call.heads) * call.queries * call.keys * (call.depth + call.width) / kForwardProducts *
         (isGradient ? kGradientProducts : kForwardProducts);
}

}  // namespace

void AttentionKernel::run(const CallArguments& arguments, ThreadPool& pool) {
  const AttentionCall call = readAttentionCall(arguments, isGradient_);
  auto* output = reinterpret_cast<float*>(arguments.bindings[(isGradient_ ? 4 : 3) + (call.isMasked ? 1 : 0)]);
  const std::int64_t pieces = isGradient_ ? 1 : (call.queries + kQueriesPerTask - 1) / kQueriesPerTask;
  const std::int64_t queryElements = call.queries * call.depth;
  const std::int64_t keyElements = call.keys * call.depth;
  const auto compute = [&](std::int64_t task) {
    const std::int64_t number = task / pieces;
    const Head head = headOf(call, arguments, number, isGradient_);
    if (isGradient_) {
      float* forKeys = output + call.heads * queryElements;
      float* forValues = forKeys + call.heads * keyElements;
      differentiate(head, scale_, output + number * queryElements, forKeys + number * keyElements,
                    forValues + number * call.keys * call.width);
    } else {
      const std::int64_t begin = task % pieces * kQueriesPerTask;
      attend(head, begin, std::min(call.queries, begin + kQueriesPerTask), scale_,
             output + number * call.queries * call.width);
    }
  };
  const std::int64_t tasks = call.heads * pieces;
  if (pool.threads() == 1 || multiplicationsOf(call, isGradient_) < kLeastParallelMultiplications) {
    for (std::int64_t task = 0; task < tasks; task++) compute(task);
  } else {
    pool.parallel(tasks, [&](std::int64_t task, int) { compute(task); });
  }
}

double AttentionKernel::nanoseconds(const CallArguments& arguments) const {
  return multiplicationsOf(readAttentionCall(arguments, isGradient_), isGradient_) / kMultiplicationsPerNanosecond;
}

}  // namespace hadal
