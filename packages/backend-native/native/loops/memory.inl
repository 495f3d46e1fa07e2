// Between memory and blocks: elements in a line, at a distance, or anywhere. u8 elements are i32 lanes.

// The lane that holds an element of type T.
template <class T>
using LaneOf = std::conditional_t<std::is_same_v<T, std::uint8_t>, std::int32_t, T>;

template <class T>
void loadLanes(void* to, const void* from, std::int64_t stride, int lanes) {
  auto* result = static_cast<LaneOf<T>*>(to);
  const auto* elements = static_cast<const T*>(from);
  if (stride == 1) {
    if constexpr (std::is_same_v<T, LaneOf<T>>) {
      std::memcpy(to, from, static_cast<std::size_t>(lanes) * sizeof(T));
    } else {
      for (int i = 0; i < lanes; i++) result[i] = elements[i];
    }
  } else if (stride == 0) {
    const LaneOf<T> value = elements[0];
    for (int i = 0; i < lanes; i++) result[i] = value;
  } else {
    for (int i = 0; i < lanes; i++) result[i] = elements[i * stride];
  }
}

template <class T>
void gatherLanes(void* to, const void* from, const std::int32_t* offsets, int lanes) {
  auto* result = static_cast<LaneOf<T>*>(to);
  const auto* elements = static_cast<const T*>(from);
  for (int i = 0; i < lanes; i++) result[i] = elements[offsets[i]];
}

template <class T>
void storeLanes(void* to, const void* from, std::int64_t stride, int lanes) {
  auto* elements = static_cast<T*>(to);
  const auto* values = static_cast<const LaneOf<T>*>(from);
  if (stride == 1) {
    if constexpr (std::is_same_v<T, LaneOf<T>>) {
      std::memcpy(to, from, static_cast<std::size_t>(lanes) * sizeof(T));
    } else {
      for (int i = 0; i < lanes; i++) elements[i] = static_cast<T>(values[i]);
    }
  } else {
    for (int i = 0; i < lanes; i++) elements[i * stride] = static_cast<T>(values[i]);
  }
}

template <class T>
void scatterLanes(void* to, const void* from, const std::int32_t* offsets, int lanes) {
  auto* elements = static_cast<T*>(to);
  const auto* values = static_cast<const LaneOf<T>*>(from);
  for (int i = 0; i < lanes; i++) elements[offsets[i]] = static_cast<T>(values[i]);
}

// A few elements in a line, of which the last whole vector overlaps the one before it.
template <class T>
inline void copyRun(T* to, const T* from, int count) {
  using V = std::conditional_t<sizeof(T) == 8, F64, I32>;
  constexpr int kVectorLanes = sizeof(V) / sizeof(T);
  if (count < kVectorLanes) {
    for (int i = 0; i < count; i++) to[i] = from[i];
    return;
  }
  for (int i = 0; i + kVectorLanes <= count; i += kVectorLanes) storeVector(to + i, loadVector<V>(from + i));
  if (count % kVectorLanes != 0) {
    const int last = count - kVectorLanes;
    storeVector(to + last, loadVector<V>(from + last));
  }
}

template <class T>
void gatherRuns(void* to, const void* from, const std::int32_t* offsets, int first, int run, int lanes) {
  auto* result = static_cast<LaneOf<T>*>(to);
  const auto* elements = static_cast<const T*>(from);
  int count = std::min(first, lanes);
  for (int lane = 0; lane < lanes; lane += count, count = std::min(run, lanes - lane)) {
    if constexpr (std::is_same_v<T, LaneOf<T>>) {
      copyRun(result + lane, elements + offsets[lane], count);
    } else {
      for (int i = 0; i < count; i++) result[lane + i] = elements[offsets[lane] + i];
    }
  }
}

template <class T>
void scatterRuns(void* to, const void* from, const std::int32_t* offsets, int first, int run, int lanes) {
  auto* elements = static_cast<T*>(to);
  const auto* values = static_cast<const LaneOf<T>*>(from);
  int count = std::min(first, lanes);
  for (int lane = 0; lane < lanes; lane += count, count = std::min(run, lanes - lane)) {
    if constexpr (std::is_same_v<T, LaneOf<T>>) {
      copyRun(elements + offsets[lane], values + lane, count);
    } else {
      for (int i = 0; i < count; i++) elements[offsets[lane] + i] = static_cast<T>(values[lane + i]);
    }
  }
}

// The lanes of two vectors by turns, from lane kFirst of both on.
template <int kFirst, std::size_t... Is>
inline I32 interleaved(I32 a, I32 b, std::index_sequence<Is...>) {
  return shuffled<(kFirst + static_cast<int>(Is) / 2 + (Is % 2 == 0 ? 0 : kLanes))...>(a, b);
}

// Rows become columns. Interleaving the first half with the second moves each number of a row or lane by one binary place,
// so that after as many times as there are places rows and lanes have changed places.
inline void transposeSquare(I32 (&rows)[kLanes]) {
  constexpr auto kSequence = std::make_index_sequence<kLanes>();
#pragma GCC unroll 4
  for (int places = kLanes; places > 1; places /= 2) {
    I32 next[kLanes];
#pragma GCC unroll 8
    for (int k = 0; k < kLanes / 2; k++) {
      next[2 * k] = interleaved<0>(rows[k], rows[k + kLanes / 2], kSequence);
      next[2 * k + 1] = interleaved<kLanes / 2>(rows[k], rows[k + kLanes / 2], kSequence);
    }
#pragma GCC unroll 16
    for (int k = 0; k < kLanes; k++) rows[k] = next[k];
  }
}

template <class T>
void loadTile(void* to, int blockLanes, const void* from, std::int64_t stride, int lanes) {
  const auto* elements = static_cast<const T*>(from);
  auto* blocks = static_cast<LaneOf<T>*>(to);
  if constexpr (sizeof(T) == sizeof(std::int32_t)) {
    for (int lane = 0; lane < lanes; lane += kLanes) {
      for (int column = 0; column < kTileColumns; column += kLanes) {
        I32 square[kLanes];
#pragma GCC unroll 16
        for (int k = 0; k < kLanes; k++) square[k] = loadVector<I32>(elements + (lane + k) * stride + column);
        transposeSquare(square);
#pragma GCC unroll 16
        for (int k = 0; k < kLanes; k++) storeVector(blocks + (column + k) * blockLanes + lane, square[k]);
      }
    }
  } else {
    for (int lane = 0; lane < lanes; lane++) {
      for (int column = 0; column < kTileColumns; column++) {
        blocks[column * blockLanes + lane] = elements[lane * stride + column];
      }
    }
  }
}

template <class T>
constexpr MemoryFunctions memoryFunctions() {
  return {loadLanes<T>,  gatherLanes<T>, storeLanes<T>, scatterLanes<T>,
          gatherRuns<T>, scatterRuns<T>, loadTile<T>};
}

template <bool kHasIndex, bool kHasGuard>
inline OffsetCheck checkOffsetsOf(std::int32_t* safe, const std::int32_t* offsets, std::int64_t at, std::int64_t stride,
                                  const std::int32_t* index, const std::int32_t* guard, std::int64_t elements, int lanes) {
  std::int32_t touched = 0;
  std::int32_t outside = 0;
  for (int i = 0; i < lanes; i++) {
    std::int64_t element = at + (offsets == nullptr ? stride * i : offsets[i]);
    if constexpr (kHasIndex) element += index[i];
    const bool isTouched = !kHasGuard || guard[i] != 0;
    const bool isInside = element >= 0 && element < elements;
    touched += isTouched;
    outside += isTouched & !isInside;
    safe[i] = isTouched & isInside ? static_cast<std::int32_t>(element) : 0;
  }
  if (outside > 0) return OffsetCheck::outside;
  return touched == lanes ? OffsetCheck::all : touched == 0 ? OffsetCheck::none : OffsetCheck::some;
}

OffsetCheck checkOffsets(std::int32_t* safe, const std::int32_t* offsets, std::int64_t at, std::int64_t stride,
                         const std::int32_t* index, const std::int32_t* guard, std::int64_t elements, int lanes) {
  if (index == nullptr) return checkOffsetsOf<false, true>(safe, offsets, at, stride, index, guard, elements, lanes);
  if (guard == nullptr) return checkOffsetsOf<true, false>(safe, offsets, at, stride, index, guard, elements, lanes);
  return checkOffsetsOf<true, true>(safe, offsets, at, stride, index, guard, elements, lanes);
}

bool areEqual(const std::int32_t* values, int lanes) {
  if (values[lanes - 1] != values[0]) return false;
  std::int32_t differences = 0;
  for (int i = 0; i < lanes; i++) differences |= values[i] ^ values[0];
  return differences == 0;
}
