// Everything that the units of this folder include before they set their instruction set: functions of the standard
// library must not be compiled for instructions that the processor may lack, because the linker keeps one copy of each.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>
#include <vector>

#include "isa/units.h"
