#include "products/accumulation.h"

#include <algorithm>
#include <array>

#include "isa/dispatch.h"
#include "pool/for_each.h"
#include "products/job.h"

namespace hadal {

namespace {

constexpr std::int64_t kElement = sizeof(float);
// Inner indices that are added at a time: 64 columns of the right operand and a tile's rows of the left one then stay in
// the first-level cache while all rows pass.
constexpr std::int64_t kBlockInner = 128;
// Rows that are finished at a time.
constexpr std::int64_t kFinishedRows = 48;

// What a product adds, and where to.
struct Term {
  const PlannedProduct* planned;
  const char* left;
  const char* right;
  // Of each row: byte offset in the left operand, and which of the sums it adds to.
  std::vector<std::ptrdiff_t> leftRows;
  std::vector<std::ptrdiff_t> positions;
  // Whether operands are copied next to each other before tiles read them.
  bool packsLeft;
  bool packsRight;
};

std::vector<std::ptrdiff_t> tableOf(const Axes& axes, std::int64_t Axis::*field, std::int64_t scale, std::int64_t first) {
  std::vector<std::ptrdiff_t> table(countOf(axes));
  enumerate(axes, field, 0, static_cast<std::int64_t>(table.size()), scale, table.data());
  for (std::ptrdiff_t& each : table) each += first;
  return table;
}

// Rows that are not next to each other in the left operand are mostly a large power of two apart, and then share sets of
// the caches.
bool packsLeft(const Product& product) {
  return !product.rows.empty() && product.rows.back().left != 1;
}

// Tiles read whole vectors of columns. Rows of the right operand that are further apart than its columns are many share
// sets of the caches.
bool packsRight(const PlannedProduct& planned) {
  std::int64_t column;
  if (!singleStride(planned.product.columns, &Axis::right, &column) || column != 1) return true;
  return planned.columns % kernelTable().products.lanes != 0 || planned.product.inner.empty() ||
         planned.product.inner.back().right != planned.columns;
}

// What a thread needs beside the sums.
struct Workspace {
  Scratch left, right, leftInner, rightInner, leftPacked, rightPacked, columns;
};

Workspace& workspace() {
  thread_local Workspace mine;
  return mine;
}

class Accumulation {
 public:
  Accumulation(const Plan& plan, const Epilogue& epilogue, const CallArguments& arguments, const Epilogue::Run& run,
               ThreadPool& pool, bool isParallel)
      : frame_(plan.products.front()),
        run_(run),
        pool_(pool),
        isParallel_(isParallel),
        parts_(plan.parts),
        grid_(frame_.rows, frame_.columns),
        stride_(grid_.paddedColumns()),
        outputRows_(tableOf(frame_.product.rows, &Axis::output, kElement, 0)) {
    if (epilogue.needsRowIndices()) rowIndices_ = tableOf(frame_.product.rows, &Axis::row, 1, 0);
    const bool isAlone = plan.products.size() == 1;
    for (std::size_t i = isAlone ? 0 : 1; i < plan.products.size(); i++) addTerm(plan.products[i], arguments, isAlone);
  }

  void run() {
    thread_local Scratch shared;
    sums_ = shared.of<float>(parts_ * sumElements());
    // Panels share no sums, so that a part can be dealt out by them.
    const std::int64_t shares = isParallel_ ? grid_.panels() : 1;
    forEach(pool_, isParallel_, parts_ * shares, [&](std::int64_t task) {
      const std::int64_t share = task % shares;
      addPart(task / shares, grid_.panels() * share / shares, grid_.panels() * (share + 1) / shares);
    });
    const std::int64_t pieces = (frame_.rows + kFinishedRows - 1) / kFinishedRows;
    forEach(pool_, isParallel_, pieces, [&](std::int64_t i) {
      const std::int64_t row = i * kFinishedRows;
      finish(row, std::min(kFinishedRows, frame_.rows - row));
    });
    if (sumsOperand_) std::copy_n(addedParts(frame_.rows, 1), frame_.columns, run_.operandSums());
  }

 private:
  void addTerm(const PlannedProduct& planned, const CallArguments& arguments, bool isAlone) {
    const Product& product = planned.product;
    const auto operand = [&](int position) { return reinterpret_cast<const char*>(arguments.bindings[position]); };
    Term term = {&planned,
                 operand(product.exchanged ? 1 : 0) + product.left * kElement,
                 operand(product.exchanged ? 0 : 1) + product.right * kElement,
                 tableOf(product.rows, &Axis::left, kElement, 0),
                 tableOf(product.rows, &Axis::row, 1, product.row),
                 packsLeft(product),
                 packsRight(planned)};
    // A product of its own has its rows in the order in which they are listed.
    for (std::size_t i = 0; isAlone && i < term.positions.size(); i++) term.positions[i] = static_cast<std::ptrdiff_t>(i);
    terms_.push_back(std::move(term));
    sumsOperand_ |= product.sums;
  }

  // After the rows of the result comes one for the sums of the right operand.
  std::int64_t sumElements() const { return (frame_.rows + 1) * stride_; }
  float* sumsOf(std::int64_t part) const { return sums_ + part * sumElements(); }

  void addPart(std::int64_t part, std::int64_t firstPanel, std::int64_t endPanel) const {
    float* sums = sumsOf(part);
    const std::int64_t first = grid_.firstColumn(firstPanel);
    const std::int64_t end = grid_.firstColumn(endPanel - 1) + grid_.widthOf(endPanel - 1);
    for (std::int64_t row = 0; row <= frame_.rows; row++) {
      std::fill(sums + row * stride_ + first, sums + row * stride_ + end, 0.0f);
    }
    for (const Term& term : terms_) {
      const std::int64_t inner = term.planned->inner;
      const std::int64_t start = inner * part / parts_;
      const std::int64_t stop = inner * (part + 1) / parts_;
      const std::int64_t blocks = (stop - start + kBlockInner - 1) / kBlockInner;
      for (std::int64_t block = 0; block < blocks; block++) {
        const std::int64_t from = start + (stop - start) * block / blocks;
        const std::int64_t to = start + (stop - start) * (block + 1) / blocks;
        addBlock(term, sums, firstPanel, endPanel, from, to - from);
      }
    }
  }

  void addBlock(const Term& term, float* sums, std::int64_t firstPanel, std::int64_t endPanel, std::int64_t start,
                std::int64_t inner) const {
    Workspace& own = workspace();
    const auto& kernels = kernelTable().products;
    const Product& product = term.planned->product;
    const std::int64_t rows = term.planned->rows;
    const TileGrid tiles(rows, frame_.columns);
    auto* leftInner = own.leftInner.of<std::ptrdiff_t>(inner);
    auto* rightInner = own.rightInner.of<std::ptrdiff_t>(inner);
    enumerate(product.inner, &Axis::left, start, inner, kElement, leftInner);
    enumerate(product.inner, &Axis::right, start, inner, kElement, rightInner);

    const float* packedLeft = term.packsLeft ? packLeft(term, tiles, leftInner, inner) : nullptr;
    const float* packedRight = nullptr;
    if (term.packsRight) packedRight = packRight(term, firstPanel, endPanel, rightInner, inner);

    AccumulateCall call = {};
    call.inner = inner;
    const auto describeRight = [&](std::int64_t panel) {
      const std::int64_t column = grid_.firstColumn(panel);
      if (packedRight == nullptr) {
        call.right = term.right + column * kElement;
        call.rightInner = rightInner;
      } else {
        call.right = reinterpret_cast<const char*>(packedRight + (column - grid_.firstColumn(firstPanel)) * inner);
        call.rightInner = stepsOf(grid_.widthOf(panel));
      }
    };
    for (std::int64_t panel = firstPanel; product.sums && panel < endPanel; panel++) {
      describeRight(panel);
      kernels.sumRows(sums + frame_.rows * stride_ + grid_.firstColumn(panel), call.right, call.rightInner, inner,
                      grid_.widthOf(panel));
    }
    std::array<const char*, kMostTileRows> leftRows;
    std::array<float*, kMostTileRows> sumRows;
    call.leftRows = leftRows.data();
    call.sums = sumRows.data();
    for (std::int64_t tile = 0; tile < tiles.tiles(); tile++) {
      const std::int64_t first = tiles.firstRow(tile);
      const int height = tiles.rowsOf(tile);
      for (int i = 0; i < height; i++) {
        leftRows[i] = packedLeft == nullptr ? term.left + term.leftRows[first + i]
                                            : reinterpret_cast<const char*>(packedLeft + first * inner + i);
      }
      call.leftInner = packedLeft == nullptr ? leftInner : stepsOf(height);
      for (std::int64_t panel = firstPanel; panel < endPanel; panel++) {
        const std::int64_t column = grid_.firstColumn(panel);
        for (int i = 0; i < height; i++) sumRows[i] = sums + term.positions[first + i] * stride_ + column;
        describeRight(panel);
        kernels.accumulate[grid_.vectorsOf(panel) - 1][height - 1](call);
      }
    }
  }

  const float* packLeft(const Term& term, const TileGrid& tiles, const std::ptrdiff_t* leftInner, std::int64_t inner) const {
    const auto& kernels = kernelTable().products;
    // Packing may write one vector beyond a tile.
    float* packed = workspace().leftPacked.of<float>(term.planned->rows * inner + kernels.lanes);
    for (std::int64_t tile = 0; tile < tiles.tiles(); tile++) {
      const std::int64_t first = tiles.firstRow(tile);
      const int height = tiles.rowsOf(tile);
      kernels.pack(packed + first * inner, height, term.left, term.leftRows.data() + first, height, leftInner, inner);
    }
    return packed;
  }

  // Panel after panel.
  const float* packRight(const Term& term, std::int64_t firstPanel, std::int64_t endPanel, const std::ptrdiff_t* rightInner,
                         std::int64_t inner) const {
    const std::int64_t first = grid_.firstColumn(firstPanel);
    const std::int64_t width = grid_.firstColumn(endPanel - 1) + grid_.widthOf(endPanel - 1) - first;
    float* packed = workspace().rightPacked.of<float>(width * inner);
    for (std::int64_t panel = firstPanel; panel < endPanel; panel++) {
      const std::int64_t column = grid_.firstColumn(panel);
      const int columns = grid_.columnsOf(panel);
      auto* places = workspace().columns.of<std::ptrdiff_t>(columns);
      enumerate(term.planned->product.columns, &Axis::right, column, columns, kElement, places);
      kernelTable().products.pack(packed + (column - first) * inner, grid_.widthOf(panel), term.right, places, columns,
                                  rightInner, inner);
    }
    return packed;
  }

  // Byte offsets of inner indices in what is packed so wide.
  static const std::ptrdiff_t* stepsOf(std::int64_t width) {
    thread_local std::vector<std::vector<std::ptrdiff_t>> tables;
    if (static_cast<std::int64_t>(tables.size()) <= width) tables.resize(width + 1);
    auto& table = tables[width];
    if (table.empty()) {
      table.resize(kBlockInner);
      for (std::int64_t k = 0; k < kBlockInner; k++) table[k] = k * width * kElement;
    }
    return table.data();
  }

  // The parts of some rows, added in order.
  const float* addedParts(std::int64_t row, std::int64_t rows) const {
    float* total = sumsOf(0) + row * stride_;
    for (std::int64_t part = 1; part < parts_; part++) {
      kernelTable().products.add(total, sumsOf(part) + row * stride_, rows * stride_);
    }
    return total;
  }

  // Takes some rows to where they belong.
  void finish(std::int64_t row, std::int64_t rows) const {
    run_.finish(addedParts(row, rows), stride_, rows, frame_.columns,
                {frame_.product.output, frame_.product.row, 0, outputRows_.data() + row,
                 rowIndices_.empty() ? nullptr : rowIndices_.data() + row});
  }

  const PlannedProduct& frame_;
  const Epilogue::Run& run_;
  ThreadPool& pool_;
  const bool isParallel_;
  const std::int64_t parts_;
  const TileGrid grid_;
  const std::int64_t stride_;
  const std::vector<std::ptrdiff_t> outputRows_;
  std::vector<std::ptrdiff_t> rowIndices_;
  std::vector<Term> terms_;
  bool sumsOperand_ = false;
  float* sums_ = nullptr;
};

}  // namespace

void runAccumulation(const Plan& plan, const Epilogue& epilogue, const CallArguments& arguments,
                     const Epilogue::Run& run, ThreadPool& pool, bool isParallel) {
  Accumulation(plan, epilogue, arguments, run, pool, isParallel).run();
}

}  // namespace hadal
