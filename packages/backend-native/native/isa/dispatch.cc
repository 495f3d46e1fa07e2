#include "isa/dispatch.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "isa/units.h"

namespace hadal {

namespace {

struct Unit {
  const KernelTable* table;
  bool supported;
};

// The widest first.
std::vector<Unit> units() {
  std::vector<Unit> found;
#if HADAL_HAS_X86_UNITS
  __builtin_cpu_init();
  const bool hasAvx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool hasAvx512 = hasAvx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  found.push_back({&avx512bf16::table(), hasAvx512 && __builtin_cpu_supports("avx512bf16")});
  found.push_back({&avx512::table(), hasAvx512});
  found.push_back({&avx2::table(), hasAvx2});
#endif
  found.push_back({&portable::table(), true});
  return found;
}

const KernelTable& choose() {
  const char* named = std::getenv("HADAL_NATIVE_ISA");
  const std::string wanted = named == nullptr ? "" : named;
  std::string known;
  for (const Unit& unit : units()) {
    if (wanted.empty() ? unit.supported : wanted == unit.table->name) {
      if (!unit.supported) {
        throw std::runtime_error("HADAL_NATIVE_ISA is " + wanted + ", which this processor does not support.");
      }
      return *unit.table;
    }
    known += (known.empty() ? "" : ", ") + std::string(unit.table->name);
  }
  throw std::runtime_error("HADAL_NATIVE_ISA is " + wanted + "; this build knows " + known + ".");
}

}  // namespace

const KernelTable& kernelTable() {
  static const KernelTable& table = choose();
  return table;
}

}  // namespace hadal
