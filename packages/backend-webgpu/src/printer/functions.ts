/**
 * Functions of WGSL that kernels call: scalar operations where the language's own promise too little. Drivers may assume
 * that there are no NaN, and give exponentials, logarithms and sines a few digits only where arguments are large; these
 * look at bits and bring their own polynomials, so that results are the interpreter's on every driver.
 */

interface WgslFunction {
  readonly code: string;
  /** Functions that it calls. */
  readonly calls?: readonly string[];
}

/**
 * ln 2 in two parts; the first has few enough bits that its product with an exponent is exact. The same for π/2 in three.
 */
const LN2_HIGH = '0.693145751953125f';
const LN2_LOW = '1.42860676533018e-6f';

const FUNCTIONS: Readonly<Record<string, WgslFunction>> = {
  is_nan: {
    code: `fn is_nan(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}`,
  },
  // A variable, since constants may not be NaN or infinite.
  of_bits: {
    code: `fn of_bits(given: u32) -> f32 {
  var bits = given;
  return bitcast<f32>(bits);
}`,
  },
  float_max: {
    calls: ['is_nan'],
    code: `fn float_max(a: f32, b: f32) -> f32 {
  let same = bitcast<f32>(bitcast<u32>(a) & bitcast<u32>(b));
  let larger = select(select(b, a, a > b), same, a == b);
  return select(select(larger, b, is_nan(b)), a, is_nan(a));
}`,
  },
  float_min: {
    calls: ['is_nan'],
    code: `fn float_min(a: f32, b: f32) -> f32 {
  let same = bitcast<f32>(bitcast<u32>(a) | bitcast<u32>(b));
  let smaller = select(select(b, a, a < b), same, a == b);
  return select(select(smaller, b, is_nan(b)), a, is_nan(a));
}`,
  },
  float_sign: {
    calls: ['is_nan'],
    code: `fn float_sign(x: f32) -> f32 {
  return select(sign(x), x, is_nan(x) || x == 0.0f);
}`,
  },
  // Exact, like the long division of binary numbers: what is taken off is at most twice as large as what is left.
  float_remainder: {
    calls: ['is_nan', 'of_bits'],
    code: `fn float_remainder(a: f32, b: f32) -> f32 {
  let infinite = 0x7f800000u;
  let size_a = bitcast<u32>(a) & 0x7fffffffu;
  let size_b = bitcast<u32>(b) & 0x7fffffffu;
  if (size_a >= infinite || size_b > infinite || size_b == 0u) {
    return of_bits(0x7fc00000u);
  }
  if (size_b == infinite) {
    return a;
  }
  var rest = abs(a);
  let divisor = abs(b);
  for (var i = 0; i < 300 && rest >= divisor; i++) {
    let places = (bitcast<u32>(rest) >> 23u) - (bitcast<u32>(divisor) >> 23u);
    let half = i32(places >> 1u);
    let scaled = divisor * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((i32(places) - half + 127) << 23u);
    rest -= select(scaled, 0.5f * scaled, scaled > rest);
  }
  return bitcast<f32>(bitcast<u32>(rest) | (bitcast<u32>(a) & 0x80000000u));
}`,
  },
  float_mod: {
    calls: ['float_remainder'],
    code: `fn float_mod(a: f32, b: f32) -> f32 {
  let rest = float_remainder(a, b);
  return select(rest, rest + b, rest != 0.0f && (rest < 0.0f) != (b < 0.0f));
}`,
  },
  float_idiv: {
    calls: ['float_mod', 'is_nan'],
    code: `fn float_idiv(a: f32, b: f32) -> f32 {
  let quotient = a / b;
  let rest = float_mod(a, b);
  let whole = round((a - rest) / b);
  return select(whole, floor(quotient), is_nan(rest) || abs(quotient) >= 8388608.0f);
}`,
  },
  int_idiv: {
    code: `fn int_idiv(a: i32, b: i32) -> i32 {
  if (b == 0) {
    return 0;
  }
  let quotient = a / b;
  let rest = a - quotient * b;
  return quotient - select(0, 1, rest != 0 && (rest ^ b) < 0);
}`,
  },
  int_mod: {
    calls: ['int_idiv'],
    code: `fn int_mod(a: i32, b: i32) -> i32 {
  return select(a - int_idiv(a, b) * b, 0, b == 0);
}`,
  },
  int_pow: {
    code: `fn int_pow(base: i32, exponent: i32) -> i32 {
  if (exponent < 0) {
    return select(select(0, select(1, -1, (exponent & 1) == 1), base == -1), 1, base == 1);
  }
  var result = 1;
  var factor = base;
  for (var rest = exponent; rest > 0; rest = rest >> 1u) {
    result = select(result, result * factor, (rest & 1) == 1);
    factor = factor * factor;
  }
  return result;
}`,
  },
  to_int: {
    calls: ['is_nan'],
    code: `fn to_int(x: f32) -> i32 {
  if (is_nan(x)) {
    return 0;
  }
  if (x >= 2147483648.0f) {
    return 2147483647;
  }
  if (x <= -2147483648.0f) {
    return i32(-2147483648);
  }
  return i32(x);
}`,
  },
  float_sqrt: {
    calls: ['of_bits'],
    code: `fn float_sqrt(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if (bits == 0x80000000u) {
    return x;
  }
  if (bits > 0x7f800000u) {
    return of_bits(0x7fc00000u);
  }
  return sqrt(x);
}`,
  },
  float_rsqrt: {
    calls: ['of_bits'],
    code: `fn float_rsqrt(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) == 0u) {
    return of_bits(bits | 0x7f800000u);
  }
  if (bits > 0x7f800000u) {
    return of_bits(0x7fc00000u);
  }
  return inverseSqrt(x);
}`,
  },
  // e^r · 2^n for |r| ≤ ln 2 / 2 by the Taylor series; 2^n in two factors, so that it cannot overflow early.
  exp_of_parts: {
    code: `fn exp_of_parts(r: f32, n: f32) -> f32 {
  let tail = 0.04166666667f + r * (0.008333333333f + r * (0.001388888889f + r * 0.0001984126984f));
  let fraction = 1.0f + r * (1.0f + r * (0.5f + r * (0.1666666667f + r * tail)));
  let whole = i32(n);
  let half = whole >> 1u;
  return fraction * bitcast<f32>((half + 127) << 23u) * bitcast<f32>((whole - half + 127) << 23u);
}`,
  },
  float_exp: {
    calls: ['is_nan', 'exp_of_parts'],
    code: `fn float_exp(x: f32) -> f32 {
  if (is_nan(x)) {
    return x;
  }
  let bounded = clamp(x, -150.0f, 150.0f);
  let n = round(bounded * 1.44269504f);
  return exp_of_parts((bounded - n * ${LN2_HIGH}) - n * ${LN2_LOW}, n);
}`,
  },
  float_exp2: {
    calls: ['is_nan', 'exp_of_parts'],
    code: `fn float_exp2(x: f32) -> f32 {
  if (is_nan(x)) {
    return x;
  }
  let bounded = clamp(x, -200.0f, 200.0f);
  let n = round(bounded);
  return exp_of_parts((bounded - n) * 0.693147181f, n);
}`,
  },
  // The exponent, and the logarithm of the mantissa between √½ and √2 by the series of artanh.
  log_parts: {
    code: `fn log_parts(x: f32) -> vec2<f32> {
  var bits = bitcast<u32>(x);
  var exponent = -127;
  if (bits < 0x00800000u) {
    let places = countLeadingZeros(bits) - 8u;
    bits = bits << places;
    exponent -= i32(places);
  }
  bits += 0x3f800000u - 0x3f3504f3u;
  exponent += i32(bits >> 23u);
  let mantissa = bitcast<f32>((bits & 0x007fffffu) + 0x3f3504f3u);
  let s = (mantissa - 1.0f) / (mantissa + 1.0f);
  let z = s * s;
  let series = 0.3333333333f + z * (0.2f + z * (0.1428571429f + z * 0.1111111111f));
  return vec2<f32>(f32(exponent), 2.0f * s + 2.0f * s * z * series);
}`,
  },
  // Zero, infinity and what has no logarithm: whether x is one of them, and the result.
  log_special: {
    calls: ['of_bits'],
    code: `fn log_special(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  if ((bits & 0x7fffffffu) == 0u) {
    return of_bits(0xff800000u);
  }
  return of_bits(select(0x7fc00000u, bits, bits == 0x7f800000u));
}`,
  },
  is_log_special: {
    code: `fn is_log_special(x: f32) -> bool {
  let bits = bitcast<u32>(x);
  return bits == 0u || bits >= 0x7f800000u;
}`,
  },
  float_log: {
    calls: ['log_parts', 'log_special', 'is_log_special'],
    code: `fn float_log(x: f32) -> f32 {
  if (is_log_special(x)) {
    return log_special(x);
  }
  let parts = log_parts(x);
  return parts.x * ${LN2_HIGH} + (parts.y + parts.x * ${LN2_LOW});
}`,
  },
  float_log2: {
    calls: ['log_parts', 'log_special', 'is_log_special'],
    code: `fn float_log2(x: f32) -> f32 {
  if (is_log_special(x)) {
    return log_special(x);
  }
  let parts = log_parts(x);
  return parts.x + parts.y * 1.44269504f;
}`,
  },
  wide_product: {
    code: `fn wide_product(a: u32, b: u32) -> vec2<u32> {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let first = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let second = (a & 0xffffu) * (b >> 16u) + (first & 0xffffu);
  return vec2<u32>((a >> 16u) * (b >> 16u) + (first >> 16u) + (second >> 16u), (second << 16u) | (low & 0xffffu));
}`,
  },
  // The angle less the nearest multiple of π/2, and which multiple: for small angles by three parts of π/2 (Cody and
  // Waite), for large ones by those bits of 2/π that matter (Payne and Hanek).
  quarter_turns: {
    calls: ['wide_product'],
    code: `fn quarter_turns(x: f32) -> vec2<f32> {
  if (abs(x) < 4096.0f) {
    let n = round(x * 0.636619772f);
    let rest = ((x - n * 1.5703125f) - n * 4.837512969970703e-4f) - n * 7.549789948768648e-8f;
    return vec2<f32>(rest, n);
  }
  var bits_of_quotient = array<u32, 8>(
    0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u, 0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu,
  );
  let bits = bitcast<u32>(x);
  let mantissa = (bits & 0x007fffffu) | 0x00800000u;
  let place = ((bits >> 23u) & 0xffu) - 120u;
  let word = place >> 5u;
  let shift = place & 31u;
  var window = vec3<u32>();
  for (var i = 0u; i < 3u; i++) {
    let next = select(bits_of_quotient[word + i + 1u] >> (32u - max(shift, 1u)), 0u, shift == 0u);
    window[i] = (bits_of_quotient[word + i] << shift) | next;
  }
  let low = wide_product(mantissa, window.z);
  let middle = wide_product(mantissa, window.y);
  let rest = middle.y + low.x;
  let turns = mantissa * window.x + middle.x + select(0u, 1u, rest < low.x);
  var quadrant = turns >> 30u;
  var fraction = vec2<u32>((turns << 2u) | (rest >> 30u), rest << 2u);
  let is_past_half = fraction.x >= 0x80000000u;
  if (is_past_half) {
    quadrant += 1u;
    fraction = vec2<u32>(~fraction.x, ~fraction.y);
  }
  let size = (f32(fraction.x) * 2.3283064365386963e-10f + f32(fraction.y) * 5.421010862427522e-20f) * 1.57079633f;
  let signed = vec2<f32>(select(size, -size, is_past_half), f32(quadrant & 3u));
  return select(signed, -signed, x < 0.0f);
}`,
  },
  sine_of_rest: {
    code: `fn sine_of_rest(r: f32, turns: i32) -> f32 {
  let z = r * r;
  let sine = r + r * z * (-1.6666654611e-1f + z * (8.3321608736e-3f - z * 1.9515295891e-4f));
  let cosine = 1.0f - 0.5f * z + z * z * (4.166664568e-2f + z * (-1.388731625e-3f + z * 2.443315711e-5f));
  let value = select(sine, cosine, (turns & 1) == 1);
  return select(value, -value, (turns & 2) == 2);
}`,
  },
  is_finite: {
    code: `fn is_finite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7fffffffu) < 0x7f800000u;
}`,
  },
  float_sin: {
    calls: ['is_finite', 'of_bits', 'quarter_turns', 'sine_of_rest'],
    code: `fn float_sin(x: f32) -> f32 {
  if (!is_finite(x)) {
    return of_bits(0x7fc00000u);
  }
  let parts = quarter_turns(x);
  return sine_of_rest(parts.x, i32(parts.y));
}`,
  },
  float_cos: {
    calls: ['is_finite', 'of_bits', 'quarter_turns', 'sine_of_rest'],
    code: `fn float_cos(x: f32) -> f32 {
  if (!is_finite(x)) {
    return of_bits(0x7fc00000u);
  }
  let parts = quarter_turns(x);
  return sine_of_rest(parts.x, i32(parts.y) + 1);
}`,
  },
  // A series for small arguments, where 1 - 2 / (e^2x + 1) loses digits.
  float_tanh: {
    calls: ['float_exp', 'is_nan'],
    code: `fn float_tanh(x: f32) -> f32 {
  if (abs(x) < 0.25f) {
    let z = x * x;
    return x + x * z * (-0.3333333333f + z * (0.1333333333f + z * (-0.05396825397f + z * 0.02186948854f)));
  }
  if (is_nan(x)) {
    return x;
  }
  let size = 1.0f - 2.0f / (float_exp(2.0f * abs(x)) + 1.0f);
  return select(size, -size, x < 0.0f);
}`,
  },
  // The Maclaurin series below 1; Abramowitz and Stegun 7.1.26 above, whose absolute error of 1.5e-7 is a relative one there.
  float_erf: {
    calls: ['float_exp', 'is_nan'],
    code: `fn float_erf(x: f32) -> f32 {
  if (is_nan(x)) {
    return x;
  }
  let size = abs(x);
  let z = x * x;
  if (size < 1.0f) {
    var term = 1.1283791671f * x;
    var sum = term;
    for (var n = 1; n < 12; n++) {
      term *= -z / f32(n);
      sum += term / f32(2 * n + 1);
    }
    return sum;
  }
  let t = 1.0f / (1.0f + 0.3275911f * size);
  let tail = t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
  let value = 1.0f - tail * float_exp(-min(z, 150.0f));
  return select(value, -value, x < 0.0f);
}`,
  },
  // 2^(b · log2 |a|). The exponent of a is multiplied by b in two parts, exactly, so that only the mantissa's logarithm is
  // rounded.
  float_pow: {
    calls: ['exp_of_parts', 'is_nan', 'is_finite', 'log_parts', 'of_bits'],
    code: `fn float_pow(a: f32, b: f32) -> f32 {
  if (a == 1.0f || b == 0.0f) {
    return 1.0f;
  }
  if (is_nan(a) || is_nan(b)) {
    return of_bits(0x7fc00000u);
  }
  let size = abs(a);
  let is_whole = !is_finite(b) || floor(b) == b;
  let half = 0.5f * b;
  let is_odd = is_whole && is_finite(b) && abs(b) < 16777216.0f && floor(half) != half;
  let sign = select(0u, 0x80000000u, is_odd && (bitcast<u32>(a) >> 31u) == 1u);
  if (!is_finite(b)) {
    if (size == 1.0f) {
      return 1.0f;
    }
    return select(0.0f, of_bits(0x7f800000u), (size > 1.0f) == (b > 0.0f));
  }
  if (size == 0.0f || !is_finite(size)) {
    return of_bits(sign | select(0u, 0x7f800000u, (size > 1.0f) == (b > 0.0f)));
  }
  if (a < 0.0f && !is_whole) {
    return of_bits(0x7fc00000u);
  }
  let parts = log_parts(size);
  let high = bitcast<f32>(bitcast<u32>(b) & 0xfffff000u);
  let rest = (b - high) * parts.x + b * (parts.y * 1.44269504f);
  let whole = high * parts.x;
  let total = whole + rest;
  if (abs(total) > 200.0f) {
    return of_bits(sign | select(0u, 0x7f800000u, total > 0.0f));
  }
  let n = round(total);
  let power = exp_of_parts(((whole - n) + rest) * 0.693147181f, n);
  return bitcast<f32>(bitcast<u32>(power) | sign);
}`,
  },
};

/** The text of the functions that `used` names and of those that they call. */
export function functionsOf(used: Iterable<string>): string {
  const wanted = new Set<string>();
  const want = (name: string): void => {
    if (wanted.has(name)) return;
    wanted.add(name);
    for (const called of FUNCTIONS[name]?.calls ?? []) want(called);
  };
  for (const name of used) want(name);
  return [...wanted].map((name) => FUNCTIONS[name]?.code ?? '').join('\n');
}
