#include "indexed/indexed_call.h"

#include <stdexcept>

namespace hadal {

IndexedCall readIndexedCall(const CallArguments& arguments, int operands) {
  int position = 0;
  const auto next = [&]() -> std::int64_t {
    if (position == arguments.integerCount) throw std::invalid_argument("an argument of an indexed call is missing");
    return arguments.integers[position++];
  };
  IndexedCall call = {};
  call.axis = static_cast<int>(next());
  call.option = next();
  for (int i = 0; i < operands; i++) {
    StridedOperand operand;
    operand.offset = next();
    const std::int64_t rank = next();
    for (std::int64_t j = 0; j < rank; j++) operand.shape.push_back(next());
    for (std::int64_t j = 0; j < rank; j++) operand.strides.push_back(next());
    call.operands.push_back(std::move(operand));
  }
  return call;
}

std::vector<std::int64_t> rowMajor(const std::vector<std::int64_t>& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

}  // namespace hadal
