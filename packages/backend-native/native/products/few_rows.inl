// Products of few rows read the right operand once, where it lies: they are as fast as memory is.

// Columns contiguous: each row's sums lie in the first-level cache, four inner indices are added to them at a time.
template <int Rows>
void stripe(float* sums, std::ptrdiff_t stride, const float* left, const char* right, const std::ptrdiff_t* inner,
            std::ptrdiff_t innerCount, std::ptrdiff_t columns) {
  constexpr int kSteps = 4;
  const std::ptrdiff_t whole = columns / kLanes * kLanes;
  std::ptrdiff_t k = 0;
  for (; k + kSteps <= innerCount; k += kSteps) {
    const float* from[kSteps];
    for (int s = 0; s < kSteps; s++) from[s] = reinterpret_cast<const float*>(right + inner[k + s]);
    const float* factors = left + k * Rows;
    for (std::ptrdiff_t j = 0; j < whole; j += kLanes) {
      F32 values[kSteps];
#pragma GCC unroll 4
      for (int s = 0; s < kSteps; s++) values[s] = loadVector<F32>(from[s] + j);
#pragma GCC unroll 4
      for (int i = 0; i < Rows; i++) {
        F32 sum = loadVector<F32>(sums + i * stride + j);
#pragma GCC unroll 4
        for (int s = 0; s < kSteps; s++) sum += broadcast<F32>(factors[s * Rows + i]) * values[s];
        storeVector(sums + i * stride + j, sum);
      }
    }
    for (std::ptrdiff_t j = whole; j < columns; j++) {
      for (int i = 0; i < Rows; i++) {
        for (int s = 0; s < kSteps; s++) sums[i * stride + j] += factors[s * Rows + i] * from[s][j];
      }
    }
  }
  for (; k < innerCount; k++) {
    const float* from = reinterpret_cast<const float*>(right + inner[k]);
    for (int i = 0; i < Rows; i++) {
      const float factor = left[k * Rows + i];
      float* to = sums + i * stride;
      for (std::ptrdiff_t j = 0; j < whole; j += kLanes) {
        storeVector(to + j, loadVector<F32>(to + j) + broadcast<F32>(factor) * loadVector<F32>(from + j));
      }
      for (std::ptrdiff_t j = whole; j < columns; j++) to[j] += factor * from[j];
    }
  }
}

// The lanes of a vector added in pairs.
inline float sumOfLanes(F32 value) {
  float lanes[kLanes];
  storeVector(lanes, value);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

// Contiguous along the inner axis: `Columns` columns at a time for all rows.
template <int Rows, int Columns>
inline void dotGroup(float* sums, std::ptrdiff_t stride, const float* left, const char* right,
                     const std::ptrdiff_t* minor, std::ptrdiff_t innerCount) {
  const float* from[Columns];
  for (int j = 0; j < Columns; j++) from[j] = reinterpret_cast<const float*>(right + minor[j]);
  F32 lanes[Rows][Columns];
#pragma GCC unroll 4
  for (int i = 0; i < Rows; i++) {
#pragma GCC unroll 4
    for (int j = 0; j < Columns; j++) lanes[i][j] = F32{};
  }
  const std::ptrdiff_t whole = innerCount / kLanes * kLanes;
  for (std::ptrdiff_t k = 0; k < whole; k += kLanes) {
    F32 values[Columns];
#pragma GCC unroll 4
    for (int j = 0; j < Columns; j++) values[j] = loadVector<F32>(from[j] + k);
#pragma GCC unroll 4
    for (int i = 0; i < Rows; i++) {
      const F32 factor = loadVector<F32>(left + i * innerCount + k);
#pragma GCC unroll 4
      for (int j = 0; j < Columns; j++) lanes[i][j] += factor * values[j];
    }
  }
  for (int i = 0; i < Rows; i++) {
    for (int j = 0; j < Columns; j++) {
      float sum = sumOfLanes(lanes[i][j]);
      for (std::ptrdiff_t k = whole; k < innerCount; k++) sum += left[i * innerCount + k] * from[j][k];
      sums[i * stride + j] = sum;
    }
  }
}

template <int Rows>
void dots(float* sums, std::ptrdiff_t stride, const float* left, const char* right, const std::ptrdiff_t* minor,
          std::ptrdiff_t columns, std::ptrdiff_t innerCount) {
  constexpr int kColumns = 4;
  std::ptrdiff_t j = 0;
  for (; j + kColumns <= columns; j += kColumns) {
    dotGroup<Rows, kColumns>(sums + j, stride, left, right, minor + j, innerCount);
  }
  for (; j < columns; j++) dotGroup<Rows, 1>(sums + j, stride, left, right, minor + j, innerCount);
}

void addTo(float* to, const float* from, std::ptrdiff_t count) {
  const std::ptrdiff_t whole = count / kLanes * kLanes;
  for (std::ptrdiff_t j = 0; j < whole; j += kLanes) {
    storeVector(to + j, loadVector<F32>(to + j) + loadVector<F32>(from + j));
  }
  for (std::ptrdiff_t j = whole; j < count; j++) to[j] += from[j];
}
