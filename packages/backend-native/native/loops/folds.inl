// Reductions whose lanes are loop indices: a state of kFoldLanes partial results takes in block after block and is
// combined at the end. The order is the same for every instruction set.

// Vectors of lanes of type T. int32 lanes are added and multiplied as unsigned numbers, which wrap.
template <class T>
using VectorOf = std::conditional_t<std::is_same_v<T, float>, F32, std::conditional_t<std::is_same_v<T, double>, F64, I32>>;
template <class T, class F>
using FoldVector = std::conditional_t<std::is_same_v<F, Wrapping<Add>> || std::is_same_v<F, Wrapping<Mul>>, U32, VectorOf<T>>;

template <class V>
inline V foldVectors(Wrapping<Add>, V x, V y) {
  return x + y;
}
template <class V>
inline V foldVectors(Wrapping<Mul>, V x, V y) {
  return x * y;
}
template <class F, class V>
inline V foldVectors(F, V x, V y) {
  return F{}(x, y);
}

template <class T, class F>
void foldLanes(void* state, const void* values, int lanes) {
  using V = FoldVector<T, F>;
  constexpr int kVectorLanes = sizeof(V) / sizeof(T);
  constexpr int kVectors = kFoldLanes / kVectorLanes;
  auto* partial = static_cast<T*>(state);
  const auto* x = static_cast<const T*>(values);
  V sums[kVectors];
  for (int k = 0; k < kVectors; k++) sums[k] = loadVector<V>(partial + k * kVectorLanes);
  for (int i = 0; i < lanes; i += kFoldLanes) {
#pragma GCC unroll 32
    for (int k = 0; k < kVectors; k++) sums[k] = foldVectors(F{}, sums[k], loadVector<V>(x + i + k * kVectorLanes));
  }
  for (int k = 0; k < kVectors; k++) storeVector(partial + k * kVectorLanes, sums[k]);
}

// Lanes of a state in the type in which they are brought together: sums and products of float32 in float64, so that they
// are rounded once. A mean of few equal numbers is then that number.
template <class T, class F>
constexpr bool kFinishesWide = std::is_same_v<T, float> && (std::is_same_v<F, Add> || std::is_same_v<F, Mul>);

template <class V, class T>
inline V loadAs(const T* from) {
  if constexpr (std::is_same_v<T, float> && std::is_same_v<V, F64>) {
    return __builtin_convertvector(loadVector<HalfF32>(from), F64);
  } else {
    return loadVector<V>(from);
  }
}

// The first lane of the result combines the first kWidth * 2 lanes, half with half.
template <class F, int kWidth, class V, std::size_t... Is>
inline V foldedHalves(V lanes, std::index_sequence<Is...> sequence) {
  if constexpr (kWidth == 0) {
    return lanes;
  } else {
    const V half = shuffled<((static_cast<int>(Is) + kWidth) % static_cast<int>(sizeof...(Is)))...>(lanes, lanes);
    return foldedHalves<F, kWidth / 2>(foldVectors(F{}, lanes, half), sequence);
  }
}

// The halves of the state are combined until one lane is left.
template <class T, class F>
void finishFold(void* state) {
  using Wide = std::conditional_t<kFinishesWide<T, F>, double, T>;
  using V = FoldVector<Wide, F>;
  constexpr int kVectorLanes = sizeof(V) / sizeof(Wide);
  auto* partial = static_cast<T*>(state);
  V sums[kFoldLanes / kVectorLanes];
  for (int k = 0; k < kFoldLanes / kVectorLanes; k++) sums[k] = loadAs<V>(partial + k * kVectorLanes);
#pragma GCC unroll 8
  for (int width = kFoldLanes / kVectorLanes / 2; width >= 1; width /= 2) {
#pragma GCC unroll 16
    for (int k = 0; k < width; k++) sums[k] = foldVectors(F{}, sums[k], sums[k + width]);
  }
  const V last = foldedHalves<F, kVectorLanes / 2>(sums[0], std::make_index_sequence<kVectorLanes>());
  partial[0] = static_cast<T>(last[0]);
}

// Rows whose additions to one vector of lanes follow each other, so that the state is seldom stored, and yet every row
// is read in a line for a while.
constexpr std::int64_t kRowsAtOnce = 8;
constexpr int kVectorsAtOnce = 4;

template <int kVectors, class T, class F>
inline void foldRowsOf(T* state, const T* from, std::int64_t stride, std::int64_t rows) {
  using V = FoldVector<T, F>;
  constexpr int kVectorLanes = sizeof(V) / sizeof(T);
  V sums[kVectors];
  for (int k = 0; k < kVectors; k++) sums[k] = loadVector<V>(state + k * kVectorLanes);
  for (std::int64_t row = 0; row < rows; row++) {
#pragma GCC unroll 4
    for (int k = 0; k < kVectors; k++) {
      sums[k] = foldVectors(F{}, sums[k], loadVector<V>(from + row * stride + k * kVectorLanes));
    }
  }
  for (int k = 0; k < kVectors; k++) storeVector(state + k * kVectorLanes, sums[k]);
}

template <class T, class F>
void foldRows(void* to, const void* elements, std::int64_t stride, std::int64_t rows, int lanes, std::int64_t readable) {
  constexpr int kVectorLanes = HADAL_VECTOR_BYTES / sizeof(T);
  constexpr int kWide = kVectorsAtOnce * kVectorLanes;
  auto* state = static_cast<T*>(to);
  const auto* from = static_cast<const T*>(elements);
  const std::int64_t atOnce = lanes <= kWide ? rows : kRowsAtOnce;
  for (std::int64_t row = 0; row < rows; row += atOnce) {
    const std::int64_t count = std::min(atOnce, rows - row);
    const T* first = from + row * stride;
    int lane = 0;
    for (; lane + kWide <= lanes; lane += kWide) {
      foldRowsOf<kVectorsAtOnce, T, F>(state + lane, first + lane, stride, count);
    }
    for (; lane + kVectorLanes <= lanes; lane += kVectorLanes) {
      foldRowsOf<1, T, F>(state + lane, first + lane, stride, count);
    }
    if (lane == lanes) continue;
    // The state has whole vectors, and what their last lanes hold does not matter; memory has them but at its end.
    const std::int64_t room = readable - row * stride - lane - kVectorLanes;
    const std::int64_t whole =
        stride <= 0 || room < 0 ? 0 : std::min(count, room / stride + 1);
    foldRowsOf<1, T, F>(state + lane, first + lane, stride, whole);
    for (std::int64_t rest = whole; rest < count; rest++) {
      for (int i = lane; i < lanes; i++) state[i] = F{}(state[i], first[rest * stride + i]);
    }
  }
}

template <class T, class F>
constexpr FoldFunctions foldFunctions() {
  return {foldLanes<T, F>, finishFold<T, F>, applyLanes<T, T, F>, foldRows<T, F>};
}

template <class T>
void fillTypeOfFolds(FoldFunctions (&folds)[kFoldKinds][kRegisterTypes], RegisterType type) {
  const int at = static_cast<int>(type);
  folds[static_cast<int>(FoldKind::max)][at] = foldFunctions<T, Max>();
  folds[static_cast<int>(FoldKind::min)][at] = foldFunctions<T, Min>();
  if constexpr (std::is_same_v<T, std::int32_t>) {
    folds[static_cast<int>(FoldKind::sum)][at] = foldFunctions<T, Wrapping<Add>>();
    folds[static_cast<int>(FoldKind::prod)][at] = foldFunctions<T, Wrapping<Mul>>();
  } else {
    folds[static_cast<int>(FoldKind::sum)][at] = foldFunctions<T, Add>();
    folds[static_cast<int>(FoldKind::prod)][at] = foldFunctions<T, Mul>();
  }
}

// Places of extremes, a state for each lane: lane i of `values` is at `position + i * step`. A lane without a place takes
// whatever comes; then the first extreme stays, and the first NaN before all.
template <class T, bool kIsMax>
void placeLanes(void* best, std::int32_t* places, const void* values, std::int32_t position, std::int32_t step, int lanes) {
  auto* held = static_cast<T*>(best);
  const auto* x = static_cast<const T*>(values);
#pragma GCC ivdep
  for (int i = 0; i < lanes; i++) {
    const T value = x[i];
    const T before = held[i];
    const std::int32_t place = places[i];
    const bool isBetter = kIsMax ? value > before : value < before;
    const bool isFirstNaN = (value != value) & (before == before);
    const bool takes = isBetter | isFirstNaN | (place == kNoPlace);
    held[i] = takes ? value : before;
    places[i] = takes ? position + i * step : place;
  }
}

// Combines the first `lanes` places into the first of them. Among equals the smallest place wins.
template <class T, bool kIsMax>
void finishPlaces(void* best, std::int32_t* places, int lanes) {
  auto* held = static_cast<T*>(best);
  for (int i = 1; i < lanes; i++) {
    if (places[i] == kNoPlace) continue;
    const bool isNaN = held[i] != held[i];
    const bool hasNaN = held[0] != held[0];
    const bool isBetter = isNaN || hasNaN ? isNaN && !hasNaN : kIsMax ? held[i] > held[0] : held[i] < held[0];
    const bool isEqual = isNaN || hasNaN ? isNaN && hasNaN : held[i] == held[0];
    if (places[0] == kNoPlace || isBetter || (isEqual && places[i] < places[0])) {
      held[0] = held[i];
      places[0] = places[i];
    }
  }
}

template <class T, bool kIsMax>
inline bool comesFirst(T value, T before) {
  return (kIsMax ? value > before : value < before) | ((value != value) & (before == before));
}

template <class T, bool kIsMax>
inline void findPlace(T& best, std::int32_t& place, const T* from, const std::int64_t* offsets, int count) {
  best = from[offsets[0]];
  place = 0;
  for (std::int32_t k = 1; k < count; k++) {
    const T value = from[offsets[k]];
    if (!comesFirst<T, kIsMax>(value, best)) continue;
    best = value;
    place = k;
  }
}

template <class T, bool kIsMax>
void findPlaces(void* best, std::int32_t* places, const void* from, const std::int64_t* offsets, int count, int lanes) {
  auto* held = static_cast<T*>(best);
  const auto* x = static_cast<const T*>(from);
  int lane = 0;
  if constexpr (sizeof(T) == sizeof(std::int32_t)) {
    using V = VectorOf<T>;
    for (; lane + kLanes <= lanes; lane += kLanes) {
      V extreme = loadVector<V>(x + offsets[0] + lane);
      I32 place = {};
      for (std::int32_t k = 1; k < count; k++) {
        const V value = loadVector<V>(x + offsets[k] + lane);
        const I32 isFirstNaN = (value != value) & (extreme == extreme);
        const I32 takes = (kIsMax ? value > extreme : value < extreme) | isFirstNaN;
        extreme = choose<V>(takes, value, extreme);
        place = choose<I32>(takes, broadcast<I32>(k), place);
      }
      storeVector(held + lane, extreme);
      storeVector(places + lane, place);
    }
  }
  for (; lane < lanes; lane++) findPlace<T, kIsMax>(held[lane], places[lane], x + lane, offsets, count);
}

template <class T>
void fillTypeOfPlaces(PlaceFunctions (&places)[2][kRegisterTypes], RegisterType type) {
  places[0][static_cast<int>(type)] = {placeLanes<T, true>, finishPlaces<T, true>, findPlaces<T, true>};
  places[1][static_cast<int>(type)] = {placeLanes<T, false>, finishPlaces<T, false>, findPlaces<T, false>};
}
