// Gated recurrent units. A row holds the state, the gates z and r, the candidate, and what the gate r met (the product of
// the candidate with its bias) or made (the gated state).

constexpr int kGruGates = 3;
constexpr int kGruValues = 5;

inline void packGruRunAfter(float* packed, const RecurrentCall& call) {
  packGates(packed, call.weights, call.units, 0, kGruGates);
}

// z and r, then the candidate.
inline void packGruRunBefore(float* packed, const RecurrentCall& call) {
  packGates(packGates(packed, call.weights, call.units, 0, 2), call.weights, call.units, 2, 1);
}

inline void packGruGradient(float* packed, const RecurrentCall& call) {
  packTransposed(packTransposed(packed, call.weights, call.units, 0, 2), call.weights, call.units, 2, 1);
}

inline void storeGru(const RecurrentCall& call, const StepRows& step, std::ptrdiff_t row, std::ptrdiff_t unit, int lanes,
                     F32 z, F32 candidate) {
  const F32 old = loadUnits(rowOf(call, step.before, row) + unit, 1, lanes);
  float* after = rowOf(call, step.after, row) + unit;
  const F32 state = isOpen(call, step.time, row) ? candidate + z * (old - candidate) : old;
  storeUnits(after, state, lanes);
  storeUnits(after + 3 * call.units, candidate, lanes);
}

template <int Rows>
inline void gruTileAfter(const RecurrentCall& call, const float* packed, const StepRows& step, std::ptrdiff_t first,
                         std::ptrdiff_t unit, int lanes) {
  const std::ptrdiff_t units = call.units;
  F32 sums[Rows][kGruGates];
  const float* left[Rows];
  for (int gate = 0; gate < kGruGates; gate++) {
    const F32 bias = unitsOf(call.bias, 0, 0, gate * units + unit, lanes);
    for (int i = 0; i < Rows; i++) sums[i][gate] = bias;
  }
  for (int i = 0; i < Rows; i++) left[i] = rowOf(call, step.before, first + i);
  addProducts(sums, left, units, packed);
  for (int i = 0; i < Rows; i++) {
    const auto projected = [&](int gate) {
      return unitsOf(call.projected, step.time, first + i, gate * units + unit, lanes);
    };
    const F32 z = sigmoidOf(projected(0) + sums[i][0]);
    const F32 r = sigmoidOf(projected(1) + sums[i][1]);
    const F32 candidate = tanhOf(projected(2) + r * sums[i][2]);
    float* after = rowOf(call, step.after, first + i) + unit;
    storeUnits(after + units, z, lanes);
    storeUnits(after + 2 * units, r, lanes);
    storeUnits(after + 4 * units, sums[i][2], lanes);
    storeGru(call, step, first + i, unit, lanes, z, candidate);
  }
}

// The gates of a step, and the state behind the gate r.
template <int Rows>
inline void gruGatesBefore(const RecurrentCall& call, const float* packed, const StepRows& step, std::ptrdiff_t first,
                           std::ptrdiff_t unit, int lanes) {
  const std::ptrdiff_t units = call.units;
  F32 sums[Rows][2];
  const float* left[Rows];
  for (int i = 0; i < Rows; i++) {
    left[i] = rowOf(call, step.before, first + i);
    for (int gate = 0; gate < 2; gate++) {
      sums[i][gate] = unitsOf(call.projected, step.time, first + i, gate * units + unit, lanes);
    }
  }
  addProducts(sums, left, units, packed);
  for (int i = 0; i < Rows; i++) {
    float* after = rowOf(call, step.after, first + i) + unit;
    const F32 r = sigmoidOf(sums[i][1]);
    storeUnits(after + units, sigmoidOf(sums[i][0]), lanes);
    storeUnits(after + 2 * units, r, lanes);
    storeUnits(after + 4 * units, r * loadUnits(left[i] + unit, 1, lanes), lanes);
  }
}

template <int Rows>
inline void gruCandidateBefore(const RecurrentCall& call, const float* packed, const StepRows& step, std::ptrdiff_t first,
                               std::ptrdiff_t unit, int lanes) {
  const std::ptrdiff_t units = call.units;
  F32 sums[Rows][1];
  const float* left[Rows];
  for (int i = 0; i < Rows; i++) {
    left[i] = rowOf(call, step.after, first + i) + 4 * units;
    sums[i][0] = unitsOf(call.projected, step.time, first + i, 2 * units + unit, lanes);
  }
  addProducts(sums, left, units, packed);
  for (int i = 0; i < Rows; i++) {
    const F32 z = loadUnits(rowOf(call, step.after, first + i) + units + unit, 1, lanes);
    storeGru(call, step, first + i, unit, lanes, z, tanhOf(sums[i][0]));
  }
}

void runGruAfter(const RecurrentCall& call, const float* packed, std::ptrdiff_t first, std::ptrdiff_t count) {
  writeBeginning(call, kGruValues, first, count);
  for (std::ptrdiff_t index = 0; index < call.length; index++) {
    const StepRows step = stepAt(call, index);
    const float* weights = packed;
    forBlocks(call.units, [&](std::ptrdiff_t unit, int lanes) {
      forTiles(count, [&](auto tile, std::ptrdiff_t row) {
        gruTileAfter<decltype(tile)::value>(call, weights, step, first + row, unit, lanes);
      });
      weights += call.units * kGruGates * kLanes;
    });
  }
}

void runGruBefore(const RecurrentCall& call, const float* packed, std::ptrdiff_t first, std::ptrdiff_t count) {
  writeBeginning(call, kGruValues, first, count);
  for (std::ptrdiff_t index = 0; index < call.length; index++) {
    const StepRows step = stepAt(call, index);
    const float* weights = packed;
    forBlocks(call.units, [&](std::ptrdiff_t unit, int lanes) {
      forTiles(count, [&](auto tile, std::ptrdiff_t row) {
        gruGatesBefore<decltype(tile)::value>(call, weights, step, first + row, unit, lanes);
      });
      weights += call.units * 2 * kLanes;
    });
    forBlocks(call.units, [&](std::ptrdiff_t unit, int lanes) {
      forTiles(count, [&](auto tile, std::ptrdiff_t row) {
        gruCandidateBefore<decltype(tile)::value>(call, weights, step, first + row, unit, lanes);
      });
      weights += call.units * kLanes;
    });
  }
}

inline void finishGruGradient(const RecurrentCall& call, const float* cotangent, std::ptrdiff_t first,
                              std::ptrdiff_t count) {
  const std::ptrdiff_t units = call.units;
  for (std::ptrdiff_t i = 0; i < count; i++) {
    float* to = columnsOf(call, beginningOf(call), first + i);
    std::copy(cotangent + i * units, cotangent + (i + 1) * units, to);
    std::fill(to + units, to + kRecurrentColumns * units, 0.0f);
  }
}

// The cotangents of z and of the candidate before their activations.
struct GruCotangents {
  F32 z, candidate;
};

inline GruCotangents gruCotangents(F32 state, F32 old, F32 z, F32 candidate) {
  return {state * (old - candidate) * (z * (1.0f - z)), state * (1.0f - z) * (1.0f - candidate * candidate)};
}

void differentiateGruAfter(const RecurrentCall& call, const float* packed, float* scratch, std::ptrdiff_t first,
                           std::ptrdiff_t count) {
  const std::ptrdiff_t units = call.units;
  const float* packedCandidate = packed + packedGates(units, 2);
  float* cotangent = scratch;
  float* held = scratch + count * units;
  std::fill(cotangent, cotangent + count * units, 0.0f);
  for (std::ptrdiff_t index = call.length - 1; index >= 0; index--) {
    const StepRows step = stepAt(call, index);
    for (std::ptrdiff_t i = 0; i < count; i++) {
      const std::ptrdiff_t row = first + i;
      const bool open = isOpen(call, step.time, row);
      forBlocks(units, [&](std::ptrdiff_t unit, int lanes) {
        const F32 state = unitsOf(call.outputCotangent, step.time, row, unit, lanes) +
                          loadUnits(cotangent + i * units + unit, 1, lanes);
        float* to = columnsOf(call, step.after, row) + unit;
        if (!open) {
          for (int gate = 0; gate < kRecurrentColumns; gate++) storeUnits(to + gate * units, F32{}, lanes);
          storeUnits(held + i * units + unit, state, lanes);
          return;
        }
        const float* after = rowOf(call, step.after, row) + unit;
        const F32 old = loadUnits(rowOf(call, step.before, row) + unit, 1, lanes);
        const F32 z = loadUnits(after + units, 1, lanes);
        const F32 r = loadUnits(after + 2 * units, 1, lanes);
        const F32 met = loadUnits(after + 4 * units, 1, lanes);
        const GruCotangents found = gruCotangents(state, old, z, loadUnits(after + 3 * units, 1, lanes));
        storeUnits(to, found.z, lanes);
        storeUnits(to + units, found.candidate * met * (r * (1.0f - r)), lanes);
        storeUnits(to + 2 * units, found.candidate, lanes);
        storeUnits(to + 3 * units, found.candidate * r, lanes);
        storeUnits(held + i * units + unit, state * z, lanes);
      });
    }
    const float* columns = columnsOf(call, step.after, first);
    const std::ptrdiff_t row = kRecurrentColumns * units;
    addTransposed(cotangent, held, units, count, units,
                  {{columns, row, 2 * units, packed}, {columns + 3 * units, row, units, packedCandidate}});
  }
  finishGruGradient(call, cotangent, first, count);
}

void differentiateGruBefore(const RecurrentCall& call, const float* packed, float* scratch, std::ptrdiff_t first,
                            std::ptrdiff_t count) {
  const std::ptrdiff_t units = call.units;
  const float* packedCandidate = packed + packedGates(units, 2);
  float* cotangent = scratch;
  float* held = scratch + count * units;
  float* gated = held + count * units;
  float* handedOn = gated + count * units;
  std::fill(cotangent, cotangent + count * units, 0.0f);
  for (std::ptrdiff_t index = call.length - 1; index >= 0; index--) {
    const StepRows step = stepAt(call, index);
    for (std::ptrdiff_t i = 0; i < count; i++) {
      const std::ptrdiff_t row = first + i;
      const bool open = isOpen(call, step.time, row);
      forBlocks(units, [&](std::ptrdiff_t unit, int lanes) {
        const F32 state = unitsOf(call.outputCotangent, step.time, row, unit, lanes) +
                          loadUnits(cotangent + i * units + unit, 1, lanes);
        const float* after = rowOf(call, step.after, row) + unit;
        const F32 old = loadUnits(rowOf(call, step.before, row) + unit, 1, lanes);
        const F32 z = loadUnits(after + units, 1, lanes);
        const GruCotangents found = gruCotangents(state, old, z, loadUnits(after + 3 * units, 1, lanes));
        float* to = columnsOf(call, step.after, row) + unit;
        storeUnits(to, open ? found.z : F32{}, lanes);
        storeUnits(to + 2 * units, open ? found.candidate : F32{}, lanes);
        storeUnits(to + 3 * units, loadUnits(after + 4 * units, 1, lanes), lanes);
        storeUnits(held + i * units + unit, open ? state * z : state, lanes);
      });
    }
    const float* columns = columnsOf(call, step.after, first);
    const std::ptrdiff_t apart = kRecurrentColumns * units;
    addTransposed(gated, nullptr, units, count, units, {{columns + 2 * units, apart, units, packedCandidate}});
    for (std::ptrdiff_t i = 0; i < count; i++) {
      forBlocks(units, [&](std::ptrdiff_t unit, int lanes) {
        const F32 r = loadUnits(rowOf(call, step.after, first + i) + unit + 2 * units, 1, lanes);
        const F32 old = loadUnits(rowOf(call, step.before, first + i) + unit, 1, lanes);
        const F32 found = loadUnits(gated + i * units + unit, 1, lanes);
        storeUnits(columnsOf(call, step.after, first + i) + units + unit, found * old * (r * (1.0f - r)), lanes);
        storeUnits(handedOn + i * units + unit, loadUnits(held + i * units + unit, 1, lanes) + found * r, lanes);
      });
    }
    addTransposed(cotangent, handedOn, units, count, units, {{columns, apart, 2 * units, packed}});
  }
  finishGruGradient(call, cotangent, first, count);
}
