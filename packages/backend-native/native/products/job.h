// One repetition of a product, and the pieces of it that threads take.
#pragma once

#include <vector>

#include "products/epilogue.h"
#include "products/plan.h"

namespace hadal {

struct Job {
  const PlannedProduct* planned;
  // Where the operands of this repetition begin.
  const char* left;
  const char* right;
  // Element offset in the outputs, index of the first row and of the first column.
  std::int64_t output;
  std::int64_t row;
  std::int64_t column;
};

// All repetitions of all products of a plan.
std::vector<Job> jobsOf(const Plan& plan, const CallArguments& arguments);

// A rectangle of a job's result.
struct Piece {
  const Job* job;
  std::int64_t row;
  std::int64_t rows;
  std::int64_t column;
  std::int64_t columns;
};

// A rectangle in tiles: rows are dealt out evenly, columns are a tile wide as long as there are enough of them.
class TileGrid {
 public:
  TileGrid(std::int64_t rows, std::int64_t columns);

  std::int64_t tiles() const { return tiles_; }
  std::int64_t panels() const { return panels_; }
  std::int64_t firstRow(std::int64_t tile) const { return tile * rows_ / tiles_; }
  int rowsOf(std::int64_t tile) const { return static_cast<int>(firstRow(tile + 1) - firstRow(tile)); }
  std::int64_t firstColumn(std::int64_t panel) const { return panel * panelColumns_; }
  int columnsOf(std::int64_t panel) const;
  // Vectors that a panel is wide, and the same in elements.
  int vectorsOf(std::int64_t panel) const;
  std::int64_t widthOf(std::int64_t panel) const { return std::int64_t{vectorsOf(panel)} * lanes_; }
  // Elements of the largest tile.
  std::int64_t tileElements() const { return std::int64_t{tileRows_} * panelColumns_; }
  // Columns with those that fill the last panel.
  std::int64_t paddedColumns() const;

 private:
  std::int64_t rows_;
  std::int64_t columns_;
  int lanes_;
  int tileRows_;
  std::int64_t panelColumns_;
  std::int64_t tiles_;
  std::int64_t panels_;
};

// Packs the right operand of a panel over the whole inner axis, and stores its sums where they are asked for.
void packRight(const Job& job, std::int64_t column, int columns, std::int64_t width, float* to, const Epilogue::Run& run);

// Computes a piece. `packed` holds the right operand of all columns of the piece, panel after panel over the whole inner
// axis; nullptr where it is still to be packed.
void computePiece(const Piece& piece, const float* packed, const Epilogue& epilogue, const Epilogue::Run& run);

}  // namespace hadal
