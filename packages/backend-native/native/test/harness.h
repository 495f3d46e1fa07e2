// A harness for kernels without Node: so that sanitizers see nothing but them.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

namespace hadal::test {

struct Case {
  std::string name;
  std::function<void()> run;
};

// Cases in the order in which they were added.
std::vector<Case>& cases();

// Adds a case before main begins.
struct AddCase {
  AddCase(std::string name, std::function<void()> run) { cases().push_back({std::move(name), std::move(run)}); }
};

// Throws std::runtime_error saying `what` unless it holds.
void expect(bool holds, const std::string& what);

// Numbers in [-1, 1) from a seed.
class Noise {
 public:
  explicit Noise(std::uint32_t seed) : state_(seed) {}
  std::uint32_t bits() { return state_ = state_ * 1664525u + 1013904223u; }
  float next() { return static_cast<float>(static_cast<double>(bits()) / 2147483648.0 - 1.0); }
  std::vector<float> list(std::size_t count) {
    std::vector<float> found(count);
    for (float& each : found) each = next();
    return found;
  }

 private:
  std::uint32_t state_;
};

// Seconds that the processor has spent on this thread, and seconds by the clock.
double threadSeconds();
double wallSeconds();

// Seconds that the fastest of several calls takes by a clock.
double fastest(int rounds, double (*clock)(), const std::function<void()>& call);

}  // namespace hadal::test
