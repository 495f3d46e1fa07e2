// Rows of scores, for the instruction set of the unit that includes this.

// Greater of two; NaN need not win, because every exponential after it is NaN.
inline F32 greaterOf(F32 a, F32 b) { return choose<F32>(a > b, a, b); }

inline float greatestLane(F32 value) {
  float lanes[kLanes];
  storeVector(lanes, value);
  float greatest = lanes[0];
  for (int i = 1; i < kLanes; i++) greatest = lanes[i] > greatest ? lanes[i] : greatest;
  return greatest;
}

inline bool holdsNaN(const float* scores, std::ptrdiff_t count) {
  for (std::ptrdiff_t j = 0; j < count; j++) {
    if (scores[j] != scores[j]) return true;
  }
  return false;
}

float exponentials(float* scores, std::ptrdiff_t count, std::ptrdiff_t padded, bool isMasked) {
  std::fill(scores + count, scores + padded, -kInfinity);
  F32 most = broadcast<F32>(-kInfinity);
  for (std::ptrdiff_t j = 0; j < padded; j += kLanes) most = greaterOf(loadVector<F32>(scores + j), most);
  const float greatest = greatestLane(most);
  if (greatest == -kInfinity && isMasked && !holdsNaN(scores, count)) {
    std::fill(scores, scores + padded, 0.0f);
    return 0.0f;
  }
  F32 sums = F32{};
  for (std::ptrdiff_t j = 0; j < padded; j += kLanes) {
    const F32 value = expOf(loadVector<F32>(scores + j) - greatest);
    storeVector(scores + j, value);
    sums += value;
  }
  return sumOfLanes(sums);
}

void scaleRow(float* row, float factor, std::ptrdiff_t padded) {
  for (std::ptrdiff_t j = 0; j < padded; j += kLanes) storeVector(row + j, loadVector<F32>(row + j) * factor);
}

void softmaxGradient(float* gradients, const float* weights, std::ptrdiff_t padded) {
  F32 sums = F32{};
  for (std::ptrdiff_t j = 0; j < padded; j += kLanes) {
    sums += loadVector<F32>(weights + j) * loadVector<F32>(gradients + j);
  }
  const float share = sumOfLanes(sums);
  for (std::ptrdiff_t j = 0; j < padded; j += kLanes) {
    storeVector(gradients + j, loadVector<F32>(weights + j) * (loadVector<F32>(gradients + j) - share));
  }
}

AttentionKernels attentionKernels() { return {&exponentials, &scaleRow, &softmaxGradient}; }
