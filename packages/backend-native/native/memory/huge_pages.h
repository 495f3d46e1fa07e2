// Huge pages, which save most of the cost of touching memory for the first time.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace hadal {

constexpr std::size_t kHugePage = std::size_t{2} << 20;

// Asks for huge pages where a range has whole ones; what it holds stays.
inline void adviseHugePages([[maybe_unused]] void* from, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
  const auto start = reinterpret_cast<std::uintptr_t>(from);
  const std::uintptr_t first = (start + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t end = (start + bytes) / kHugePage * kHugePage;
  if (first < end) madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
#endif
}

}  // namespace hadal
