#include "products/job.h"

#include <algorithm>

#include "isa/dispatch.h"

namespace hadal {

namespace {

constexpr std::int64_t kElement = sizeof(float);

void addJobs(const PlannedProduct& planned, Job at, std::size_t depth, std::vector<Job>* jobs) {
  const Axes& loop = planned.product.loop;
  if (depth == loop.size()) {
    jobs->push_back(at);
    return;
  }
  const Axis& axis = loop[depth];
  for (std::int64_t i = 0; i < axis.extent; i++) {
    addJobs(planned,
            {at.planned, at.left + i * axis.left * kElement, at.right + i * axis.right * kElement,
             at.output + i * axis.output, at.row + i * axis.row, at.column + i * axis.column},
            depth + 1, jobs);
  }
}

// What a thread needs beside the piece it computes.
struct Workspace {
  Scratch leftRows, leftInner, rightInner, rightColumns, outputRows, rowIndices, leftPlaces;
  Scratch left, right, sums, column;
};

Workspace& workspace() {
  thread_local Workspace mine;
  return mine;
}

// Tables of a piece's rows.
struct RowTables {
  const std::ptrdiff_t* left;
  const std::ptrdiff_t* output;
  const std::ptrdiff_t* indices;
};

RowTables tabulateRows(const Job& job, std::int64_t row, std::int64_t rows, bool needsIndices) {
  Workspace& own = workspace();
  const Axes& axes = job.planned->product.rows;
  const auto tabulate = [&](Scratch& scratch, std::int64_t Axis::*field, std::int64_t scale) {
    auto* table = scratch.of<std::ptrdiff_t>(rows);
    enumerate(axes, field, row, rows, scale, table);
    return table;
  };
  return {tabulate(own.leftRows, &Axis::left, kElement), tabulate(own.outputRows, &Axis::output, kElement),
          needsIndices ? tabulate(own.rowIndices, &Axis::row, 1) : nullptr};
}

const std::ptrdiff_t* tabulateInner(Scratch& scratch, const Job& job, std::int64_t Axis::*field, std::int64_t start,
                                    std::int64_t inner) {
  auto* table = scratch.of<std::ptrdiff_t>(inner);
  enumerate(job.planned->product.inner, field, start, inner, kElement, table);
  return table;
}

auto packFunction(const Job& job) {
  const auto& kernels = kernelTable().products;
  return job.planned->left == LeftForm::pairs ? kernels.packPairs : kernels.pack;
}

void packRightTabulated(const Job& job, std::int64_t column, int columns, std::int64_t width,
                        const std::ptrdiff_t* rightInner, std::int64_t inner, float* to) {
  auto* places = workspace().rightColumns.of<std::ptrdiff_t>(columns);
  enumerate(job.planned->product.columns, &Axis::right, column, columns, kElement, places);
  packFunction(job)(to, width, job.right, places, columns, rightInner, inner);
}

// The left operand of one piece and one stretch of the inner axis, as tiles read it.
class LeftTiles {
 public:
  LeftTiles(const Job& job, const TileGrid& grid, std::int64_t rows, const RowTables& tables,
            const std::ptrdiff_t* leftInner, std::int64_t inner)
      : isPacked_(job.planned->left != LeftForm::inPlace), leftInner_(leftInner), steps_(job.planned->stepsOf(inner)) {
    Workspace& own = workspace();
    if (isPacked_) {
      // Packing may write one vector beyond a tile.
      packed_ = own.left.of<float>(rows * steps_ + kernelTable().products.lanes);
      for (std::int64_t tile = 0; tile < grid.tiles(); tile++) {
        const std::int64_t first = grid.firstRow(tile);
        packFunction(job)(packed_ + first * steps_, grid.rowsOf(tile), job.left, tables.left + first,
                          grid.rowsOf(tile), leftInner, inner);
      }
    } else {
      places_ = own.leftPlaces.of<const char*>(rows);
      for (std::int64_t i = 0; i < rows; i++) places_[i] = job.left + tables.left[i];
    }
  }

  void describe(std::int64_t firstRow, TileCall* call) const {
    call->left = isPacked_ ? packed_ + firstRow * steps_ : nullptr;
    call->leftRows = isPacked_ ? nullptr : places_ + firstRow;
    call->leftInner = leftInner_;
    call->inner = steps_;
  }

 private:
  const bool isPacked_;
  const std::ptrdiff_t* leftInner_;
  const std::int64_t steps_;
  float* packed_ = nullptr;
  const char** places_ = nullptr;
};

TileFunction tileFunction(const Job& job, int vectors, int rows) {
  return kernelTable().products.tiles[static_cast<int>(job.planned->left)][vectors - 1][rows - 1];
}

// The columns of a panel that the epilogue adds, in whole vectors.
const float* addedColumns(const Epilogue& epilogue, const Epilogue::Run& run, std::int64_t column, int columns,
                          std::int64_t width) {
  if (epilogue.addedColumn() < 0) return nullptr;
  const auto* from = reinterpret_cast<const float*>(run.side(epilogue.addedColumn())) + column;
  if (columns == width) return from;
  auto* padded = workspace().column.of<float>(width);
  std::fill_n(std::copy_n(from, columns, padded), width - columns, 0.0f);
  return padded;
}

void computeTiles(const Piece& piece, const float* packed, const Epilogue& epilogue, const Epilogue::Run& run) {
  const Job& job = *piece.job;
  const PlannedProduct& planned = *job.planned;
  Workspace& own = workspace();
  const RowTables tables = tabulateRows(job, piece.row, piece.rows, epilogue.needsRowIndices());
  const TileGrid grid(piece.rows, piece.columns);
  const bool hasParts = planned.innerBlock < planned.inner;
  const std::int64_t tileElements = grid.tileElements();
  float* sums = own.sums.of<float>(tileElements * (hasParts ? grid.tiles() * grid.panels() : 1));
  const bool isDirect = epilogue.isDirect();

  TileCall call = {};
  call.rectify = epilogue.rectifies();
  // An empty sum has one empty stretch.
  std::int64_t start = 0;
  do {
    const std::int64_t inner = std::min(planned.innerBlock, planned.inner - start);
    const auto* leftInner = tabulateInner(own.leftInner, job, &Axis::left, start, inner);
    const LeftTiles left(job, grid, piece.rows, tables, leftInner, inner);
    const auto* rightInner =
        packed == nullptr ? tabulateInner(own.rightInner, job, &Axis::right, start, inner) : nullptr;
    call.isFirst = start == 0;
    const bool isLast = start + inner == planned.inner;
    call.isLast = isLast && isDirect;
    for (std::int64_t panel = 0; panel < grid.panels(); panel++) {
      const std::int64_t width = grid.widthOf(panel);
      const std::int64_t first = piece.column + grid.firstColumn(panel);
      const std::int64_t column = job.column + first;
      call.columns = grid.columnsOf(panel);
      if (packed != nullptr) {
        call.right = packed + grid.firstColumn(panel) * planned.stepsOf(planned.inner) + planned.stepsOf(start) * width;
      } else {
        float* to = own.right.of<float>(width * planned.stepsOf(inner));
        packRightTabulated(job, first, call.columns, width, rightInner, inner, to);
        call.right = to;
        // The pieces of a panel that pack it for themselves leave its sums to the first of them.
        if (planned.product.sums && piece.row == 0) {
          kernelTable().products.sumPanel(run.operandSums() + first, to, width, call.columns, inner, call.isFirst);
        }
      }
      if (call.isLast) {
        call.output = reinterpret_cast<char*>(run.output(0)) + (job.output + column) * kElement;
        call.full = epilogue.addedFull() < 0 ? nullptr
                                             : reinterpret_cast<const char*>(run.side(epilogue.addedFull())) +
                                                   (job.output + column) * kElement;
        call.column = addedColumns(epilogue, run, column, call.columns, width);
      }
      for (std::int64_t tile = 0; tile < grid.tiles(); tile++) {
        const std::int64_t firstRow = grid.firstRow(tile);
        const int rows = grid.rowsOf(tile);
        left.describe(firstRow, &call);
        call.sums = sums + (hasParts ? (panel * grid.tiles() + tile) * tileElements : 0);
        call.outputRows = tables.output + firstRow;
        tileFunction(job, grid.vectorsOf(panel), rows)(call);
        if (isLast && !isDirect) {
          run.finish(call.sums, width, rows, call.columns,
                     {job.output, job.row, column, tables.output + firstRow,
                      tables.indices == nullptr ? nullptr : tables.indices + firstRow});
        }
      }
    }
    start += inner;
  } while (start < planned.inner);
}

// The sums of some columns of the right operand, where no tile packs it.
void sumRight(const Piece& piece, float* sums) {
  const Job& job = *piece.job;
  const PlannedProduct& planned = *job.planned;
  Workspace& own = workspace();
  const TileGrid grid(planned.rows, piece.columns);
  for (std::int64_t panel = 0; panel < grid.panels(); panel++) {
    const std::int64_t width = grid.widthOf(panel);
    const std::int64_t first = piece.column + grid.firstColumn(panel);
    for (std::int64_t start = 0; start < planned.inner; start += planned.innerBlock) {
      const std::int64_t inner = std::min(planned.innerBlock, planned.inner - start);
      const auto* rightInner = tabulateInner(own.rightInner, job, &Axis::right, start, inner);
      float* to = own.right.of<float>(width * inner);
      packRightTabulated(job, first, grid.columnsOf(panel), width, rightInner, inner, to);
      kernelTable().products.sumPanel(sums + first, to, width, grid.columnsOf(panel), inner, start == 0);
    }
  }
}

// All rows of the product, which are few, for some of its columns.
void computeFewRows(const Piece& piece, const Epilogue& epilogue, const Epilogue::Run& run) {
  const Job& job = *piece.job;
  const PlannedProduct& planned = *job.planned;
  const auto& kernels = kernelTable().products;
  Workspace& own = workspace();
  const RowTables tables = tabulateRows(job, 0, planned.rows, epilogue.needsRowIndices());
  const int rows = static_cast<int>(planned.rows);
  const auto* leftInner = tabulateInner(own.leftInner, job, &Axis::left, 0, planned.inner);
  float* left = own.left.of<float>(rows * planned.inner + kernels.lanes);
  float* sums = own.sums.of<float>(rows * piece.columns);
  if (planned.form == Form::stripes) {
    kernels.pack(left, rows, job.left, tables.left, rows, leftInner, planned.inner);
    const auto* rightInner = tabulateInner(own.rightInner, job, &Axis::right, 0, planned.inner);
    std::fill_n(sums, rows * piece.columns, 0.0f);
    kernels.stripes[rows - 1](sums, piece.columns, left, job.right + piece.column * kElement, rightInner, planned.inner,
                              piece.columns);
  } else {
    for (int i = 0; i < rows; i++) {
      for (std::int64_t k = 0; k < planned.inner; k++) {
        left[i * planned.inner + k] = *reinterpret_cast<const float*>(job.left + tables.left[i] + leftInner[k]);
      }
    }
    auto* places = own.rightColumns.of<std::ptrdiff_t>(piece.columns);
    enumerate(planned.product.columns, &Axis::right, piece.column, piece.columns, kElement, places);
    kernels.dots[rows - 1](sums, piece.columns, left, job.right, places, piece.columns, planned.inner);
  }
  run.finish(sums, piece.columns, rows, piece.columns,
             {job.output, job.row, job.column + piece.column, tables.output, tables.indices});
  if (planned.product.sums) sumRight(piece, run.operandSums());
}

}  // namespace

std::vector<Job> jobsOf(const Plan& plan, const CallArguments& arguments) {
  std::vector<Job> jobs;
  for (const PlannedProduct& planned : plan.products) {
    const Product& product = planned.product;
    const auto operand = [&](int position) { return reinterpret_cast<const char*>(arguments.bindings[position]); };
    addJobs(planned,
            {&planned, operand(product.exchanged ? 1 : 0) + product.left * kElement,
             operand(product.exchanged ? 0 : 1) + product.right * kElement, product.output, product.row, 0},
            0, &jobs);
  }
  return jobs;
}

TileGrid::TileGrid(std::int64_t rows, std::int64_t columns)
    : rows_(rows),
      columns_(columns),
      lanes_(kernelTable().products.lanes),
      tileRows_(kernelTable().products.tileRows),
      panelColumns_(std::int64_t{lanes_} * kTileVectors),
      tiles_((rows + tileRows_ - 1) / tileRows_),
      panels_((columns + panelColumns_ - 1) / panelColumns_) {}

int TileGrid::columnsOf(std::int64_t panel) const {
  return static_cast<int>(std::min(panelColumns_, columns_ - firstColumn(panel)));
}

int TileGrid::vectorsOf(std::int64_t panel) const { return columnsOf(panel) > lanes_ ? kTileVectors : 1; }

std::int64_t TileGrid::paddedColumns() const {
  return firstColumn(panels_ - 1) + widthOf(panels_ - 1);
}

void packRight(const Job& job, std::int64_t column, int columns, std::int64_t width, float* to, const Epilogue::Run& run) {
  const PlannedProduct& planned = *job.planned;
  const auto* rightInner = tabulateInner(workspace().rightInner, job, &Axis::right, 0, planned.inner);
  packRightTabulated(job, column, columns, width, rightInner, planned.inner, to);
  if (!planned.product.sums) return;
  // In the blocks in which a piece that packs for itself adds them.
  for (std::int64_t start = 0; start < planned.inner; start += planned.innerBlock) {
    kernelTable().products.sumPanel(run.operandSums() + column, to + start * width, width, columns,
                                    std::min(planned.innerBlock, planned.inner - start), start == 0);
  }
}

void computePiece(const Piece& piece, const float* packed, const Epilogue& epilogue, const Epilogue::Run& run) {
  if (piece.job->planned->form == Form::tiles) {
    computeTiles(piece, packed, epilogue, run);
  } else {
    computeFewRows(piece, epilogue, run);
  }
}

}  // namespace hadal
