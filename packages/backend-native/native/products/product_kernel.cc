#include "products/product_kernel.h"

#include <algorithm>
#include <vector>

#include "isa/dispatch.h"
#include "pool/for_each.h"
#include "products/accumulation.h"
#include "products/job.h"
#include "products/kept_operands.h"

namespace hadal {

namespace {

// Operands of a product: left and right.
constexpr int kOperands = 2;

// Work below this (about 20 µs) is done sooner than a second thread is woken.
constexpr double kLeastParallelMultiplications = 1.5e6;
// Pieces for each thread, so that all are busy to the end.
constexpr std::int64_t kPiecesPerThread = 6;
// A piece has at most this many tiles of rows and panels: its packed left operand and its sums stay in the second-level
// cache. It has at least so many that packing is worth while.
constexpr std::int64_t kMostTiles = 16;
constexpr std::int64_t kMostPanels = 16;
constexpr std::int64_t kLeastTiles = 4;
constexpr std::int64_t kLeastPanels = 2;
// Elements of right operands that are packed at a time (16 MiB).
constexpr std::int64_t kMostPacked = std::int64_t{1} << 22;
// With more rows than this, packing the right operand takes so little of a product that it is not kept.
constexpr std::int64_t kMostRowsKept = 1024;
// Columns that few rows take through the first-level cache: four rows of sums fill half of it.
constexpr std::int64_t kMostStripeColumns = 1024;
constexpr std::int64_t kLeastStripeColumns = 128;
// About what one thread computes in a nanosecond, as a bound from below.
constexpr double kMultiplicationsPerNanosecond = 30;
constexpr double kNanosecondsPerCall = 500;

// Cuts a length into pieces of whole steps, so that there are about `wanted` of them within the bounds of a piece.
std::int64_t pieceOf(std::int64_t length, std::int64_t step, std::int64_t wanted, std::int64_t least, std::int64_t most) {
  const std::int64_t steps = (length + step - 1) / step;
  const std::int64_t size = std::clamp((steps + wanted - 1) / wanted, least, most);
  const std::int64_t pieces = (steps + size - 1) / size;
  return (steps + pieces - 1) / pieces * step;
}

class Runner {
 public:
  Runner(const Plan& plan, const Epilogue& epilogue, const CallArguments& arguments, const Epilogue::Run& run,
         ThreadPool& pool, bool isParallel)
      : plan_(plan),
        arguments_(arguments),
        epilogue_(epilogue),
        run_(run),
        pool_(pool),
        isParallel_(isParallel),
        tileRows_(kernelTable().products.tileRows),
        panelColumns_(std::int64_t{kernelTable().products.lanes} * kTileVectors),
        jobs_(jobsOf(plan, arguments)) {}

  void run() {
    const float* kept = keepOperand();
    for (const Job& job : jobs_) {
      if (job.planned->form == Form::tiles) {
        addTiles(job, kept);
        if (kept != nullptr) kept += elementsOf(job);
      } else {
        addStripes(job);
      }
    }
    flush();
  }

 private:
  struct Work {
    Piece piece;
    // Where its right operand will lie in the shared buffer, -1 where the piece packs it itself.
    std::int64_t packed;
    // Its right operand, where it is kept.
    const float* kept;
  };
  // A panel of a right operand that several pieces share.
  struct Panel {
    const Job* job;
    std::int64_t column;
    int columns;
    std::int64_t width;
    std::int64_t packed;
  };

  // A share of all pieces that suits the share of all work.
  std::int64_t wantedPieces(const PlannedProduct& planned) const {
    if (!isParallel_) return 1;
    const double share = static_cast<double>(planned.rows) * planned.columns * planned.inner / plan_.multiplications;
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(share * kPiecesPerThread * pool_.threads() + 0.5));
  }

  // Elements of a job's whole right operand, packed.
  static std::int64_t elementsOf(const Job& job) {
    return TileGrid(job.planned->rows, job.planned->columns).paddedColumns() * job.planned->stepsOf(job.planned->inner);
  }

  // The right operands of all jobs that have tiles, packed one after another, where they are known to stay as they are.
  const float* keepOperand() {
    if (arguments_.kept == nullptr || plan_.products.empty()) return nullptr;
    const PlannedProduct& first = plan_.products.front();
    for (const PlannedProduct& each : plan_.products) {
      const bool isSame = each.product.exchanged == first.product.exchanged;
      if (!isSame || each.form != Form::tiles || each.rows > kMostRowsKept || each.product.sums) return nullptr;
    }
    const int operand = first.product.exchanged ? 0 : 1;
    std::int64_t elements = 0;
    for (const Job& job : jobs_) elements += elementsOf(job);
    KeptOperands::Kept* kept = arguments_.kept->find(arguments_.bindings[operand], plan_.id, arguments_.contents[operand],
                                                     static_cast<std::size_t>(elements));
    if (kept == nullptr) return nullptr;
    if (!kept->isPacked) {
      std::int64_t packed = 0;
      for (const Job& job : jobs_) {
        addPanels(job, 0, job.planned->columns, packed);
        packed += elementsOf(job);
      }
      packPanels(kept->elements);
      kept->isPacked = true;
    }
    return kept->elements;
  }

  // `kept` is the packed right operand of the whole job; nullptr where there is none.
  void addTiles(const Job& job, const float* kept) {
    const PlannedProduct& planned = *job.planned;
    const std::int64_t wanted = wantedPieces(planned);
    const std::int64_t pieceRows = pieceOf(planned.rows, tileRows_, wanted, kLeastTiles, kMostTiles);
    const std::int64_t rowPieces = (planned.rows + pieceRows - 1) / pieceRows;
    const std::int64_t columnsWanted = (wanted + rowPieces - 1) / rowPieces;
    std::int64_t pieceColumns = pieceOf(planned.columns, panelColumns_, columnsWanted, kLeastPanels, kMostPanels);
    const bool isShared = rowPieces > 1 && kept == nullptr;
    if (isShared) {
      const std::int64_t fitting = std::max<std::int64_t>(1, kMostPacked / std::max<std::int64_t>(1, planned.inner * panelColumns_));
      pieceColumns = std::min(pieceColumns, fitting * panelColumns_);
    }
    for (std::int64_t column = 0; column < planned.columns; column += pieceColumns) {
      const std::int64_t columns = std::min(pieceColumns, planned.columns - column);
      const std::int64_t packed = isShared ? share(job, column, columns) : -1;
      const float* right = kept == nullptr ? nullptr : kept + column * planned.stepsOf(planned.inner);
      for (std::int64_t row = 0; row < planned.rows; row += pieceRows) {
        work_.push_back({{&job, row, std::min(pieceRows, planned.rows - row), column, columns}, packed, right});
      }
    }
  }

  void addStripes(const Job& job) {
    const PlannedProduct& planned = *job.planned;
    const std::int64_t pieceColumns = pieceOf(planned.columns, kLeastStripeColumns, wantedPieces(planned), 1,
                                              kMostStripeColumns / kLeastStripeColumns);
    for (std::int64_t column = 0; column < planned.columns; column += pieceColumns) {
      const std::int64_t columns = std::min(pieceColumns, planned.columns - column);
      work_.push_back({{&job, 0, planned.rows, column, columns}, -1, nullptr});
    }
  }

  // Has the right operand of these columns packed before the pieces are computed; returns where it will lie.
  std::int64_t share(const Job& job, std::int64_t column, std::int64_t columns) {
    const TileGrid grid(job.planned->rows, columns);
    const std::int64_t elements = grid.paddedColumns() * job.planned->stepsOf(job.planned->inner);
    if (packedElements_ > 0 && packedElements_ + elements > kMostPacked) flush();
    const std::int64_t packed = packedElements_;
    addPanels(job, column, columns, packed);
    packedElements_ += elements;
    return packed;
  }

  // Has these columns packed to `packed` elements behind the start.
  void addPanels(const Job& job, std::int64_t column, std::int64_t columns, std::int64_t packed) {
    const TileGrid grid(job.planned->rows, columns);
    for (std::int64_t panel = 0; panel < grid.panels(); panel++) {
      panels_.push_back({&job, column + grid.firstColumn(panel), grid.columnsOf(panel), grid.widthOf(panel),
                         packed + grid.firstColumn(panel) * job.planned->stepsOf(job.planned->inner)});
    }
  }

  void packPanels(float* to) {
    forEach(pool_, isParallel_, static_cast<std::int64_t>(panels_.size()), [&](std::int64_t i) {
      const Panel& panel = panels_[i];
      packRight(*panel.job, panel.column, panel.columns, panel.width, to + panel.packed, run_);
    });
    panels_.clear();
  }

  // Packs what is shared, then computes all pieces so far.
  void flush() {
    float* packed = sharedMemory(packedElements_);
    packPanels(packed);
    forEach(pool_, isParallel_, static_cast<std::int64_t>(work_.size()), [&](std::int64_t i) {
      const Work& work = work_[i];
      computePiece(work.piece, work.packed < 0 ? work.kept : packed + work.packed, epilogue_, run_);
    });
    work_.clear();
    packedElements_ = 0;
  }

  // Memory that all threads reach, the caller's own.
  static float* sharedMemory(std::int64_t elements) {
    thread_local Scratch mine;
    return mine.of<float>(static_cast<std::size_t>(elements));
  }

  const Plan& plan_;
  const CallArguments& arguments_;
  const Epilogue& epilogue_;
  const Epilogue::Run& run_;
  ThreadPool& pool_;
  const bool isParallel_;
  const std::int64_t tileRows_;
  const std::int64_t panelColumns_;
  const std::vector<Job> jobs_;
  std::vector<Work> work_;
  std::vector<Panel> panels_;
  std::int64_t packedElements_ = 0;
};

}  // namespace

void ProductKernel::run(const CallArguments& arguments, ThreadPool& pool) {
  const Plan& plan = plans_.get(arguments.integers, static_cast<std::size_t>(arguments.integerCount));
  const bool isParallel = pool.threads() > 1 && plan.multiplications >= kLeastParallelMultiplications;
  const Epilogue::Run run(epilogue_, arguments, kOperands);
  if (plan.accumulates) {
    runAccumulation(plan, epilogue_, arguments, run, pool, isParallel);
  } else {
    Runner(plan, epilogue_, arguments, run, pool, isParallel).run();
  }
}

double ProductKernel::nanoseconds(const CallArguments& arguments) const {
  const Plan& plan = plans_.get(arguments.integers, static_cast<std::size_t>(arguments.integerCount));
  return kNanosecondsPerCall + plan.multiplications / kMultiplicationsPerNanosecond;
}

}  // namespace hadal
