// What convolutions with few filters need of an instruction set.
#pragma once

#include <cstddef>

namespace hadal {

constexpr int kMostNarrowFilters = 4;

// Sums for a run of positions, `vectors` vectors of them, and each filter.
struct NarrowCall {
  // A plane of each channel; the element that an inner index adds for the first position is at offsets[k].
  const float* planes;
  const std::ptrdiff_t* offsets;
  // Of all filters for each inner index.
  const float* weights;
  std::ptrdiff_t inner;
  // sums[filter · distance + position].
  float* sums;
  std::ptrdiff_t distance;
};

struct ConvolutionKernels {
  // By filters - 1: how many vectors of positions a call takes, and the call.
  int narrowVectors[kMostNarrowFilters];
  void (*narrow[kMostNarrowFilters])(const NarrowCall& call);
  // planes[channel · distance + pixel] = from[pixel · step + channel]. May write up to a vector beyond the pixels of each plane.
  void (*split)(float* planes, std::ptrdiff_t distance, const float* from, std::ptrdiff_t step, std::ptrdiff_t pixels,
                std::ptrdiff_t channels);
};

}  // namespace hadal
