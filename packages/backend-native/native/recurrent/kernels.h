// What recurrent cells need of an instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hadal {

enum class RecurrentCell : int { lstm, gruAfter, gruBefore };
constexpr int kRecurrentCells = 3;

// A matrix [rows, columns] of float32, or one per step; distances in elements.
struct RecurrentOperand {
  const float* data;
  std::ptrdiff_t step;
  std::ptrdiff_t row;
  std::ptrdiff_t column;
};

// One call over sequences; the composites are those of core/src/ops/recurrent.
struct RecurrentCall {
  std::ptrdiff_t length;
  std::ptrdiff_t batch;
  std::ptrdiff_t units;
  bool isReverse;
  RecurrentOperand projected;
  // [units, gates · units]
  RecurrentOperand weights;
  // [gates · units]; `column` apart nothing of it counts. Without data there is none.
  RecurrentOperand bias;
  // The states at the beginning. The second one has no data where the cell has one state.
  RecurrentOperand states[2];
  // bool, false where states are held; distances in bytes. Without data there is none.
  const std::uint8_t* mask;
  std::ptrdiff_t maskStep;
  std::ptrdiff_t maskRow;
  // The rows of a run: what it writes, or what the gradient reads; columns are contiguous.
  float* rows;
  std::ptrdiff_t rowsStep;
  std::ptrdiff_t rowsRow;
  // Of the gradient: the cotangents of the first state after every step, of the second one at the end, and the result,
  // contiguous.
  RecurrentOperand outputCotangent;
  RecurrentOperand stateCotangent;
  float* columns;
};

struct RecurrentKernels {
  // Rows that go through the products together.
  int tileRows;
  // By cell. Floats of the packed weights, which all threads read, for a run and for its gradient.
  std::ptrdiff_t (*packedFloats)(std::ptrdiff_t units, std::ptrdiff_t gates);
  void (*packRun[kRecurrentCells])(float* packed, const RecurrentCall& call);
  void (*packGradient[kRecurrentCells])(float* packed, const RecurrentCall& call);
  // Floats that `gradient` needs for each row.
  std::ptrdiff_t (*scratchFloats)(std::ptrdiff_t units);
  // All steps of some sequences.
  void (*run[kRecurrentCells])(const RecurrentCall& call, const float* packed, std::ptrdiff_t first, std::ptrdiff_t count);
  void (*gradient[kRecurrentCells])(const RecurrentCall& call, const float* packed, float* scratch, std::ptrdiff_t first,
                                    std::ptrdiff_t count);
};

}  // namespace hadal
