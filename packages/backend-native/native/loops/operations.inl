// The table of loop operations, for the instruction set of the unit that includes this.
#include "loops/arithmetic.inl"
#include "loops/math.inl"
#include "loops/memory.inl"
#include "loops/folds.inl"

using ScalarTable = BlockFunction[kScalarOps][kRegisterTypes];

template <class T>
constexpr RegisterType typeOf() {
  return std::is_same_v<T, float> ? RegisterType::f32 : std::is_same_v<T, double> ? RegisterType::f64 : RegisterType::i32;
}

template <class T>
inline BlockFunction& entry(ScalarTable& table, ScalarOp op) {
  return table[static_cast<int>(op)][static_cast<int>(typeOf<T>())];
}

// What all three types have.
template <class T>
void fillCommon(ScalarTable& table) {
  entry<T>(table, ScalarOp::max) = applyLanes<T, T, Max>;
  entry<T>(table, ScalarOp::min) = applyLanes<T, T, Min>;
  entry<T>(table, ScalarOp::idiv) = applyLanes<T, T, FloorDivide>;
  entry<T>(table, ScalarOp::mod) = applyLanes<T, T, FloorModulo>;
  entry<T>(table, ScalarOp::lt) = applyLanes<std::int32_t, T, Less>;
  entry<T>(table, ScalarOp::le) = applyLanes<std::int32_t, T, LessEqual>;
  entry<T>(table, ScalarOp::eq) = applyLanes<std::int32_t, T, Equal>;
  entry<T>(table, ScalarOp::ne) = applyLanes<std::int32_t, T, NotEqual>;
  entry<T>(table, ScalarOp::select) = selectLanes<T>;
  entry<T>(table, ScalarOp::fma) = applyLanes<T, T, Fma>;
  entry<T>(table, ScalarOp::neg) = applyLanes<T, T, Negate>;
  entry<T>(table, ScalarOp::abs) = applyLanes<T, T, Absolute>;
  entry<T>(table, ScalarOp::sign) = applyLanes<T, T, Sign>;
}

template <class T>
void fillFloat(ScalarTable& table) {
  fillCommon<T>(table);
  entry<T>(table, ScalarOp::add) = applyLanes<T, T, Add>;
  entry<T>(table, ScalarOp::sub) = applyLanes<T, T, Sub>;
  entry<T>(table, ScalarOp::mul) = applyLanes<T, T, Mul>;
  entry<T>(table, ScalarOp::div) = applyLanes<T, T, Div>;
  entry<T>(table, ScalarOp::sqrt) = applyLanes<T, T, SquareRoot>;
  entry<T>(table, ScalarOp::recip) = applyLanes<T, T, Reciprocal>;
  entry<T>(table, ScalarOp::rsqrt) = applyLanes<T, T, ReciprocalRoot>;
  entry<T>(table, ScalarOp::floor) = applyLanes<T, T, Floor>;
  entry<T>(table, ScalarOp::ceil) = applyLanes<T, T, Ceil>;
  entry<T>(table, ScalarOp::round) = applyLanes<T, T, Round>;
}

void fillF32(ScalarTable& table) {
  fillFloat<float>(table);
  entry<float>(table, ScalarOp::pow) = powOfLanes;
  entry<float>(table, ScalarOp::exp2) = applyVectors<exp2Of>;
  entry<float>(table, ScalarOp::log2) = applyVectors<log2Of>;
  entry<float>(table, ScalarOp::sin) = sinOfLanes;
  entry<float>(table, ScalarOp::exp) = applyVectors<expOf>;
  entry<float>(table, ScalarOp::log) = applyVectors<logOf>;
  entry<float>(table, ScalarOp::cos) = cosOfLanes;
  entry<float>(table, ScalarOp::tanh) = applyVectors<tanhOf>;
  entry<float>(table, ScalarOp::erf) = applyVectors<erfOf>;
  entry<float>(table, ScalarOp::bitcast) = applyLanes<float, float, Same>;
}

void fillF64(ScalarTable& table) {
  fillFloat<double>(table);
  entry<double>(table, ScalarOp::pow) = applyLanes<double, double, LibraryPower>;
  entry<double>(table, ScalarOp::exp2) = applyLanes<double, double, Library<::exp2>>;
  entry<double>(table, ScalarOp::log2) = applyLanes<double, double, Library<::log2>>;
  entry<double>(table, ScalarOp::sin) = applyLanes<double, double, Library<::sin>>;
  entry<double>(table, ScalarOp::exp) = applyLanes<double, double, Library<::exp>>;
  entry<double>(table, ScalarOp::log) = applyLanes<double, double, Library<::log>>;
  entry<double>(table, ScalarOp::cos) = applyLanes<double, double, Library<::cos>>;
  entry<double>(table, ScalarOp::tanh) = applyLanes<double, double, Library<::tanh>>;
  entry<double>(table, ScalarOp::erf) = applyLanes<double, double, Library<::erf>>;
}

void fillI32(ScalarTable& table) {
  using Int = std::int32_t;
  fillCommon<Int>(table);
  entry<Int>(table, ScalarOp::add) = applyLanes<Int, Int, Wrapping<Add>>;
  entry<Int>(table, ScalarOp::sub) = applyLanes<Int, Int, Wrapping<Sub>>;
  entry<Int>(table, ScalarOp::mul) = applyLanes<Int, Int, Wrapping<Mul>>;
  entry<Int>(table, ScalarOp::div) = applyLanes<Int, Int, FloorDivide>;
  entry<Int>(table, ScalarOp::pow) = applyLanes<Int, Int, IntegerPower>;
  entry<Int>(table, ScalarOp::bitAnd) = applyLanes<Int, Int, And>;
  entry<Int>(table, ScalarOp::bitOr) = applyLanes<Int, Int, Or>;
  entry<Int>(table, ScalarOp::bitXor) = applyLanes<Int, Int, Xor>;
  entry<Int>(table, ScalarOp::shl) = applyLanes<Int, Int, ShiftLeft>;
  entry<Int>(table, ScalarOp::shr) = applyLanes<Int, Int, ShiftRight>;
  entry<Int>(table, ScalarOp::bitcast) = applyLanes<Int, Int, Same>;
}

template <class T>
void fillConvert(BlockFunction (&row)[kRegisterTypes]) {
  row[static_cast<int>(RegisterType::f32)] = applyLanes<float, T, Cast<float>>;
  row[static_cast<int>(RegisterType::f64)] = applyLanes<double, T, Cast<double>>;
  if constexpr (std::is_same_v<T, std::int32_t>) {
    row[static_cast<int>(RegisterType::i32)] = applyLanes<T, T, Same>;
  } else {
    row[static_cast<int>(RegisterType::i32)] = applyLanes<std::int32_t, T, ToInteger<T>>;
  }
}

LoopOperations loopOperations() {
  LoopOperations all = {};
  fillF32(all.scalar);
  fillF64(all.scalar);
  fillI32(all.scalar);
  fillConvert<float>(all.convert[static_cast<int>(RegisterType::f32)]);
  fillConvert<double>(all.convert[static_cast<int>(RegisterType::f64)]);
  fillConvert<std::int32_t>(all.convert[static_cast<int>(RegisterType::i32)]);
  all.memory[static_cast<int>(Storage::f32)] = memoryFunctions<float>();
  all.memory[static_cast<int>(Storage::f64)] = memoryFunctions<double>();
  all.memory[static_cast<int>(Storage::i32)] = memoryFunctions<std::int32_t>();
  all.memory[static_cast<int>(Storage::u8)] = memoryFunctions<std::uint8_t>();
  all.checkOffsets = checkOffsets;
  all.areEqual = areEqual;
  fillTypeOfFolds<float>(all.folds, RegisterType::f32);
  fillTypeOfFolds<double>(all.folds, RegisterType::f64);
  fillTypeOfFolds<std::int32_t>(all.folds, RegisterType::i32);
  fillTypeOfPlaces<float>(all.places, RegisterType::f32);
  fillTypeOfPlaces<double>(all.places, RegisterType::f64);
  fillTypeOfPlaces<std::int32_t>(all.places, RegisterType::i32);
  return all;
}
