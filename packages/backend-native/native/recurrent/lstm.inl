// Long short-term memory. A row holds hidden and cell state and the gates i, f, g, o.

constexpr int kLstmGates = 4;
constexpr int kLstmValues = 6;
// Cache lines of a block of units that a step writes and reads for each sequence.
constexpr int kLstmLines = kLstmValues + kLstmGates;

inline void packLstmRun(float* packed, const RecurrentCall& call) {
  packGates(packed, call.weights, call.units, 0, kLstmGates);
}

inline void packLstmGradient(float* packed, const RecurrentCall& call) {
  packTransposed(packed, call.weights, call.units, 0, kLstmGates);
}

// One block of units of some sequences, one step.
template <int Rows>
inline void lstmTile(const RecurrentCall& call, const float* packed, const StepRows& step, std::ptrdiff_t first,
                     std::ptrdiff_t unit, int lanes) {
  const std::ptrdiff_t units = call.units;
  F32 sums[Rows][kLstmGates];
  const float* left[Rows];
#pragma GCC unroll 6
  for (int i = 0; i < Rows; i++) {
    left[i] = rowOf(call, step.before, first + i);
#pragma GCC unroll 4
    for (int gate = 0; gate < kLstmGates; gate++) {
      sums[i][gate] = unitsOf(call.projected, step.time, first + i, gate * units + unit, lanes);
    }
  }
  // What the next step reads and writes is fetched meanwhile, a line of each row at a time: rows of units are so far apart
  // that the processor does not see what comes.
  const std::ptrdiff_t direction = call.isReverse ? -1 : 1;
  for (int line = 0; line < kLstmLines; line++) {
    const std::ptrdiff_t begin = units * line / kLstmLines;
    const std::ptrdiff_t end = units * (line + 1) / kLstmLines;
    const float* from[Rows];
#pragma GCC unroll 6
    for (int i = 0; i < Rows; i++) {
      from[i] = left[i] + begin;
      if (line < kLstmValues) {
        fetchNext<true>(rowOf(call, step.after, first + i) + line * units + unit, direction * call.rowsStep);
      } else {
        const RecurrentOperand& projected = call.projected;
        const std::ptrdiff_t column = (line - kLstmValues) * units + unit;
        fetchNext<false>(projected.data + step.time * projected.step + (first + i) * projected.row + column * projected.column,
                         direction * projected.step);
      }
    }
    addProducts(sums, from, end - begin, packed + begin * kLstmGates * kLanes);
  }
  for (int i = 0; i < Rows; i++) {
    const F32 input = sigmoidOf(sums[i][0]);
    const F32 forget = sigmoidOf(sums[i][1]);
    const F32 candidate = tanhOf(sums[i][2]);
    const F32 output = sigmoidOf(sums[i][3]);
    const float* before = left[i] + unit;
    const F32 old = loadUnits(before + units, 1, lanes);
    F32 cell = forget * old + input * candidate;
    F32 hidden = output * tanhOf(cell);
    if (!isOpen(call, step.time, first + i)) {
      cell = old;
      hidden = loadUnits(before, 1, lanes);
    }
    float* after = rowOf(call, step.after, first + i) + unit;
    storeUnits(after, hidden, lanes);
    storeUnits(after + units, cell, lanes);
    storeUnits(after + 2 * units, input, lanes);
    storeUnits(after + 3 * units, forget, lanes);
    storeUnits(after + 4 * units, candidate, lanes);
    storeUnits(after + 5 * units, output, lanes);
  }
}

void runLstm(const RecurrentCall& call, const float* packed, std::ptrdiff_t first, std::ptrdiff_t count) {
  writeBeginning(call, kLstmValues, first, count);
  for (std::ptrdiff_t index = 0; index < call.length; index++) {
    const StepRows step = stepAt(call, index);
    const float* weights = packed;
    forBlocks(call.units, [&](std::ptrdiff_t unit, int lanes) {
      forTiles(count, [&](auto tile, std::ptrdiff_t row) {
        lstmTile<decltype(tile)::value>(call, weights, step, first + row, unit, lanes);
      });
      weights += call.units * kLstmGates * kLanes;
    });
  }
}

void differentiateLstm(const RecurrentCall& call, const float* packed, float* scratch, std::ptrdiff_t first,
                       std::ptrdiff_t count) {
  const std::ptrdiff_t units = call.units;
  // Cotangents of the states that a step leaves; those of the cell state alternate between two places.
  float* hiddenCotangent = scratch;
  float* held = scratch + count * units;
  float* cellCotangent = held + count * units;
  float* nextCellCotangent = cellCotangent + count * units;
  std::fill(hiddenCotangent, hiddenCotangent + count * units, 0.0f);
  for (std::ptrdiff_t i = 0; i < count; i++) {
    for (std::ptrdiff_t j = 0; j < units; j++) {
      const RecurrentOperand& given = call.stateCotangent;
      cellCotangent[i * units + j] = given.data[(first + i) * given.row + j * given.column];
    }
  }
  for (std::ptrdiff_t index = call.length - 1; index >= 0; index--) {
    const StepRows step = stepAt(call, index);
    for (std::ptrdiff_t i = 0; i < count; i++) {
      const std::ptrdiff_t row = first + i;
      const bool open = isOpen(call, step.time, row);
      forBlocks(units, [&](std::ptrdiff_t unit, int lanes) {
        const F32 hidden = unitsOf(call.outputCotangent, step.time, row, unit, lanes) +
                           loadUnits(hiddenCotangent + i * units + unit, 1, lanes);
        const F32 later = loadUnits(cellCotangent + i * units + unit, 1, lanes);
        float* to = columnsOf(call, step.after, row) + unit;
        if (!open) {
          for (int gate = 0; gate < kLstmGates; gate++) storeUnits(to + gate * units, F32{}, lanes);
          storeUnits(held + i * units + unit, hidden, lanes);
          storeUnits(nextCellCotangent + i * units + unit, later, lanes);
          return;
        }
        const float* after = rowOf(call, step.after, row) + unit;
        const F32 input = loadUnits(after + 2 * units, 1, lanes);
        const F32 forget = loadUnits(after + 3 * units, 1, lanes);
        const F32 candidate = loadUnits(after + 4 * units, 1, lanes);
        const F32 output = loadUnits(after + 5 * units, 1, lanes);
        const F32 old = loadUnits(rowOf(call, step.before, row) + unit + units, 1, lanes);
        const F32 squashed = tanhOf(loadUnits(after + units, 1, lanes));
        const F32 cell = later + hidden * output * (1.0f - squashed * squashed);
        storeUnits(to, cell * candidate * (input * (1.0f - input)), lanes);
        storeUnits(to + units, cell * old * (forget * (1.0f - forget)), lanes);
        storeUnits(to + 2 * units, cell * input * (1.0f - candidate * candidate), lanes);
        storeUnits(to + 3 * units, hidden * squashed * (output * (1.0f - output)), lanes);
        storeUnits(held + i * units + unit, F32{}, lanes);
        storeUnits(nextCellCotangent + i * units + unit, cell * forget, lanes);
      });
    }
    const std::ptrdiff_t row = kRecurrentColumns * units;
    addTransposed(hiddenCotangent, call.mask == nullptr ? nullptr : held, units, count, units,
                  {{columnsOf(call, step.after, first), row, kLstmGates * units, packed}});
    std::swap(cellCotangent, nextCellCotangent);
  }
  for (std::ptrdiff_t i = 0; i < count; i++) {
    float* to = columnsOf(call, beginningOf(call), first + i);
    std::copy(hiddenCotangent + i * units, hiddenCotangent + (i + 1) * units, to);
    std::copy(cellCotangent + i * units, cellCotangent + (i + 1) * units, to + units);
    std::fill(to + 2 * units, to + kRecurrentColumns * units, 0.0f);
  }
}
