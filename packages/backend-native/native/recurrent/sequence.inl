// Walking through time, for every cell.

inline F32 sigmoidOf(F32 x) { return 1.0f / (expOf(-x) + 1.0f); }

// Where the rows of a step lie, in the order of time: steps leave row `after` and begin with row `before`.
struct StepRows {
  std::ptrdiff_t time;
  std::ptrdiff_t before;
  std::ptrdiff_t after;
};

// The step that a run does as number `index`.
inline StepRows stepAt(const RecurrentCall& call, std::ptrdiff_t index) {
  if (call.isReverse) {
    const std::ptrdiff_t time = call.length - 1 - index;
    return {time, time + 1, time};
  }
  return {index, index, index + 1};
}

inline std::ptrdiff_t beginningOf(const RecurrentCall& call) { return call.isReverse ? call.length : 0; }

inline bool isOpen(const RecurrentCall& call, std::ptrdiff_t time, std::ptrdiff_t row) {
  return call.mask == nullptr || call.mask[time * call.maskStep + row * call.maskRow] != 0;
}

inline float* rowOf(const RecurrentCall& call, std::ptrdiff_t at, std::ptrdiff_t row) {
  return call.rows + at * call.rowsStep + row * call.rowsRow;
}

inline F32 unitsOf(const RecurrentOperand& operand, std::ptrdiff_t step, std::ptrdiff_t row, std::ptrdiff_t column,
                   int lanes) {
  return loadUnits(operand.data + step * operand.step + row * operand.row + column * operand.column, operand.column, lanes);
}

// The row of the beginning: states, then zeros.
inline void writeBeginning(const RecurrentCall& call, int values, std::ptrdiff_t first, std::ptrdiff_t count) {
  const std::ptrdiff_t units = call.units;
  for (std::ptrdiff_t row = first; row < first + count; row++) {
    float* to = rowOf(call, beginningOf(call), row);
    std::ptrdiff_t written = 0;
    for (const RecurrentOperand& state : call.states) {
      if (state.data == nullptr) continue;
      for (std::ptrdiff_t j = 0; j < units; j++) to[written + j] = state.data[row * state.row + j * state.column];
      written += units;
    }
    std::fill(to + written, to + values * units, 0.0f);
  }
}

// Fetches the cache line of an element that the next step will touch, and which may lie outside of the sequence.
template <bool kIsWritten>
inline void fetchNext(const float* here, std::ptrdiff_t distance) {
  const auto at = reinterpret_cast<std::uintptr_t>(here) + static_cast<std::uintptr_t>(distance) * sizeof(float);
  __builtin_prefetch(reinterpret_cast<const void*>(at), kIsWritten ? 1 : 0);
}

// Columns of the gradient's result: four values of every unit, contiguous.
constexpr int kRecurrentColumns = 4;

inline float* columnsOf(const RecurrentCall& call, std::ptrdiff_t at, std::ptrdiff_t row) {
  return call.columns + (at * call.batch + row) * kRecurrentColumns * call.units;
}

// Calls body(block's first unit, lanes) for all blocks of units.
template <class Body>
inline void forBlocks(std::ptrdiff_t units, const Body& body) {
  const UnitBlocks blocks = {units};
  for (std::ptrdiff_t block = 0; block < blocks.count(); block++) body(blocks.start(block), blocks.lanes());
}
