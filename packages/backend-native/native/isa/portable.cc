// Kernels for what the compiler's target guarantees: SSE2 on x86-64, NEON on ARM64.
#include "isa/unit_headers.h"

#define HADAL_VECTOR_BYTES 16
#define HADAL_ISA_NAME "portable"

namespace hadal::portable {
#include "isa/unit.inl"
}  // namespace hadal::portable
