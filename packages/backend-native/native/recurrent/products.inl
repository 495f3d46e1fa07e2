// Products of states with recurrent weights: a tile of sums stays in registers. Weights are packed in blocks of as many
// units as a vector has lanes. The last block ends with the last unit, so that it may overlap the one before: what both
// compute is the same.

// Rows of a tile; four vectors of each, and what one step reads, fill the registers.
#if HADAL_VECTOR_BYTES == 64 || defined(__aarch64__)
constexpr int kRecurrentRows = 6;
#else
constexpr int kRecurrentRows = 3;
#endif
// Vectors that a tile is wide at most.
constexpr int kRecurrentVectors = 4;

// Blocks of units, and where each begins.
struct UnitBlocks {
  std::ptrdiff_t units;

  std::ptrdiff_t count() const { return (units + kLanes - 1) / kLanes; }
  std::ptrdiff_t start(std::ptrdiff_t block) const {
    return std::max<std::ptrdiff_t>(0, std::min(block * kLanes, units - kLanes));
  }
  // Fewer than a vector has only where there is no whole vector of units.
  int lanes() const { return static_cast<int>(std::min<std::ptrdiff_t>(units, kLanes)); }
};

// As many lanes as there are, zeros for the others.
inline F32 loadUnits(const float* from, std::ptrdiff_t stride, int lanes) {
  if (stride == 1 && lanes == kLanes) return loadVector<F32>(from);
  alignas(64) float values[kLanes] = {};
  for (int i = 0; i < lanes; i++) values[i] = from[i * stride];
  return loadVector<F32>(values);
}

inline void storeUnits(float* to, F32 value, int lanes) {
  if (lanes == kLanes) {
    storeVector(to, value);
    return;
  }
  alignas(64) float values[kLanes];
  storeVector(values, value);
  for (int i = 0; i < lanes; i++) to[i] = values[i];
}

// sums[i][v] += Σ left[i][k] · packed[k · stride + v vectors] for k below `inner`.
template <int Rows, int Vectors>
inline void addProducts(F32 (&sums)[Rows][Vectors], const float* const* left, std::ptrdiff_t inner, const float* packed) {
  for (std::ptrdiff_t k = 0; k < inner; k++) {
    F32 columns[Vectors];
#pragma GCC unroll 4
    for (int v = 0; v < Vectors; v++) columns[v] = loadVector<F32>(packed + v * kLanes);
#pragma GCC unroll 6
    for (int i = 0; i < Rows; i++) {
      const F32 value = broadcast<F32>(left[i][k]);
#pragma GCC unroll 4
      for (int v = 0; v < Vectors; v++) sums[i][v] += value * columns[v];
    }
    packed += Vectors * kLanes;
  }
}

// Floats that packed gates take, in either order.
inline std::ptrdiff_t packedGates(std::ptrdiff_t units, std::ptrdiff_t gates) {
  return UnitBlocks{units}.count() * kLanes * units * gates;
}

// Gates `first` to `first + gates` of the weights [units, … · units]: for each block and each state unit one vector of
// every gate. Returns where the next of these goes.
inline float* packGates(float* packed, const RecurrentOperand& weights, std::ptrdiff_t units, int first, int gates) {
  const UnitBlocks blocks = {units};
  const int lanes = blocks.lanes();
  for (std::ptrdiff_t block = 0; block < blocks.count(); block++) {
    for (std::ptrdiff_t k = 0; k < units; k++) {
      for (int gate = first; gate < first + gates; gate++) {
        const std::ptrdiff_t column = gate * units + blocks.start(block);
        const float* from = weights.data + k * weights.row + column * weights.column;
        storeVector(packed, loadUnits(from, weights.column, lanes));
        packed += kLanes;
      }
    }
  }
  return packed;
}

// The same gates the other way: for tiles of `kRecurrentVectors` blocks of state units (fewer at the end) and for each
// column of the gates one vector of every block.
inline float* packTransposed(float* packed, const RecurrentOperand& weights, std::ptrdiff_t units, int first, int gates) {
  const UnitBlocks blocks = {units};
  const int lanes = blocks.lanes();
  for (std::ptrdiff_t tile = 0; tile < blocks.count(); tile += kRecurrentVectors) {
    const std::ptrdiff_t end = std::min(tile + kRecurrentVectors, blocks.count());
    for (std::ptrdiff_t column = first * units; column < (first + gates) * units; column++) {
      for (std::ptrdiff_t block = tile; block < end; block++) {
        const float* from = weights.data + blocks.start(block) * weights.row + column * weights.column;
        storeVector(packed, loadUnits(from, weights.row, lanes));
        packed += kLanes;
      }
    }
  }
  return packed;
}

// A product of columns of cotangents with transposed gates: rows begin at left + i · leftRow.
struct TransposedTerm {
  const float* left;
  std::ptrdiff_t leftRow;
  std::ptrdiff_t inner;
  const float* packed;
};

template <int Rows, int Vectors>
inline void transposedTile(float* to, const float* from, std::ptrdiff_t row, const TransposedTerm* terms, int termCount,
                           const UnitBlocks& blocks, std::ptrdiff_t firstBlock) {
  const int lanes = blocks.lanes();
  F32 sums[Rows][Vectors];
  for (int i = 0; i < Rows; i++) {
    for (int v = 0; v < Vectors; v++) {
      sums[i][v] = from == nullptr ? F32{} : loadUnits(from + i * row + blocks.start(firstBlock + v), 1, lanes);
    }
  }
  for (int term = 0; term < termCount; term++) {
    const TransposedTerm& each = terms[term];
    const float* left[Rows];
    for (int i = 0; i < Rows; i++) left[i] = each.left + i * each.leftRow;
    addProducts(sums, left, each.inner, each.packed + firstBlock * each.inner * kLanes);
  }
  for (int i = 0; i < Rows; i++) {
    for (int v = 0; v < Vectors; v++) storeUnits(to + i * row + blocks.start(firstBlock + v), sums[i][v], lanes);
  }
}

template <int Rows>
inline void transposedRows(float* to, const float* from, std::ptrdiff_t row, const TransposedTerm* terms, int termCount,
                           const UnitBlocks& blocks) {
  std::ptrdiff_t block = 0;
  for (; block + 4 <= blocks.count(); block += 4) transposedTile<Rows, 4>(to, from, row, terms, termCount, blocks, block);
  switch (blocks.count() - block) {
    case 3:
      return transposedTile<Rows, 3>(to, from, row, terms, termCount, blocks, block);
    case 2:
      return transposedTile<Rows, 2>(to, from, row, terms, termCount, blocks, block);
    case 1:
      return transposedTile<Rows, 1>(to, from, row, terms, termCount, blocks, block);
    default:
      return;
  }
}

// Calls body(constant number of rows, first row) for tiles of rows.
template <int Rows, class Body>
inline void forRest(std::ptrdiff_t rest, std::ptrdiff_t row, const Body& body) {
  if constexpr (Rows > 0) {
    if (rest == Rows) {
      body(std::integral_constant<int, Rows>(), row);
    } else {
      forRest<Rows - 1>(rest, row, body);
    }
  }
}

template <class Body>
inline void forTiles(std::ptrdiff_t rows, const Body& body) {
  std::ptrdiff_t row = 0;
  for (; row + kRecurrentRows <= rows; row += kRecurrentRows) body(std::integral_constant<int, kRecurrentRows>(), row);
  forRest<kRecurrentRows - 1>(rows - row, row, body);
}

// to[i] = from[i] + Σ over terms, [rows, units] with rows `row` apart. `from` may be missing.
inline void addTransposed(float* to, const float* from, std::ptrdiff_t row, std::ptrdiff_t rows, std::ptrdiff_t units,
                          std::initializer_list<TransposedTerm> terms) {
  const UnitBlocks blocks = {units};
  forTiles(rows, [&](auto tile, std::ptrdiff_t first) {
    constexpr int kRows = decltype(tile)::value;
    TransposedTerm moved[2];
    int count = 0;
    for (const TransposedTerm& term : terms) {
      moved[count++] = {term.left + first * term.leftRow, term.leftRow, term.inner, term.packed};
    }
    transposedRows<kRows>(to + first * row, from == nullptr ? nullptr : from + first * row, row, moved, count, blocks);
  });
}
