// Memory that a thread works in, kept from one piece of work to the next.
#pragma once

#include <cstddef>
#include <new>

#include "memory/aligned.h"

namespace hadal {

class Scratch {
 public:
  Scratch() = default;
  ~Scratch() { freeAligned(memory_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  // Room for `count` elements, aligned to cache lines. What was there before is lost.
  template <class T>
  T* of(std::size_t count) {
    const std::size_t bytes = (count * sizeof(T) + kAlignment - 1) / kAlignment * kAlignment;
    if (bytes > bytes_) {
      freeAligned(memory_);
      bytes_ = 0;
      memory_ = allocateAligned(kAlignment, bytes);
      if (memory_ == nullptr) throw std::bad_alloc();
      bytes_ = bytes;
    }
    return static_cast<T*>(memory_);
  }

 private:
  static constexpr std::size_t kAlignment = 64;

  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace hadal
