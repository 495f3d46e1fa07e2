// How many cores this process may keep busy.
#pragma once

namespace hadal {

// The cores that it may run on, or what its control group's quota amounts to where that is less. At least 1.
int availableCores();

}  // namespace hadal
