#include "library/library_kernel.h"

#include <stdexcept>
#include <string>

#include "attention/attention_kernel.h"
#include "convolutions/narrow_kernel.h"
#include "indexed/argsort_kernel.h"
#include "indexed/scan_kernel.h"
#include "indexed/scatter_kernel.h"
#include "pooling/max_pool_kernel.h"
#include "products/product_kernel.h"
#include "recurrent/recurrent_kernel.h"

namespace hadal {

namespace {

// The first word of a call; the codes are those of src/library/kinds.ts.
enum class Kind : int { products, scatter, argsort, scan, recurrent, attention, maxPool, narrow };

std::unique_ptr<LibraryKernel> make(WordReader& words) {
  const int kind = words.integer();
  switch (static_cast<Kind>(kind)) {
    case Kind::products:
      return std::make_unique<ProductKernel>(words);
    case Kind::scatter:
      return std::make_unique<ScatterKernel>(words);
    case Kind::argsort:
      return std::make_unique<ArgsortKernel>(words);
    case Kind::scan:
      return std::make_unique<ScanKernel>(words);
    case Kind::recurrent:
      return std::make_unique<RecurrentKernel>(words);
    case Kind::attention:
      return std::make_unique<AttentionKernel>(words);
    case Kind::maxPool:
      return std::make_unique<MaxPoolKernel>();
    case Kind::narrow:
      return std::make_unique<NarrowKernel>(words);
  }
  throw std::invalid_argument("no library kernel has the number " + std::to_string(kind));
}

}  // namespace

std::unique_ptr<LibraryKernel> makeLibraryKernel(const double* words, std::size_t count) {
  WordReader reader(words, count);
  std::unique_ptr<LibraryKernel> kernel = make(reader);
  if (!reader.done()) throw std::invalid_argument("the description of a library call is too long");
  return kernel;
}

}  // namespace hadal
