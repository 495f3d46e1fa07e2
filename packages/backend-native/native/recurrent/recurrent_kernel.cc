#include "recurrent/recurrent_kernel.h"

#include <algorithm>
#include <stdexcept>

#include "isa/dispatch.h"
#include "memory/scratch.h"

namespace hadal {

namespace {

// Multiplications below which a second thread is not worth waking.
constexpr double kLeastParallelMultiplications = 1e6;
// About what one thread computes in a nanosecond, the functions of the gates included; a bound from below.
constexpr double kMultiplicationsPerNanosecond = 15;
constexpr double kNanosecondsPerCall = 500;

int gatesOf(RecurrentCell cell) { return cell == RecurrentCell::lstm ? 4 : 3; }

// Hands out a call's integers and bindings in turn.
class Arguments {
 public:
  explicit Arguments(const CallArguments& arguments) : arguments_(arguments) {}

  std::ptrdiff_t integer() {
    if (integer_ == arguments_.integerCount) throw std::invalid_argument("a recurrent call has too few integers");
    return arguments_.integers[integer_++];
  }

  std::byte* binding() {
    if (binding_ == arguments_.bindingCount) throw std::invalid_argument("a recurrent call has too few bindings");
    return arguments_.bindings[binding_++];
  }

  // An operand with `axes` of the axes step, row and column, the last ones.
  RecurrentOperand operand(int axes) {
    const float* data = reinterpret_cast<const float*>(binding()) + integer();
    const std::ptrdiff_t step = axes > 2 ? integer() : 0;
    const std::ptrdiff_t row = axes > 1 ? integer() : 0;
    return {data, step, row, integer()};
  }

 private:
  const CallArguments& arguments_;
  int integer_ = 0;
  int binding_ = 0;
};

double multiplicationsOf(const RecurrentCall& call, int gates) {
  return static_cast<double>(call.length) * call.batch * call.units * call.units * gates;
}

}  // namespace

RecurrentKernel::RecurrentKernel(WordReader& words)
    : cell_(static_cast<RecurrentCell>(words.integer())),
      isGradient_(words.integer() != 0),
      isReverse_(words.integer() != 0),
      isMasked_(words.integer() != 0) {
  if (static_cast<int>(cell_) < 0 || static_cast<int>(cell_) >= kRecurrentCells) {
    throw std::invalid_argument("there is no such recurrent cell");
  }
}

// Operands come in the order of the composite's inputs.
RecurrentCall RecurrentKernel::callOf(const CallArguments& given) const {
  Arguments arguments(given);
  RecurrentCall call = {};
  call.length = arguments.integer();
  call.batch = arguments.integer();
  call.units = arguments.integer();
  call.isReverse = isReverse_;
  call.projected = arguments.operand(3);
  call.weights = arguments.operand(2);
  if (cell_ == RecurrentCell::gruAfter) call.bias = arguments.operand(1);
  call.states[0] = arguments.operand(2);
  if (cell_ == RecurrentCell::lstm) call.states[1] = arguments.operand(2);
  if (isMasked_) {
    call.mask = reinterpret_cast<const std::uint8_t*>(arguments.binding()) + arguments.integer();
    call.maskStep = arguments.integer();
    call.maskRow = arguments.integer();
  }
  if (!isGradient_) {
    const std::ptrdiff_t values = cell_ == RecurrentCell::lstm ? 6 : 5;
    call.rows = reinterpret_cast<float*>(arguments.binding());
    call.rowsRow = values * call.units;
    call.rowsStep = call.batch * call.rowsRow;
    return call;
  }
  const RecurrentOperand rows = arguments.operand(3);
  call.rows = const_cast<float*>(rows.data);
  call.rowsStep = rows.step;
  call.rowsRow = rows.row;
  call.outputCotangent = arguments.operand(3);
  if (cell_ == RecurrentCell::lstm) call.stateCotangent = arguments.operand(2);
  call.columns = reinterpret_cast<float*>(arguments.binding());
  return call;
}

void RecurrentKernel::run(const CallArguments& arguments, ThreadPool& pool) {
  const RecurrentCall call = callOf(arguments);
  const RecurrentKernels& kernels = kernelTable().recurrent;
  const int cell = static_cast<int>(cell_);
  const int gates = gatesOf(cell_);
  thread_local Scratch mine;
  float* packed = mine.of<float>(static_cast<std::size_t>(kernels.packedFloats(call.units, gates)));
  (isGradient_ ? kernels.packGradient : kernels.packRun)[cell](packed, call);

  // Sequences do not meet: each thread takes some of them through all steps, whole tiles where that leaves none idle.
  const bool isParallel = pool.threads() > 1 && multiplicationsOf(call, gates) >= kLeastParallelMultiplications;
  const std::ptrdiff_t threads = isParallel ? pool.threads() : 1;
  std::ptrdiff_t share = (call.batch + threads - 1) / threads;
  if (share > kernels.tileRows) share = (share + kernels.tileRows - 1) / kernels.tileRows * kernels.tileRows;
  const auto compute = [&](std::int64_t task, int) {
    const std::ptrdiff_t first = task * share;
    const std::ptrdiff_t count = std::min(share, call.batch - first);
    if (!isGradient_) {
      kernels.run[cell](call, packed, first, count);
      return;
    }
    thread_local Scratch scratch;
    const std::ptrdiff_t floats = kernels.scratchFloats(call.units) * count;
    kernels.gradient[cell](call, packed, scratch.of<float>(static_cast<std::size_t>(floats)), first, count);
  };
  const std::int64_t tasks = (call.batch + share - 1) / share;
  if (tasks > 1) {
    pool.parallel(tasks, compute);
  } else {
    compute(0, 0);
  }
}

double RecurrentKernel::nanoseconds(const CallArguments& arguments) const {
  const RecurrentCall call = callOf(arguments);
  return kNanosecondsPerCall + multiplicationsOf(call, gatesOf(cell_)) / kMultiplicationsPerNanosecond;
}

}  // namespace hadal
