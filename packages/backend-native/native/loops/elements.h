// Elements of a kernel's buffers, for the parts of the interpreter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "loops/loop_kernel.h"

namespace hadal {

constexpr std::size_t kCacheLine = 64;

constexpr int roundUp(int value, int step) { return (value + step - 1) / step * step; }
constexpr std::size_t roundUp(std::size_t value, std::size_t step) { return (value + step - 1) / step * step; }

constexpr std::int64_t sizeOf(Storage storage) {
  return storage == Storage::f64 ? 8 : storage == Storage::u8 ? 1 : 4;
}

constexpr std::size_t sizeOf(RegisterType type) { return type == RegisterType::f64 ? 8 : 4; }

inline std::int64_t elementsOf(const LoopProgram& program, const LoopArguments& arguments, int buffer) {
  return static_cast<std::int64_t>(arguments.lengths[buffer]) / sizeOf(program.buffers[static_cast<std::size_t>(buffer)]);
}

[[noreturn]] inline void leaves(const LoopProgram& program, int buffer, std::int64_t elements) {
  throw std::out_of_range(program.name + ": an address lies outside of the " + std::to_string(elements) +
                          " elements that are bound as buffer " + std::to_string(buffer) + ".");
}

}  // namespace hadal
