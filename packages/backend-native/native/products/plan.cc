#include "products/plan.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "isa/dispatch.h"

namespace hadal {

namespace {

// A right panel of this many inner indices takes 64 KiB with AVX-512, half with AVX2: it stays in the second-level cache
// while the rows of a piece pass, and sums go to memory seldom.
constexpr std::int64_t kMostInner = 512;
// Up to this many columns, reading the left operand where it lies costs less than packing it.
constexpr std::int64_t kMostColumnsInPlace = 96;
// With fewer columns than the widest vector has lanes, few rows gain nothing from reading the right operand in place.
constexpr std::int64_t kLeastStripe = 16;

// Sums over twice this many terms and more are cut into parts when there are few of them.
constexpr std::int64_t kLeastInnerPerPart = 2048;
constexpr std::int64_t kMostParts = 8;
// Most sums of a call that is cut: its parts take eight times this.
constexpr std::int64_t kMostSumsInParts = 1 << 17;

// Calls of one epilogue whose plans are kept, the latest first.
constexpr std::size_t kPlansKept = 64;

// Cuts `total` into the fewest equal blocks of at most `most`.
std::int64_t blockOf(std::int64_t total, std::int64_t most) {
  const std::int64_t blocks = std::max<std::int64_t>(1, (total + most - 1) / most);
  return std::max<std::int64_t>(1, (total + blocks - 1) / blocks);
}

Form formOf(const Product& product, std::int64_t rows, std::int64_t columns) {
  if (rows > kMostFewRows) return Form::tiles;
  std::int64_t stride;
  if (singleStride(product.columns, &Axis::right, &stride) && stride == 1 && columns >= kLeastStripe) {
    return Form::stripes;
  }
  if (singleStride(product.inner, &Axis::right, &stride) && stride == 1) return Form::dots;
  return Form::tiles;
}

LeftForm leftFormOf(std::int64_t columns, bool areBfloat16) {
  if (areBfloat16 && kernelTable().products.packPairs != nullptr) return LeftForm::pairs;
  return columns > kMostColumnsInPlace ? LeftForm::packed : LeftForm::inPlace;
}

PlannedProduct planProduct(Product product, bool areBfloat16) {
  const std::int64_t rows = countOf(product.rows);
  const std::int64_t columns = countOf(product.columns);
  const std::int64_t inner = countOf(product.inner);
  const Form form = formOf(product, rows, columns);
  const LeftForm left = leftFormOf(columns, areBfloat16);
  const std::int64_t block = blockOf(inner, left == LeftForm::pairs ? 2 * kMostInner : kMostInner);
  // Blocks of pairs begin with whole ones.
  return {std::move(product), rows, columns, inner, form, left, left == LeftForm::pairs ? (block + 1) / 2 * 2 : block};
}

// A product with few sums of many terms is cut into parts, for which its sums have to stay in memory.
bool isLong(const PlannedProduct& planned) {
  return planned.form == Form::tiles && planned.product.loop.empty() && planned.inner >= 2 * kLeastInnerPerPart &&
         planned.rows * planned.columns <= kMostSumsInParts;
}

std::int64_t partsOf(const std::vector<PlannedProduct>& products) {
  const PlannedProduct& frame = products.front();
  if (frame.rows * frame.columns > kMostSumsInParts) return 1;
  std::int64_t inner = 0;
  for (const PlannedProduct& each : products) inner = std::max(inner, each.inner);
  return std::clamp<std::int64_t>(inner / kLeastInnerPerPart, 1, kMostParts);
}

}  // namespace

Plan planProducts(std::vector<Product> products, bool accumulates, bool areBfloat16) {
  static std::atomic<std::uint64_t> made{0};
  Plan plan = {};
  plan.id = made.fetch_add(1);
  for (Product& product : products) {
    PlannedProduct planned = planProduct(std::move(product), areBfloat16);
    if (planned.rows == 0 || planned.columns == 0) continue;
    plan.multiplications += static_cast<double>(countOf(planned.product.loop)) * planned.rows * planned.columns * planned.inner;
    plan.products.push_back(std::move(planned));
  }
  plan.accumulates = !plan.products.empty() &&
                     (accumulates || (plan.products.size() == 1 && isLong(plan.products.front())));
  plan.parts = plan.accumulates ? partsOf(plan.products) : 1;
  return plan;
}

const Plan& PlanCache::get(const std::int32_t* integers, std::size_t count) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.integers.size() == count && std::memcmp(entry.integers.data(), integers, count * sizeof(*integers)) == 0;
  });
  if (found != entries_.end()) {
    std::rotate(entries_.begin(), found, found + 1);
  } else {
    Plan plan = planProducts(decodeProducts(integers, count), accumulates_, areBfloat16_);
    if (entries_.size() == kPlansKept) entries_.pop_back();
    entries_.insert(entries_.begin(), {std::vector<std::int32_t>(integers, integers + count), std::move(plan)});
  }
  return entries_.front().plan;
}

}  // namespace hadal
