// What happens to sums on their way to memory: side inputs are read, a scalar program is run, outputs are written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "isa/kernel_table.h"
#include "library/library_kernel.h"
#include "loops/block_program.h"
#include "memory/scratch.h"
#include "program/word_reader.h"

namespace hadal {

// What sums are rounded to before anything follows, which is the type of the operands; the codes are those of
// src/library/products.ts. `operands` rounds no sums: operands of float32 may become bfloat16 as they are packed.
enum class Rounding : int { none, float16, bfloat16, operands };

// How a side input is indexed; the codes are those of src/library/epilogue.ts.
enum class SideKind : int { full, column, row, scalar };

struct SideInput {
  SideKind kind;
  Storage storage;
  RegisterType type;
};

struct EpilogueOutput {
  int register_;
  Storage storage;
};

// Where a rectangle of sums belongs in the result.
struct Place {
  // Element offset of the repetition in the outputs, index of its first row, index of the first column.
  std::int64_t output;
  std::int64_t row;
  std::int64_t column;
  // From there: byte offset of each row in an output of 4-byte elements, and its row index.
  const std::ptrdiff_t* outputRows;
  const std::ptrdiff_t* rowIndices;
};

class Epilogue {
 public:
  explicit Epilogue(WordReader& words);

  // Whether products may be those of bfloat16.
  bool areBfloat16() const { return rounding_ == Rounding::bfloat16 || rounding_ == Rounding::operands; }
  int sideInputs() const { return static_cast<int>(sides_.size()); }
  int outputs() const { return static_cast<int>(outputs_.size()); }

  // Whether sums may go to memory straight from registers: there is one output in f32, and all that is done to them is
  // to add a column, to add a full side input and to replace what is below 0, each at most once and in this order.
  bool isDirect() const { return isDirect_ && !rounds(); }
  bool rectifies() const { return rectifies_; }
  // Positions among the side inputs, -1 for none.
  int addedColumn() const { return addedColumn_; }
  int addedFull() const { return addedFull_; }

  bool needsRowIndices() const;
  // Whether it does the same to all rows and columns.
  bool isSameEverywhere() const;

  // One run's bindings and scalars; `first` is the binding of the first side input.
  class Run {
   public:
    Run(const Epilogue& epilogue, const CallArguments& arguments, int first);

    const std::byte* side(int position) const { return arguments_.bindings[first_ + position]; }
    std::byte* output(int position) const { return arguments_.bindings[first_ + epilogue_.sideInputs() + position]; }

    // Where the sums of the right operand go, when a product has them: after the outputs.
    float* operandSums() const { return reinterpret_cast<float*>(output(epilogue_.outputs())); }

    // Takes `rows` × `columns` sums, `stride` apart, to where they belong.
    void finish(const float* sums, std::ptrdiff_t stride, std::int64_t rows, std::int64_t columns, const Place& place) const;

   private:
    void finishBlock(const float* sums, std::ptrdiff_t stride, std::int64_t rows, std::int64_t columns, const Place& place,
                     void** registers) const;
    void finishDirect(const float* sums, std::ptrdiff_t stride, std::int64_t rows, std::int64_t columns,
                      const Place& place) const;
    // Blocks of this thread, with constants and scalars in theirs, and what depends on columns alone for a block of so many
    // columns from this one on, one row after another.
    void** blocks(std::int64_t column, std::int64_t columns) const;
    void fillColumns(void* const* registers, std::int64_t column, std::int64_t columns) const;

    const Epilogue& epilogue_;
    const CallArguments& arguments_;
    const int first_;
    // Distinguishes runs, so that each thread fills its blocks once in each.
    const std::uint64_t number_;
  };

 private:
  void round(float* values, std::int64_t count) const;

  bool rounds() const { return rounding_ == Rounding::float16 || rounding_ == Rounding::bfloat16; }

  Rounding rounding_;
  std::vector<SideInput> sides_;
  std::vector<RegisterType> scalars_;
  std::vector<EpilogueOutput> outputs_;
  bool isDirect_;
  bool rectifies_;
  int addedColumn_;
  int addedFull_;
  BlockProgram body_;
  // The part of the body that is the same for all rows.
  BlockProgram columnBody_;
};

}  // namespace hadal
