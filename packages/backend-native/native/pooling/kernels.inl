// Windows of vectors of channels, for the instruction set of the unit that includes this.

void greatest(float* to, const float* const* from, int count, std::ptrdiff_t channels, std::ptrdiff_t positions,
              std::ptrdiff_t step) {
  for (std::ptrdiff_t position = 0; position < positions; position++, to += channels) {
    const std::ptrdiff_t at = position * step;
    std::ptrdiff_t channel = 0;
    for (; channel + kLanes <= channels; channel += kLanes) {
      F32 value = loadVector<F32>(from[0] + at + channel);
      for (int k = 1; k < count; k++) value = foldVectors(Max{}, value, loadVector<F32>(from[k] + at + channel));
      storeVector(to + channel, value);
    }
    for (; channel < channels; channel++) {
      float value = from[0][at + channel];
      for (int k = 1; k < count; k++) value = Max{}(value, from[k][at + channel]);
      to[channel] = value;
    }
  }
}

PoolingKernels poolingKernels() { return {&greatest}; }
