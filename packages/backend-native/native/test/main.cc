// Runs all cases, or those whose names contain the first argument. Benchmarks run only when that begins with "bench".
#include <time.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>

#include "test/harness.h"

namespace hadal::test {

std::vector<Case>& cases() {
  static std::vector<Case> all;
  return all;
}

void expect(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

#if defined(CLOCK_THREAD_CPUTIME_ID)
double threadSeconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}
#else
double threadSeconds() { return wallSeconds(); }
#endif

double wallSeconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double fastest(int rounds, double (*clock)(), const std::function<void()>& call) {
  double best = 1e30;
  for (int i = 0; i < rounds; i++) {
    const double start = clock();
    call();
    best = std::min(best, clock() - start);
  }
  return best;
}

}  // namespace hadal::test

namespace {

// What the names of benchmarks begin with.
const std::string kBenchmark = "bench";

}  // namespace

int main(int count, char** arguments) {
  const std::string wanted = count > 1 ? arguments[1] : "";
  int failed = 0;
  int passed = 0;
  for (const auto& [name, run] : hadal::test::cases()) {
    const bool isBenchmark = name.rfind(kBenchmark, 0) == 0;
    if (isBenchmark != (wanted.rfind(kBenchmark, 0) == 0) || name.find(wanted) == std::string::npos) continue;
    try {
      run();
      passed++;
    } catch (const std::exception& error) {
      failed++;
      std::printf("failed: %s: %s\n", name.c_str(), error.what());
    }
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 0 ? 0 : 1;
}
