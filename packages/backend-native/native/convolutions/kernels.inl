// Convolutions with few filters, for the instruction set of the unit that includes this: lanes are positions, since filters
// would leave most of a vector empty.

// Sums of all filters that stay in registers, as many vectors as a tile of a product has.
constexpr int kNarrowSums = kTileRows * kTileVectors;
constexpr int kMostNarrowVectors = 8;
constexpr int narrowVectors(int filters) {
  return kNarrowSums / filters < kMostNarrowVectors ? kNarrowSums / filters : kMostNarrowVectors;
}

template <int Filters>
void narrow(const NarrowCall& call) {
  constexpr int kVectors = narrowVectors(Filters);
  F32 sums[Filters][kVectors];
#pragma GCC unroll 4
  for (int i = 0; i < Filters; i++) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; v++) sums[i][v] = F32{};
  }
  const float* weights = call.weights;
  for (std::ptrdiff_t k = 0; k < call.inner; k++, weights += Filters) {
    const float* from = call.planes + call.offsets[k];
    F32 factors[Filters];
#pragma GCC unroll 4
    for (int i = 0; i < Filters; i++) factors[i] = broadcast<F32>(weights[i]);
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; v++) {
      const F32 value = loadVector<F32>(from + v * kLanes);
#pragma GCC unroll 4
      for (int i = 0; i < Filters; i++) sums[i][v] += factors[i] * value;
    }
  }
#pragma GCC unroll 4
  for (int i = 0; i < Filters; i++) {
#pragma GCC unroll 8
    for (int v = 0; v < kVectors; v++) storeVector(call.sums + i * call.distance + v * kLanes, sums[i][v]);
  }
}

void splitChannels(float* planes, std::ptrdiff_t distance, const float* from, std::ptrdiff_t step, std::ptrdiff_t pixels,
                   std::ptrdiff_t channels) {
  const std::ptrdiff_t whole = channels / kLanes * kLanes;
  for (std::ptrdiff_t channel = 0; channel < whole; channel += kLanes) {
    for (std::ptrdiff_t pixel = 0; pixel < pixels; pixel += kLanes) {
      F32 square[kLanes];
#pragma GCC unroll 16
      for (int i = 0; i < kLanes; i++) {
        square[i] = pixel + i < pixels ? loadVector<F32>(from + (pixel + i) * step + channel) : F32{};
      }
      turn(square);
#pragma GCC unroll 16
      for (int k = 0; k < kLanes; k++) storeVector(planes + (channel + k) * distance + pixel, square[k]);
    }
  }
  for (std::ptrdiff_t channel = whole; channel < channels; channel++) {
    for (std::ptrdiff_t pixel = 0; pixel < pixels; pixel++) {
      planes[channel * distance + pixel] = from[pixel * step + channel];
    }
  }
}

template <int Filters = kMostNarrowFilters>
void listNarrow(ConvolutionKernels& all) {
  all.narrowVectors[Filters - 1] = narrowVectors(Filters);
  all.narrow[Filters - 1] = &narrow<Filters>;
  if constexpr (Filters > 1) listNarrow<Filters - 1>(all);
}

ConvolutionKernels convolutionKernels() {
  ConvolutionKernels all = {};
  listNarrow(all);
  all.split = &splitChannels;
  return all;
}
