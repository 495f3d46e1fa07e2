// Reductions whose lanes are loop indices: a state of kFoldLanes partial results takes in block after block and is
// combined at the end. The order is the same for every instruction set.

template <class T, class F>
void foldLanes(void* state, const void* values, int lanes) {
  auto* partial = static_cast<T*>(state);
  const auto* x = static_cast<const T*>(values);
  T sums[kFoldLanes];
  for (int k = 0; k < kFoldLanes; k++) sums[k] = partial[k];
  for (int i = 0; i < lanes; i += kFoldLanes) {
    for (int k = 0; k < kFoldLanes; k++) sums[k] = F{}(sums[k], x[i + k]);
  }
  for (int k = 0; k < kFoldLanes; k++) partial[k] = sums[k];
}

// The halves of the state are combined until one lane is left.
template <class T, class F>
void finishFold(void* state) {
  auto* partial = static_cast<T*>(state);
  for (int width = kFoldLanes / 2; width >= 1; width /= 2) {
    for (int k = 0; k < width; k++) partial[k] = F{}(partial[k], partial[k + width]);
  }
}

template <class T, class F>
constexpr FoldFunctions foldFunctions() {
  return {foldLanes<T, F>, finishFold<T, F>, applyLanes<T, T, F>};
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

template <class T>
void fillTypeOfPlaces(PlaceFunctions (&places)[2][kRegisterTypes], RegisterType type) {
  places[0][static_cast<int>(type)] = {placeLanes<T, true>, finishPlaces<T, true>};
  places[1][static_cast<int>(type)] = {placeLanes<T, false>, finishPlaces<T, false>};
}
