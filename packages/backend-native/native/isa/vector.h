// Vectors of one instruction set, as the compiler's own vector types.
//
// Included once inside the namespace of each unit in this folder, after the unit has defined HADAL_VECTOR_BYTES; so it
// has no include guard and includes nothing itself. Kernels (*.inl) are written once over these types.

using F32 = float __attribute__((vector_size(HADAL_VECTOR_BYTES)));
using F64 = double __attribute__((vector_size(HADAL_VECTOR_BYTES)));
using I32 = std::int32_t __attribute__((vector_size(HADAL_VECTOR_BYTES)));
using U32 = std::uint32_t __attribute__((vector_size(HADAL_VECTOR_BYTES)));
using I64 = std::int64_t __attribute__((vector_size(HADAL_VECTOR_BYTES)));

// 32-bit lanes of a vector: 16, 8 or 4.
constexpr int kLanes = HADAL_VECTOR_BYTES / 4;

// Loads and stores at any address; the copy becomes one instruction.
template <class V>
inline V loadVector(const void* from) {
  V value;
  __builtin_memcpy(&value, from, sizeof(V));
  return value;
}

template <class V>
inline void storeVector(void* to, V value) {
  __builtin_memcpy(to, &value, sizeof(V));
}

// Every lane the same. Subtracting 0 leaves every value as it is, -0 too, and costs nothing.
template <class V, class Scalar>
inline V broadcast(Scalar value) {
  return value - V{};
}

// The lanes with these numbers, those of `b` following those of `a`.
template <int... Lanes, class V>
inline V shuffled(V a, V b) {
#if defined(__clang__)
  return __builtin_shufflevector(a, b, Lanes...);
#else
  using Numbers = decltype(a < b);
  return __builtin_shuffle(a, b, Numbers{Lanes...});
#endif
}

// The bits of one vector seen as another type of the same size.
template <class To, class From>
inline To bitsOf(From value) {
  static_assert(sizeof(To) == sizeof(From), "vectors of one size");
  To result;
  __builtin_memcpy(&result, &value, sizeof(To));
  return result;
}
