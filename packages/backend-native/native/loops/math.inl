// Elementary functions of float32 over vectors. Polynomials and limits are those of @hadal/backend-cpu, where
// scripts/fit-polynomials.mjs finds them; the stated errors are in units in the last place, subnormal results apart.

using HalfF32 = float __attribute__((vector_size(HADAL_VECTOR_BYTES / 2)));
using HalfI32 = std::int32_t __attribute__((vector_size(HADAL_VECTOR_BYTES / 2)));

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kLog2E = 1.4426950408889634;

// Σ coefficients[k] · x^k.
template <class V, class Scalar, std::size_t N>
inline V polynomial(V x, const Scalar (&coefficients)[N]) {
  V sum = broadcast<V>(coefficients[N - 1]);
  for (std::size_t k = N - 1; k-- > 0;) sum = sum * x + coefficients[k];
  return sum;
}

template <class V>
inline V choose(decltype(V{} < V{}) mask, V yes, V no) {
  return mask ? yes : no;
}

inline I32 signOf(F32 x) { return bitsOf<I32>(x) & std::numeric_limits<std::int32_t>::min(); }
inline F32 magnitude(F32 x) { return bitsOf<F32>(bitsOf<I32>(x) & std::numeric_limits<std::int32_t>::max()); }
// A positive x with the sign bits of another number.
inline F32 withSign(F32 x, I32 sign) { return bitsOf<F32>(bitsOf<I32>(x) | sign); }

// Bounds x; NaN stays NaN.
template <class V, class Scalar>
inline V clamp(V x, Scalar low, Scalar high) {
  const V lowest = broadcast<V>(low);
  const V highest = broadcast<V>(high);
  const V raised = choose<V>(x < lowest, lowest, x);
  return choose<V>(raised > highest, highest, raised);
}

// ---- exponentials ----------------------------------------------------------------------------------------------------

// Adding it rounds to an integer, which then stands in the low bits: 1.5 · 2^23.
constexpr float kRoundingShift = 12582912;
constexpr std::int32_t kRoundingShiftBits = 0x4b400000;
// The high part of ln 2 has 9 bits, so that n times it is exact.
constexpr float kLn2High = 0.693359375f;
constexpr float kLn2Low = -2.1219444005469057e-4f;

// (e^r - 1 - r)/r² on |r| ≤ ln 2 / 2.
constexpr float kExp[] = {0.499999934516f, 0.166665206882f, 0.0416683873824f, 0.00836871002669f, 0.0013814612769f};
// (2^r - 1)/r on |r| ≤ 1/2.
constexpr float kExp2[] = {0.693147202855f,   0.240226479136f,   0.0555033247116f,
                           0.00961843735743f, 0.00133988744038f, 0.000153533619487f};

// value · 2^n, where `shifted` is n + kRoundingShift; |n| ≤ 250. AVX-512 has an instruction for it; elsewhere it takes two
// factors, so that it overflows by itself.
inline F32 scaleByPower(F32 value, F32 shifted) {
#if HADAL_VECTOR_BYTES == 64
  return _mm512_mask_scalef_ps(value, 0xffff, value, shifted - kRoundingShift);
#else
  const I32 n = bitsOf<I32>(shifted) - kRoundingShiftBits;
  const I32 half = n >> 1;
  const F32 first = bitsOf<F32>((half + 127) << 23);
  const F32 second = bitsOf<F32>((n - half + 127) << 23);
  return value * first * second;
#endif
}

// e^x within 2 units.
inline F32 expOf(F32 x) {
  const F32 bounded = clamp(x, -105.0f, 90.0f);
  const F32 shifted = bounded * static_cast<float>(kLog2E) + kRoundingShift;
  const F32 n = shifted - kRoundingShift;
  const F32 r = (bounded - n * kLn2High) - n * kLn2Low;
  return scaleByPower(r * r * polynomial(r, kExp) + r + 1.0f, shifted);
}

// 2^r for |r| ≤ 1/2.
inline F32 exp2Fraction(F32 r) { return r * polynomial(r, kExp2) + 1.0f; }

// 2^x within 2 units.
inline F32 exp2Of(F32 x) {
  const F32 bounded = clamp(x, -151.0f, 129.0f);
  const F32 shifted = bounded + kRoundingShift;
  return scaleByPower(exp2Fraction(bounded - (shifted - kRoundingShift)), shifted);
}

// ---- logarithms ------------------------------------------------------------------------------------------------------

// (log(1 + f) - f + f²/2)/f³ on √½ - 1 ≤ f ≤ √2 - 1.
constexpr float kLog[] = {0.333333317076f, -0.250008210334f, 0.200012268852f, -0.166233573804f,
                          0.142017578115f, -0.131601818615f, 0.127615781643f, -0.076344993304f};
// (log2(1 + f) - f/ln 2)/f² there.
constexpr float kLog2[] = {-0.721347352318f, 0.480898236724f,  -0.36069659752f, 0.288567485916f, -0.239618410727f,
                           0.20460048895f,   -0.191055929306f, 0.18617161721f,  -0.109959008728f};
// log2 e in 12 bits, times which f is nearly exact, and the rest.
constexpr float kLog2EHigh = 1.4423828125f;
constexpr float kLog2ELow = static_cast<float>(kLog2E - 1.4423828125);

// x = 2^exponent · mantissa with √½ ≤ mantissa < √2, for positive finite x.
template <class F, class I>
inline void splitExponent(F x, F& exponent, F& mantissa) {
  constexpr std::int32_t kSqrtHalfBits = 0x3f3504f3;
  constexpr float kSmallestNormal = 1.17549435e-38f;
  const I tiny = x < kSmallestNormal;
  const I bits = bitsOf<I>(choose<F>(tiny, x * 8388608.0f, x));
  const I whole = (bits - kSqrtHalfBits) >> 23;
  mantissa = bitsOf<F>(bits - (whole << 23));
  exponent = __builtin_convertvector(whole + (tiny & -23), F);
}

// -Infinity at 0, NaN below, Infinity and NaN as they are.
inline F32 logarithmAtEdges(F32 x, F32 result) {
  const F32 ordinary = choose<F32>(x < kInfinity, result, x);
  const F32 defined = choose<F32>(x < 0.0f, broadcast<F32>(kNaN), ordinary);
  return choose<F32>(x == 0.0f, broadcast<F32>(-kInfinity), defined);
}

// The natural logarithm within 2 units.
inline F32 logOf(F32 x) {
  F32 exponent;
  F32 mantissa;
  splitExponent<F32, I32>(x, exponent, mantissa);
  const F32 f = mantissa - 1.0f;
  const F32 square = f * f;
  const F32 low = exponent * kLn2Low + square * f * polynomial(f, kLog);
  const F32 small = low - square * 0.5f;
  return logarithmAtEdges(x, exponent * kLn2High + (f + small));
}

// The logarithm to base 2 within 2 units; exact for powers of 2.
inline F32 log2Of(F32 x) {
  F32 exponent;
  F32 mantissa;
  splitExponent<F32, I32>(x, exponent, mantissa);
  const F32 f = mantissa - 1.0f;
  const F32 low = f * kLog2ELow + f * f * polynomial(f, kLog2);
  return logarithmAtEdges(x, (f * kLog2EHigh + low) + exponent);
}

// ---- hyperbolic tangent and error function ---------------------------------------------------------------------------

// (tanh √t - √t)/√t³ on t ≤ 0.625².
constexpr float kTanh[] = {-0.333333326091f, 0.133325044741f, -0.0538132654254f, 0.0208464310767f, -0.00591050547503f};
// erf(√t)/√t - 1 on t ≤ 1.
constexpr float kErfSmall[] = {0.128379165914f,   -0.376126271361f,    0.112836001777f,   -0.0268544446548f,
                               0.00518953546116f, -0.000802084236598f, 0.0000788912316175f};
// -log(1 - erf(x)) on 1 ≤ x ≤ 3.95.
constexpr float kErfLarge[] = {-0.000188468447328f, 1.12958031393f,    0.633216392759f,    0.108422103343f,
                               -0.0252103418258f,   0.00420528543395f, -0.00044147277432f, 0.0000216976234893f};

// Within 4 units: x + x³ · p(x²), or 1 - 2/(e^(2|x|) + 1).
inline F32 tanhOf(F32 x) {
  constexpr float kSmall = 0.625f;
  // Beyond it the result rounds to 1.
  constexpr float kIsOne = 10.0f;
  const F32 size = clamp(magnitude(x), 0.0f, kIsOne);
  const F32 square = size * size;
  const F32 small = size * square * polynomial(square, kTanh) + size;
  const F32 large = 1.0f - 2.0f / (expOf(size + size) + 1.0f);
  return withSign(choose<F32>(size < kSmall, small, large), signOf(x));
}

// Within 4 units: x · (1 + p(x²)), or 1 - e^(-q(|x|)).
inline F32 erfOf(F32 x) {
  constexpr float kIsOne = 3.95f;
  const F32 size = clamp(magnitude(x), 0.0f, kIsOne);
  const F32 square = size * size;
  // One product, because a small one beside `size` would be flushed to zero for the smallest arguments.
  const F32 small = size * (polynomial(square, kErfSmall) + 1.0f);
  const F32 large = 1.0f - expOf(-polynomial(size, kErfLarge));
  return withSign(choose<F32>(size < 1.0f, small, large), signOf(x));
}

// ---- sine and cosine -------------------------------------------------------------------------------------------------

// (sin √t - √t)/√t³ on t ≤ (π/4)².
constexpr float kSin[] = {-0.166666659031f, 0.00833268923031f, -0.000195727492401f};
// (cos √t - 1 + t/2)/t² there.
constexpr float kCos[] = {0.0416666468663f, -0.00138873675108f, 0.0000244384510087f};

// Lanes whose remainders are kept between the two passes over a block.
constexpr int kPassLanes = 256;

// x = n · π/2 + r with |r| ≤ π/4, for a float32 x of any size. Beyond 2^20, by multiplying with as many bits of 2/π as
// matter (Payne and Hanek's method).
inline float reduceLarge(float x, std::int32_t& n) {
  // 2/π in digits of 24 bits, so that a float times a digit is exact in float64.
  constexpr std::uint32_t kTwoOverPi[] = {0xa2f983, 0x6e4e44, 0x1529fc, 0x2757d1, 0xf534dd,
                                          0xc0db62, 0x95993c, 0x439041, 0xfe5163};
  constexpr int kDigitBits = 24;
  constexpr int kDigitsUsed = 5;
  // From 2^49 on the first digit adds multiples of 4 only; each further digit lasts 24 powers of 2 longer.
  constexpr int kFirstDigitEnds = 49;
  const double size = std::fabs(static_cast<double>(x));
  int first = 0;
  while (first < 4 && size >= std::ldexp(1.0, kFirstDigitEnds + kDigitBits * first)) first++;
  double whole = 0;
  double rest = 0;
  for (int k = 0; k < kDigitsUsed; k++) {
    double product = static_cast<double>(x) * std::ldexp(static_cast<double>(kTwoOverPi[first + k]), -kDigitBits * (first + k + 1));
    if (k == 0) product -= 4 * std::nearbyint(product / 4);
    if (k < 3) {
      rest += product;
      const double turns = std::nearbyint(rest);
      whole += turns;
      rest -= turns;
    } else {
      rest += product;
    }
  }
  n = static_cast<std::int32_t>(static_cast<std::int64_t>(whole));
  return static_cast<float>(rest * 1.5707963267948966);
}

// As many lanes as a vector of float64 has: r, and n in the low bits.
inline void reduceSmall(const float* x, float* remainder, std::int32_t* turns) {
  // π/2 in 33 bits, times which n up to 2^20 is exact, and the rest.
  constexpr double kHalfPiHigh = 1.5707963267341256;
  constexpr double kHalfPiLow = 6.077100506506192e-11;
  // 1.5 · 2^52.
  constexpr double kShift = 6755399441055744;
  const F64 wide = __builtin_convertvector(loadVector<HalfF32>(x), F64);
  const F64 shifted = wide * 0.6366197723675814 + kShift;
  const F64 n = shifted - kShift;
  const F64 r = (wide - n * kHalfPiHigh) - n * kHalfPiLow;
  storeVector(remainder, __builtin_convertvector(r, HalfF32));
  storeVector(turns, __builtin_convertvector(bitsOf<I64>(shifted), HalfI32));
}

// sin(r + n · π/2).
inline F32 sineAt(F32 r, I32 n) {
  const F32 square = r * r;
  const F32 sine = square * r * polynomial(square, kSin) + r;
  const F32 cosine = (1.0f - square * 0.5f) + square * square * polynomial(square, kCos);
  return bitsOf<F32>(bitsOf<I32>(choose<F32>((n & 1) != 0, cosine, sine)) ^ ((n & 2) << 30));
}

// sin(x + quarters · π/2) within 2 units for every float; NaN for infinities.
inline void sineOfLanes(void* to, const void* from, int lanes, int quarters) {
  constexpr float kLarge = 1048576;
  alignas(64) float remainders[kPassLanes];
  alignas(64) std::int32_t turns[kPassLanes];
  auto* result = static_cast<float*>(to);
  const auto* x = static_cast<const float*>(from);
  for (int start = 0; start < lanes; start += kPassLanes) {
    const int count = std::min(kPassLanes, lanes - start);
    for (int i = 0; i < count; i += kLanes / 2) reduceSmall(x + start + i, remainders + i, turns + i);
    for (int i = 0; i < count; i++) {
      if (std::fabs(x[start + i]) >= kLarge) {
        remainders[i] = x[start + i] - x[start + i] == 0 ? reduceLarge(x[start + i], turns[i]) : kNaN;
      }
    }
    for (int i = 0; i < count; i += kLanes) {
      const F32 r = loadVector<F32>(remainders + i);
      const F32 value = sineAt(r, loadVector<I32>(turns + i) + quarters);
      const F32 argument = loadVector<F32>(x + start + i);
      // sin keeps the sign of zero.
      storeVector(result + start + i, quarters == 0 ? choose<F32>(argument == 0.0f, argument, value) : value);
    }
  }
}

// ---- powers ----------------------------------------------------------------------------------------------------------

// log2((1 + √t)/(1 - √t))/√t on √t ≤ 0.1716.
constexpr double kPow[] = {2.88539008186, 0.961796647555, 0.577086518308, 0.411545164555, 0.342606556234};

// x^y = 2^(y · log2 |x|) within 2 units. The logarithm and the product are float64, because their error is multiplied by
// as much as 128 on the way to the result. Powers of 1 are 1, as IEEE 754 has it.
inline F32 powSigned(F32 x, F32 y, F32 positive) {
  // Floats from here on are even integers.
  constexpr float kAllEven = 16777216;
  const F32 size = magnitude(x);
  const F32 power = magnitude(y);
  const F32 bounded = choose<F32>(power < kAllEven, y, F32{});
  const I32 whole = __builtin_convertvector(bounded, I32);
  const I32 isInteger = (__builtin_convertvector(whole, F32) == y) | (power >= kAllEven);
  const I32 isOdd = (power < kAllEven) & isInteger & ((whole & 1) != 0);
  const F32 withOddSign = bitsOf<F32>(bitsOf<I32>(positive) | (isOdd & signOf(x)));
  const I32 hasNoRoot = (x < 0.0f) & (size < kInfinity) & ~isInteger;
  const F32 rooted = choose<F32>(hasNoRoot, broadcast<F32>(kNaN), withOddSign);
  const I32 isOne = (x == 1.0f) | (y == 0.0f) | ((size == 1.0f) & (power == kInfinity));
  return choose<F32>(isOne, broadcast<F32>(1.0f), rooted);
}

inline void powerExponents(const float* base, const float* exponent, float* fraction, float* shifted) {
  constexpr double kShift = 6755399441055744;
  const HalfF32 x = loadVector<HalfF32>(base);
  const HalfF32 size = bitsOf<HalfF32>(bitsOf<HalfI32>(x) & std::numeric_limits<std::int32_t>::max());
  HalfF32 e;
  HalfF32 m;
  splitExponent<HalfF32, HalfI32>(size, e, m);
  const HalfF32 infinity = broadcast<HalfF32>(kInfinity);
  const HalfF32 finite = choose<HalfF32>(size < infinity, e, size);
  const HalfF32 edges = choose<HalfF32>(size == 0.0f, -infinity, finite);
  const F64 mantissa = __builtin_convertvector(m, F64);
  const F64 s = (mantissa - 1.0) / (mantissa + 1.0);
  const F64 logarithm = __builtin_convertvector(edges, F64) + s * polynomial(s * s, kPow);
  const F64 t = clamp(__builtin_convertvector(loadVector<HalfF32>(exponent), F64) * logarithm, -151.0, 129.0);
  const F64 n = (t + kShift) - kShift;
  storeVector(fraction, __builtin_convertvector(t - n, HalfF32));
  storeVector(shifted, __builtin_convertvector(n, HalfF32) + kRoundingShift);
}

inline void powOfLanes(void* to, const void* a, const void* b, const void*, int lanes, UniformOperands uniform) {
  alignas(64) float fractions[kPassLanes];
  alignas(64) float powers[kPassLanes];
  auto* result = static_cast<float*>(to);
  const auto* x = static_cast<const float*>(a);
  const auto* y = static_cast<const float*>(b);
  const auto xAt = [&](int lane) { return x + (uniform & 1 ? 0 : lane); };
  const auto yAt = [&](int lane) { return y + (uniform & 2 ? 0 : lane); };
  for (int start = 0; start < lanes; start += kPassLanes) {
    const int count = std::min(kPassLanes, lanes - start);
    for (int i = 0; i < count; i += kLanes / 2) {
      powerExponents(xAt(start + i), yAt(start + i), fractions + i, powers + i);
    }
    for (int i = 0; i < count; i += kLanes) {
      const F32 positive = scaleByPower(exp2Fraction(loadVector<F32>(fractions + i)), loadVector<F32>(powers + i));
      storeVector(result + start + i,
                  powSigned(loadVector<F32>(xAt(start + i)), loadVector<F32>(yAt(start + i)), positive));
    }
  }
}

// ---- block functions -------------------------------------------------------------------------------------------------

template <F32 (*function)(F32)>
void applyVectors(void* to, const void* a, const void*, const void*, int lanes, UniformOperands) {
  auto* result = static_cast<float*>(to);
  const auto* x = static_cast<const float*>(a);
  for (int i = 0; i < lanes; i += kLanes) storeVector(result + i, function(loadVector<F32>(x + i)));
}

inline void sinOfLanes(void* to, const void* a, const void*, const void*, int lanes, UniformOperands) {
  sineOfLanes(to, a, lanes, 0);
}
inline void cosOfLanes(void* to, const void* a, const void*, const void*, int lanes, UniformOperands) {
  sineOfLanes(to, a, lanes, 1);
}

// float64, lane by lane, through the C library.
template <double (*function)(double)>
struct Library {
  double operator()(double x) const { return function(x); }
};
struct LibraryPower {
  double operator()(double x, double y) const { return std::pow(x, y); }
};
