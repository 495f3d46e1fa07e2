// Runs all cases, or those whose names contain the first argument. Benchmarks run only when that is "bench".
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

double fastest(int rounds, const std::function<void()>& call) {
  double best = 1e30;
  for (int i = 0; i < rounds; i++) {
    const auto start = std::chrono::steady_clock::now();
    call();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (elapsed.count() < best) best = elapsed.count();
  }
  return best;
}

}  // namespace hadal::test

int main(int count, char** arguments) {
  const std::string wanted = count > 1 ? arguments[1] : "";
  int failed = 0;
  int passed = 0;
  for (const auto& [name, run] : hadal::test::cases()) {
    if ((name == "bench") != (wanted == "bench") || name.find(wanted) == std::string::npos) continue;
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
