// Operations that compilers turn into vector instructions by themselves: one loop each, written as plain scalar code.

// A block's lanes, or the one value of a uniform operand.
template <class T, bool kIsUniform>
class Operand {
 public:
  explicit Operand(const void* from) : lanes_(static_cast<const T*>(from)), value_(*lanes_) {}
  T operator[](int lane) const {
    if constexpr (kIsUniform) {
      return value_;
    } else {
      return lanes_[lane];
    }
  }

 private:
  const T* lanes_;
  T value_;
};

// result[i] = operation(x[i], y[i], z[i]), for operands that are uniform as the bits of kUniform say.
template <class R, class T, class F, UniformOperands kUniform>
inline void eachLane(void* to, const void* a, const void* b, const void* c, int lanes, F operation) {
  auto* result = static_cast<R*>(to);
  const Operand<T, (kUniform & 1) != 0> x(a);
  const Operand<T, (kUniform & 2) != 0> y(b);
  const Operand<T, (kUniform & 4) != 0> z(c);
  const int count = lanes / kLaneGroup * kLaneGroup;
#pragma GCC ivdep
  for (int i = 0; i < count; i++) {
    if constexpr (std::is_invocable_v<F, T, T, T>) {
      result[i] = operation(x[i], y[i], z[i]);
    } else if constexpr (std::is_invocable_v<F, T, T>) {
      result[i] = operation(x[i], y[i]);
    } else {
      result[i] = operation(x[i]);
    }
  }
}

// A block function that applies F, a class with a call operator and no state, to every lane. Operands that F lacks repeat
// the first; what is uniform altogether is computed as one group.
template <class R, class T, class F>
void applyLanes(void* to, const void* a, const void* b, const void* c, int lanes, UniformOperands uniform) {
  constexpr bool kTakesThree = std::is_invocable_v<F, T, T, T>;
  if constexpr (kTakesThree || std::is_invocable_v<F, T, T>) {
    switch (uniform & (kTakesThree ? 7 : 3)) {
      case 1:
        return eachLane<R, T, F, 1>(to, a, b, c, lanes, F{});
      case 2:
        return eachLane<R, T, F, 2>(to, a, b, c, lanes, F{});
    }
    if constexpr (kTakesThree) {
      switch (uniform) {
        case 3:
          return eachLane<R, T, F, 3>(to, a, b, c, lanes, F{});
        case 4:
          return eachLane<R, T, F, 4>(to, a, b, c, lanes, F{});
        case 5:
          return eachLane<R, T, F, 5>(to, a, b, c, lanes, F{});
        case 6:
          return eachLane<R, T, F, 6>(to, a, b, c, lanes, F{});
      }
    }
  }
  eachLane<R, T, F, kNoneUniform>(to, a, b, c, lanes, F{});
}

// int32 arithmetic wraps, which only unsigned numbers do in C++.
template <class F>
struct Wrapping {
  std::int32_t operator()(std::int32_t x, std::int32_t y) const {
    return static_cast<std::int32_t>(F{}(static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y)));
  }
};

struct Add {
  template <class T>
  T operator()(T x, T y) const { return x + y; }
};
struct Sub {
  template <class T>
  T operator()(T x, T y) const { return x - y; }
};
struct Mul {
  template <class T>
  T operator()(T x, T y) const { return x * y; }
};
struct Div {
  template <class T>
  T operator()(T x, T y) const { return x / y; }
};

// NaN wins: when x is NaN it is taken, and when y is NaN x > y is false.
struct Max {
  template <class T>
  T operator()(T x, T y) const { return (x > y) | (x != x) ? x : y; }
};
struct Min {
  template <class T>
  T operator()(T x, T y) const { return (x < y) | (x != x) ? x : y; }
};

struct Less {
  template <class T>
  std::int32_t operator()(T x, T y) const { return x < y; }
};
struct LessEqual {
  template <class T>
  std::int32_t operator()(T x, T y) const { return x <= y; }
};
struct Equal {
  template <class T>
  std::int32_t operator()(T x, T y) const { return x == y; }
};
struct NotEqual {
  template <class T>
  std::int32_t operator()(T x, T y) const { return x != y; }
};

struct And {
  std::int32_t operator()(std::int32_t x, std::int32_t y) const { return x & y; }
};
struct Or {
  std::int32_t operator()(std::int32_t x, std::int32_t y) const { return x | y; }
};
struct Xor {
  std::int32_t operator()(std::int32_t x, std::int32_t y) const { return x ^ y; }
};
struct ShiftLeft {
  std::int32_t operator()(std::int32_t x, std::int32_t y) const {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << (y & 31));
  }
};
struct ShiftRight {
  std::int32_t operator()(std::int32_t x, std::int32_t y) const { return x >> (y & 31); }
};

// Towards minus infinity; 0 for a divisor of 0. The quotient of two int32 numbers in float64 is never rounded up to an
// integer. Division by -1 wraps.
struct FloorDivide {
  std::int32_t operator()(std::int32_t x, std::int32_t y) const {
    const double quotient = __builtin_floor(static_cast<double>(x) / static_cast<double>(y));
    const std::int32_t negated = static_cast<std::int32_t>(0u - static_cast<std::uint32_t>(x));
    const std::int32_t whole = y == -1 || y == 0 ? 0 : static_cast<std::int32_t>(quotient);
    return y == -1 ? negated : whole;
  }
  float operator()(float x, float y) const {
    return static_cast<float>(__builtin_floor(static_cast<double>(x) / static_cast<double>(y)));
  }
  double operator()(double x, double y) const { return __builtin_floor(x / y); }
};

// With the divisor's sign; 0 for an integer divisor of 0.
struct FloorModulo {
  std::int32_t operator()(std::int32_t x, std::int32_t y) const {
    const auto quotient = static_cast<std::uint32_t>(FloorDivide{}(x, y));
    const std::uint32_t rest = static_cast<std::uint32_t>(x) - quotient * static_cast<std::uint32_t>(y);
    return y == 0 ? 0 : static_cast<std::int32_t>(rest);
  }
  double operator()(double x, double y) const {
    const double rest = std::fmod(x, y);
    return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
  }
  float operator()(float x, float y) const {
    return static_cast<float>(operator()(static_cast<double>(x), static_cast<double>(y)));
  }
};

// Wrapping products; a negative exponent gives the truncated reciprocal.
struct IntegerPower {
  std::int32_t operator()(std::int32_t base, std::int32_t exponent) const {
    if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0;
    std::uint32_t result = 1;
    auto factor = static_cast<std::uint32_t>(base);
    for (std::int32_t left = exponent; left > 0; left >>= 1) {
      if (left & 1) result *= factor;
      factor *= factor;
    }
    return static_cast<std::int32_t>(result);
  }
};

struct Fma {
  template <class T>
  T operator()(T x, T y, T z) const { return x * y + z; }
  std::int32_t operator()(std::int32_t x, std::int32_t y, std::int32_t z) const {
    return Wrapping<Add>{}(Wrapping<Mul>{}(x, y), z);
  }
};

struct Negate {
  template <class T>
  T operator()(T x) const { return -x; }
  std::int32_t operator()(std::int32_t x) const { return Wrapping<Sub>{}(0, x); }
};
struct Absolute {
  float operator()(float x) const { return __builtin_fabsf(x); }
  double operator()(double x) const { return __builtin_fabs(x); }
  std::int32_t operator()(std::int32_t x) const { return x < 0 ? Negate{}(x) : x; }
};
// Zeros keep their sign, NaN stays.
struct Sign {
  template <class T>
  T operator()(T x) const { return x > 0 ? T{1} : x < 0 ? T{-1} : x; }
};
struct Reciprocal {
  template <class T>
  T operator()(T x) const { return T{1} / x; }
};
struct SquareRoot {
  float operator()(float x) const { return __builtin_sqrtf(x); }
  double operator()(double x) const { return __builtin_sqrt(x); }
};
struct ReciprocalRoot {
  template <class T>
  T operator()(T x) const { return T{1} / SquareRoot{}(x); }
};
struct Floor {
  float operator()(float x) const { return __builtin_floorf(x); }
  double operator()(double x) const { return __builtin_floor(x); }
};
struct Ceil {
  float operator()(float x) const { return __builtin_ceilf(x); }
  double operator()(double x) const { return __builtin_ceil(x); }
};
// Halves to the even neighbour.
struct Round {
  float operator()(float x) const { return __builtin_rintf(x); }
  double operator()(double x) const { return __builtin_rint(x); }
};

// Truncates and saturates; NaN gives 0.
template <class T>
struct ToInteger {
  std::int32_t operator()(T x) const {
    constexpr T kBeyond = T{2147483648};
    const T inside = x >= -kBeyond && x < kBeyond ? x : T{0};
    const std::int32_t whole = static_cast<std::int32_t>(inside);
    return x >= kBeyond ? std::numeric_limits<std::int32_t>::max()
                        : x < -kBeyond ? std::numeric_limits<std::int32_t>::min() : whole;
  }
};
template <class R>
struct Cast {
  template <class T>
  R operator()(T x) const { return static_cast<R>(x); }
};
struct Same {
  template <class T>
  T operator()(T x) const { return x; }
};

// to = condition != 0 ? whenTrue : whenFalse.
template <class T, UniformOperands kUniform>
inline void selectEach(void* to, const void* condition, const void* whenTrue, const void* whenFalse, int lanes) {
  auto* result = static_cast<T*>(to);
  const Operand<std::int32_t, (kUniform & 1) != 0> test(condition);
  const Operand<T, (kUniform & 2) != 0> x(whenTrue);
  const Operand<T, (kUniform & 4) != 0> y(whenFalse);
  const int count = lanes / kLaneGroup * kLaneGroup;
#pragma GCC ivdep
  for (int i = 0; i < count; i++) {
    const T a = x[i];
    const T b = y[i];
    result[i] = test[i] != 0 ? a : b;
  }
}

template <class T>
void selectLanes(void* to, const void* a, const void* b, const void* c, int lanes, UniformOperands uniform) {
  switch (uniform) {
    case 1:
      return selectEach<T, 1>(to, a, b, c, lanes);
    case 2:
      return selectEach<T, 2>(to, a, b, c, lanes);
    case 3:
      return selectEach<T, 3>(to, a, b, c, lanes);
    case 4:
      return selectEach<T, 4>(to, a, b, c, lanes);
    case 5:
      return selectEach<T, 5>(to, a, b, c, lanes);
    case 6:
      return selectEach<T, 6>(to, a, b, c, lanes);
    default:
      return selectEach<T, kNoneUniform>(to, a, b, c, lanes);
  }
}
