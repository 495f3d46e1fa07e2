#include "attention/attention_call.h"

#include <stdexcept>

namespace hadal {

AttentionCall readAttentionCall(const CallArguments& arguments, bool isGradient) {
  int position = 0;
  const auto next = [&]() -> std::int64_t {
    if (position == arguments.integerCount) throw std::invalid_argument("an argument of attention is missing");
    return arguments.integers[position++];
  };
  AttentionCall call = {};
  call.isCausal = next() != 0;
  call.isMasked = next() != 0;
  call.queries = next();
  call.keys = next();
  call.depth = next();
  call.width = next();
  const std::int64_t rank = next();
  call.heads = 1;
  for (std::int64_t i = 0; i < rank; i++) {
    call.batch.push_back(next());
    call.heads *= call.batch.back();
  }
  const auto read = [&](Matrices& matrices) {
    matrices.offset = next();
    for (std::int64_t i = 0; i < rank; i++) matrices.batch.push_back(next());
    matrices.row = next();
    matrices.column = next();
  };
  read(call.query);
  read(call.key);
  read(call.value);
  if (isGradient) read(call.cotangent);
  if (call.isMasked) read(call.mask);
  return call;
}

std::int64_t AttentionCall::at(const Matrices& matrices, std::int64_t head) const {
  std::int64_t offset = matrices.offset;
  for (std::size_t i = batch.size(); i-- > 0;) {
    offset += head % batch[i] * matrices.batch[i];
    head /= batch[i];
  }
  return offset;
}

}  // namespace hadal
