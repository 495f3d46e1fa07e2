// Micro-kernels of products: a tile of sums stays in registers while it runs along the inner axis.
//
// Rows of a tile times the vectors it is wide, and what one step reads, fill the registers: 12 × 2 of 32 for AVX-512 and
// NEON, 6 × 2 of 16 for AVX2 and SSE. Left values are broadcast from memory, so that a left operand can be read where it
// lies: each row and each inner index have an address of their own, which is what makes convolutions products.

#if HADAL_VECTOR_BYTES == 64 || defined(__aarch64__)
constexpr int kTileRows = 12;
#else
constexpr int kTileRows = 6;
#endif

// max(value, 0) that keeps NaN.
inline F32 rectified(F32 value) {
  return value < 0.0f ? F32{} : value;
}

// to[i] = from[i] + column[i] + full[i], at least 0 where `rectify` is set; `column` and `full` may be missing.
void finishRow(float* to, const float* from, const float* column, const float* full, bool rectify,
               std::ptrdiff_t count) {
  const std::ptrdiff_t whole = count / kLanes * kLanes;
  for (std::ptrdiff_t j = 0; j < whole; j += kLanes) {
    F32 value = loadVector<F32>(from + j);
    if (column != nullptr) value += loadVector<F32>(column + j);
    if (full != nullptr) value += loadVector<F32>(full + j);
    if (rectify) value = rectified(value);
    storeVector(to + j, value);
  }
  for (std::ptrdiff_t j = whole; j < count; j++) {
    float value = from[j];
    if (column != nullptr) value += column[j];
    if (full != nullptr) value += full[j];
    to[j] = rectify && value < 0.0f ? 0.0f : value;
  }
}

// Finishes a tile whose sums have gone to memory: one with columns that do not fill its vectors.
__attribute__((noinline)) void finishTile(const TileCall& call, const float* sums, int rows, int width) {
  for (int i = 0; i < rows; i++) {
    const std::ptrdiff_t row = call.outputRows[i];
    const float* full = call.full == nullptr ? nullptr : reinterpret_cast<const float*>(call.full + row);
    finishRow(reinterpret_cast<float*>(call.output + row), sums + i * width, call.column, full, call.rectify,
              call.columns);
  }
}

// What one step along the inner axis adds to a vector of sums.
struct MultiplyAdd {
  static F32 add(F32 sum, F32 left, F32 right) { return sum + left * right; }
};

template <bool IsPacked, int Rows, int Vectors, class Step>
void tile(const TileCall& call) {
  F32 sums[Rows][Vectors];
  if (call.isFirst) {
#pragma GCC unroll 12
    for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) sums[i][v] = F32{};
    }
  } else {
#pragma GCC unroll 12
    for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) sums[i][v] = loadVector<F32>(call.sums + (i * Vectors + v) * kLanes);
    }
  }

  const float* right = call.right;
  const std::ptrdiff_t inner = call.inner;
  const float* left = call.left;
  const std::ptrdiff_t* leftInner = call.leftInner;
  const char* rows[Rows];
  if (!IsPacked) {
    for (int i = 0; i < Rows; i++) rows[i] = call.leftRows[i];
  }
  for (std::ptrdiff_t k = 0; k < inner; k++) {
    F32 columns[Vectors];
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) columns[v] = loadVector<F32>(right + v * kLanes);
    const std::ptrdiff_t offset = IsPacked ? 0 : leftInner[k];
#pragma GCC unroll 12
    for (int i = 0; i < Rows; i++) {
      const F32 value = broadcast<F32>(IsPacked ? left[i] : *reinterpret_cast<const float*>(rows[i] + offset));
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) sums[i][v] = Step::add(sums[i][v], value, columns[v]);
    }
    if (IsPacked) left += Rows;
    right += Vectors * kLanes;
  }

  if (!call.isLast || call.columns < Vectors * kLanes) {
    float rest[Rows * Vectors * kLanes];
    float* to = call.isLast ? rest : call.sums;
#pragma GCC unroll 12
    for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) storeVector(to + (i * Vectors + v) * kLanes, sums[i][v]);
    }
    if (call.isLast) finishTile(call, rest, Rows, Vectors * kLanes);
    return;
  }
  if (call.column != nullptr) {
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) {
      const F32 added = loadVector<F32>(call.column + v * kLanes);
#pragma GCC unroll 12
      for (int i = 0; i < Rows; i++) sums[i][v] += added;
    }
  }
  if (call.full != nullptr) {
#pragma GCC unroll 12
    for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) {
        sums[i][v] += loadVector<F32>(call.full + call.outputRows[i] + v * sizeof(F32));
      }
    }
  }
  if (call.rectify) {
#pragma GCC unroll 12
    for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) sums[i][v] = rectified(sums[i][v]);
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) {
      storeVector(call.output + call.outputRows[i] + v * sizeof(F32), sums[i][v]);
    }
  }
}

// Every height of a tile.
template <bool IsPacked, int Vectors, class Step = MultiplyAdd, int Rows = kTileRows>
void listTiles(TileFunction* functions) {
  functions[Rows - 1] = &tile<IsPacked, Rows, Vectors, Step>;
  if constexpr (Rows > 1) listTiles<IsPacked, Vectors, Step, Rows - 1>(functions);
}
