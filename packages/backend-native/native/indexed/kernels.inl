// Rows combined with rows, for the instruction set of the unit that includes this. Integers wrap around.

template <Combine How, class T>
inline T combined(T there, T next) {
  if constexpr (How == Combine::set) return next;
  if constexpr (How == Combine::add) return there + next;
  if constexpr (How == Combine::mul) return there * next;
  // A comparison with NaN is false: it is the one that is kept, wherever it stands.
  if constexpr (How == Combine::max) return next > there || next != next ? next : there;
  if constexpr (How == Combine::min) return next < there || next != next ? next : there;
}

template <Combine How, class T>
void combineRow(void* to, const void* from, std::ptrdiff_t count) {
  auto* there = static_cast<T*>(to);
  const auto* next = static_cast<const T*>(from);
  for (std::ptrdiff_t i = 0; i < count; i++) there[i] = combined<How>(there[i], next[i]);
}

// Wrapping needs unsigned numbers, and comparing signed ones.
template <Combine How>
void listCombine(IndexedKernels* all) {
  constexpr bool kCompares = How == Combine::max || How == Combine::min;
  using Integer = std::conditional_t<kCompares, std::int32_t, std::uint32_t>;
  constexpr int kHow = static_cast<int>(How);
  constexpr int kFloat = static_cast<int>(Element::f32);
  constexpr int kInteger = static_cast<int>(Element::i32);
  all->combine[kFloat][kHow] = &combineRow<How, float>;
  all->combine[kInteger][kHow] = &combineRow<How, Integer>;
}

IndexedKernels indexedKernels() {
  IndexedKernels all = {};
  listCombine<Combine::set>(&all);
  listCombine<Combine::add>(&all);
  listCombine<Combine::mul>(&all);
  listCombine<Combine::max>(&all);
  listCombine<Combine::min>(&all);
  return all;
}
