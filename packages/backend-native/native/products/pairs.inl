// Products of bfloat16 numbers with the processor's own instruction, which adds two of them to a float32 sum at a time:
// operands are packed as pairs of neighbours along the inner axis.

struct MultiplyPairs {
  static F32 add(F32 sum, F32 left, F32 right) {
    return reinterpret_cast<F32>(_mm512_dpbf16_ps(reinterpret_cast<__m512>(sum), reinterpret_cast<__m512bh>(left),
                                                  reinterpret_cast<__m512bh>(right)));
  }
};

// The first halves of 32 floats next to each other.
inline F32 pairsOf(const float* from) {
  const __m512 first = _mm512_loadu_ps(from);
  const __m512 second = _mm512_loadu_ps(from + kLanes);
  return reinterpret_cast<F32>(_mm512_cvtne2ps_pbh(second, first));
}

// Pairs of one vector of indices: from one inner index, and from the next, which is missing at the end of an odd number.
inline void storePairs(float* to, const float* first, const float* second, std::ptrdiff_t width, std::ptrdiff_t count) {
  const auto lanes = [](std::ptrdiff_t number) {
    return static_cast<__mmask16>(number >= kLanes ? 0xffff : (1 << number) - 1);
  };
  const __m512i low = _mm512_maskz_loadu_epi32(lanes(count), first);
  const __m512i high = second == nullptr ? _mm512_setzero_si512() : _mm512_maskz_loadu_epi32(lanes(count), second);
  const __m512i lower = reinterpret_cast<__m512i>(reinterpret_cast<U32>(low) >> 16);
  const __m512i pairs = _mm512_mask_blend_epi16(0xaaaaaaaa, lower, high);
  _mm512_mask_storeu_epi32(to, lanes(width), pairs);
}

inline void packPairRows(float* to, std::ptrdiff_t width, const char* from, std::ptrdiff_t count,
                         const std::ptrdiff_t* inner, std::ptrdiff_t innerCount) {
  for (std::ptrdiff_t k = 0; k < innerCount; k += 2, to += width) {
    const float* first = reinterpret_cast<const float*>(from + inner[k]);
    const float* second = k + 1 < innerCount ? reinterpret_cast<const float*>(from + inner[k + 1]) : nullptr;
    for (std::ptrdiff_t j = 0; j < width; j += kLanes) {
      storePairs(to + j, first + j, second == nullptr ? nullptr : second + j, width - j,
                 std::max<std::ptrdiff_t>(0, count - j));
    }
  }
}

// As `packSquares`, for two vectors' worth of inner indices.
inline void packPairSquares(float* to, std::ptrdiff_t width, const char* from, const std::ptrdiff_t* minor,
                            std::ptrdiff_t count) {
  for (std::ptrdiff_t j = (width - 1) / kLanes * kLanes; j >= 0; j -= kLanes) {
    F32 square[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; i++) {
      square[i] = j + i < count ? pairsOf(reinterpret_cast<const float*>(from + minor[j + i])) : F32{};
    }
    turn(square);
#pragma GCC unroll 16
    for (int k = 0; k < kLanes; k++) storeVector(to + k * width + j, square[k]);
  }
}

void packPairs(float* to, std::ptrdiff_t width, const char* from, const std::ptrdiff_t* minor, std::ptrdiff_t minorCount,
               const std::ptrdiff_t* inner, std::ptrdiff_t innerCount) {
  constexpr std::ptrdiff_t kElement = sizeof(float);
  constexpr std::ptrdiff_t kSquare = 2 * kLanes;
  if (minorCount > 1 && areNeighbours(minor, minorCount)) {
    packPairRows(to, width, from + minor[0], minorCount, inner, innerCount);
    return;
  }
  const auto halfAt = [&](std::ptrdiff_t j, std::ptrdiff_t k) {
    std::uint32_t bits = 0;
    if (j < minorCount && k < innerCount) __builtin_memcpy(&bits, from + minor[j] + inner[k], kElement);
    return bits >> 16;
  };
  for (std::ptrdiff_t k = 0; k < innerCount;) {
    if (innerCount - k >= kSquare && areNeighbours(inner + k, kSquare)) {
      packPairSquares(to, width, from + inner[k], minor, minorCount);
      to += kLanes * width;
      k += kSquare;
      continue;
    }
    for (std::ptrdiff_t j = 0; j < width; j++) {
      const std::uint32_t pair = halfAt(j, k) | halfAt(j, k + 1) << 16;
      __builtin_memcpy(to + j, &pair, kElement);
    }
    to += width;
    k += 2;
  }
}
