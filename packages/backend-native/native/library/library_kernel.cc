#include "library/library_kernel.h"

#include <stdexcept>
#include <string>

#include "program/word_reader.h"

namespace hadal {

std::unique_ptr<LibraryKernel> makeLibraryKernel(const double* words, std::size_t count) {
  WordReader reader(words, count);
  throw std::invalid_argument("there is no library kernel of kind " + std::to_string(reader.integer()));
}

}  // namespace hadal
