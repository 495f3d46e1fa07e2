// Packing: elements that lie anywhere, next to each other in the order that tiles read them.

// What lane `lane` of the first (or second) of two vectors comes from when blocks of `block` lanes change places.
constexpr int exchangedLane(bool isSecond, int block, int lane) {
  const bool isUpper = lane / block % 2 == 1;
  if (isSecond) return isUpper ? lane + kLanes : lane + block;
  return isUpper ? lane - block + kLanes : lane;
}

template <int Block, int... Lanes>
inline void exchange(F32& first, F32& second, std::integer_sequence<int, Lanes...>) {
  const F32 upper = first;
  first = shuffled<exchangedLane(false, Block, Lanes)...>(upper, second);
  second = shuffled<exchangedLane(true, Block, Lanes)...>(upper, second);
}

// Turns a square of vectors around its diagonal: pairs of blocks of 1, 2, 4 … lanes change places.
template <int Block = 1>
inline void turn(F32 (&square)[kLanes]) {
#pragma GCC unroll 16
  for (int i = 0; i < kLanes; i++) {
    if (i / Block % 2 == 0) exchange<Block>(square[i], square[i + Block], std::make_integer_sequence<int, kLanes>());
  }
  if constexpr (Block * 2 < kLanes) turn<Block * 2>(square);
}

// Copies fewer elements than a vector has: halves, quarters … of one.
template <int Elements = kLanes / 2>
inline void copyRest(float* to, const float* from, std::ptrdiff_t count) {
  if (count & Elements) {
    __builtin_memcpy(to, from, Elements * sizeof(float));
    to += Elements;
    from += Elements;
  }
  if constexpr (Elements > 1) copyRest<Elements / 2>(to, from, count);
}

// Elements contiguous along `minor`: whole vectors are copied.
inline void packRows(float* to, std::ptrdiff_t width, const char* from, std::ptrdiff_t count,
                     const std::ptrdiff_t* inner, std::ptrdiff_t innerCount) {
  const std::ptrdiff_t whole = count / kLanes * kLanes;
  for (std::ptrdiff_t k = 0; k < innerCount; k++, to += width) {
    const float* source = reinterpret_cast<const float*>(from + inner[k]);
    for (std::ptrdiff_t j = 0; j < whole; j += kLanes) storeVector(to + j, loadVector<F32>(source + j));
    copyRest(to + whole, source + whole, count - whole);
    for (std::ptrdiff_t j = count; j < width; j++) to[j] = 0.0f;
  }
}

// Elements contiguous along `inner` for a vector of indices: squares are turned, the last one of a panel first, and whole
// vectors are stored. What goes beyond the panel's width is overwritten by what follows.
inline void packSquares(float* to, std::ptrdiff_t width, const char* from, const std::ptrdiff_t* minor,
                        std::ptrdiff_t count) {
  for (std::ptrdiff_t j = (width - 1) / kLanes * kLanes; j >= 0; j -= kLanes) {
    F32 square[kLanes];
#pragma GCC unroll 16
    for (int i = 0; i < kLanes; i++) square[i] = j + i < count ? loadVector<F32>(from + minor[j + i]) : F32{};
    turn(square);
#pragma GCC unroll 16
    for (int k = 0; k < kLanes; k++) storeVector(to + k * width + j, square[k]);
  }
}

// Whether the elements at these byte offsets are next to each other.
inline bool areNeighbours(const std::ptrdiff_t* offsets, std::ptrdiff_t count) {
  constexpr std::ptrdiff_t kElement = sizeof(float);
  bool are = offsets[count - 1] - offsets[0] == (count - 1) * kElement;
  for (std::ptrdiff_t i = 1; are && i < count; i++) are = offsets[i] - offsets[i - 1] == kElement;
  return are;
}

void pack(float* to, std::ptrdiff_t width, const char* from, const std::ptrdiff_t* minor, std::ptrdiff_t minorCount,
          const std::ptrdiff_t* inner, std::ptrdiff_t innerCount) {
  if (minorCount > 1 && areNeighbours(minor, minorCount)) {
    packRows(to, width, from + minor[0], minorCount, inner, innerCount);
    return;
  }
  for (std::ptrdiff_t k = 0; k < innerCount;) {
    if (innerCount - k >= kLanes && areNeighbours(inner + k, kLanes)) {
      packSquares(to + k * width, width, from + inner[k], minor, minorCount);
      k += kLanes;
      continue;
    }
    float* row = to + k * width;
    const char* source = from + inner[k];
    for (std::ptrdiff_t j = 0; j < minorCount; j++) row[j] = *reinterpret_cast<const float*>(source + minor[j]);
    for (std::ptrdiff_t j = minorCount; j < width; j++) row[j] = 0.0f;
    k++;
  }
}

// Sums of the columns of a packed panel: four inner indices side by side, so that additions need not wait for each other.
void sumPanel(float* sums, const float* panel, std::ptrdiff_t width, std::ptrdiff_t columns, std::ptrdiff_t inner,
              bool isFirst) {
  constexpr int kSteps = 4;
  for (std::ptrdiff_t first = 0; first < columns; first += kLanes) {
    const float* from = panel + first;
    F32 parts[kSteps] = {};
    std::ptrdiff_t k = 0;
    for (; k + kSteps <= inner; k += kSteps) {
#pragma GCC unroll 4
      for (int s = 0; s < kSteps; s++) parts[s] += loadVector<F32>(from + (k + s) * width);
    }
    for (; k < inner; k++) parts[0] += loadVector<F32>(from + k * width);
    float total[kLanes];
    storeVector(total, (parts[0] + parts[1]) + (parts[2] + parts[3]));
    const std::ptrdiff_t end = first + kLanes < columns ? kLanes : columns - first;
    for (std::ptrdiff_t j = 0; j < end; j++) sums[first + j] = isFirst ? total[j] : sums[first + j] + total[j];
  }
}
