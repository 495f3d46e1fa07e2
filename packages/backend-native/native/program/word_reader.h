// Reads what the TypeScript side encodes: a sequence of doubles, integers among them exact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace hadal {

class WordReader {
 public:
  WordReader(const double* words, std::size_t count) : next_(words), end_(words + count) {}

  double number() {
    if (next_ == end_) throw std::invalid_argument("the encoding ends too early");
    return *next_++;
  }
  std::int64_t wide() { return static_cast<std::int64_t>(number()); }
  int integer() { return static_cast<int>(wide()); }
  bool done() const { return next_ == end_; }

 private:
  const double* next_;
  const double* end_;
};

}  // namespace hadal
