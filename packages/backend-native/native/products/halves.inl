// Half floats are kept as float32 numbers; sums become half floats by rounding, to even between two neighbours.

// Drops the last `dropped` bits of the significand. A carry into the exponent is what rounding up to a power of two is.
// NaN stays as it is: adding to its bits could carry into the sign.
inline F32 roundBits(F32 value, int dropped) {
  const I32 bits = bitsOf<I32>(value);
  const I32 isOdd = (bits >> dropped) & 1;
  const I32 rounded = (bits + isOdd + ((1 << (dropped - 1)) - 1)) & -(1 << dropped);
  return value == value ? bitsOf<F32>(rounded) : value;
}

inline F32 roundedToBfloat16(F32 value) {
  return roundBits(value, 16);
}

inline F32 roundedToFloat16(F32 value) {
  constexpr float kLeastNormal = 0x1p-14f;
  // Below that, numbers are 2^-24 apart, as float32 numbers from 0.5 to 1 are.
  constexpr float kAlign = 0.5f;
  // From here on a number rounds to infinity.
  constexpr float kOverflow = 65520.0f;
  const I32 sign = bitsOf<I32>(value) & std::numeric_limits<std::int32_t>::min();
  const F32 size = bitsOf<F32>(bitsOf<I32>(value) ^ sign);
  const F32 aligned = (size + kAlign) - kAlign;
  const F32 small = size < kLeastNormal ? aligned : roundBits(size, 13);
  const F32 all = size >= kOverflow ? broadcast<F32>(std::numeric_limits<float>::infinity()) : small;
  return bitsOf<F32>(bitsOf<I32>(all) | sign);
}

template <F32 (*Round)(F32)>
void roundAll(float* values, std::ptrdiff_t count) {
  const std::ptrdiff_t whole = count / kLanes * kLanes;
  for (std::ptrdiff_t i = 0; i < whole; i += kLanes) storeVector(values + i, Round(loadVector<F32>(values + i)));
  if (whole == count) return;
  F32 rest = {};
  __builtin_memcpy(&rest, values + whole, (count - whole) * sizeof(float));
  rest = Round(rest);
  __builtin_memcpy(values + whole, &rest, (count - whole) * sizeof(float));
}
