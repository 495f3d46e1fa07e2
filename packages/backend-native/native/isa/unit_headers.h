// Everything that the units of this folder include before they set their instruction set: functions of the standard
// library must not be compiled for instructions that the processor may lack, because the linker keeps one copy of each.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "isa/units.h"
