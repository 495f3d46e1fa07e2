// Sums that stay in memory while products are added to them: both operands are read where they lie, by an address of each
// row and each inner index. Packed operands have such addresses too.

template <int Rows, int Vectors>
void accumulate(const AccumulateCall& call) {
  F32 sums[Rows][Vectors];
  const char* rows[Rows];
#pragma GCC unroll 12
  for (int i = 0; i < Rows; i++) {
    rows[i] = call.leftRows[i];
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) sums[i][v] = loadVector<F32>(call.sums[i] + v * kLanes);
  }
  const std::ptrdiff_t inner = call.inner;
  for (std::ptrdiff_t k = 0; k < inner; k++) {
    const char* right = call.right + call.rightInner[k];
    const std::ptrdiff_t offset = call.leftInner[k];
    F32 columns[Vectors];
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) columns[v] = loadVector<F32>(right + v * sizeof(F32));
#pragma GCC unroll 12
    for (int i = 0; i < Rows; i++) {
      const F32 value = broadcast<F32>(*reinterpret_cast<const float*>(rows[i] + offset));
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; v++) sums[i][v] += value * columns[v];
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; v++) storeVector(call.sums[i] + v * kLanes, sums[i][v]);
  }
}

// Four inner indices side by side, so that additions need not wait for each other.
void sumRows(float* sums, const char* right, const std::ptrdiff_t* rightInner, std::ptrdiff_t inner, std::ptrdiff_t width) {
  constexpr int kSteps = 4;
  for (std::ptrdiff_t j = 0; j < width; j += kLanes) {
    const char* from = right + j * sizeof(float);
    F32 parts[kSteps] = {};
    std::ptrdiff_t k = 0;
    for (; k + kSteps <= inner; k += kSteps) {
#pragma GCC unroll 4
      for (int s = 0; s < kSteps; s++) parts[s] += loadVector<F32>(from + rightInner[k + s]);
    }
    for (; k < inner; k++) parts[0] += loadVector<F32>(from + rightInner[k]);
    storeVector(sums + j, loadVector<F32>(sums + j) + ((parts[0] + parts[1]) + (parts[2] + parts[3])));
  }
}

template <int Vectors, int Rows = kTileRows>
void listAccumulating(AccumulateFunction* functions) {
  functions[Rows - 1] = &accumulate<Rows, Vectors>;
  if constexpr (Rows > 1) listAccumulating<Vectors, Rows - 1>(functions);
}
