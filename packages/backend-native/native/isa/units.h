// The instruction sets that this build contains: all, or the portable one alone where HADAL_PORTABLE_ONLY is defined.
#pragma once

#include "isa/kernel_table.h"

#if defined(__x86_64__) && !defined(HADAL_PORTABLE_ONLY)
#define HADAL_HAS_X86_UNITS 1
#else
#define HADAL_HAS_X86_UNITS 0
#endif

namespace hadal {

#if HADAL_HAS_X86_UNITS
namespace avx512bf16 {
const KernelTable& table();
}
namespace avx512 {
const KernelTable& table();
}
namespace avx2 {
const KernelTable& table();
}
#endif
namespace portable {
const KernelTable& table();
}

}  // namespace hadal
