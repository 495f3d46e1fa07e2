#include "products/epilogue.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "isa/dispatch.h"

namespace hadal {

namespace {

// Lanes of a block: a tile of sums and all its registers stay in the first-level cache.
constexpr int kBlockLanes = 384;
// Room for a lane of any type.
constexpr int kLaneBytes = 8;
constexpr std::int64_t kElement = sizeof(float);

constexpr int kStorageBytes[kStorages] = {4, 8, 4, 1};

constexpr int bytesOf(Storage storage) { return kStorageBytes[static_cast<int>(storage)]; }
constexpr int bytesOf(RegisterType type) { return type == RegisterType::f64 ? 8 : 4; }

std::vector<SideInput> readSides(WordReader& words) {
  std::vector<SideInput> sides(words.integer());
  for (SideInput& side : sides) {
    side.kind = static_cast<SideKind>(words.integer());
    side.storage = static_cast<Storage>(words.integer());
    side.type = static_cast<RegisterType>(words.integer());
  }
  return sides;
}

std::vector<RegisterType> readScalars(WordReader& words) {
  std::vector<RegisterType> scalars(words.integer());
  for (RegisterType& type : scalars) type = static_cast<RegisterType>(words.integer());
  return scalars;
}

std::vector<EpilogueOutput> readOutputs(WordReader& words) {
  std::vector<EpilogueOutput> outputs(words.integer());
  for (EpilogueOutput& output : outputs) {
    output.register_ = words.integer();
    output.storage = static_cast<Storage>(words.integer());
  }
  return outputs;
}

// The bytes of a tile's width are copied by the compiler's own instructions, for which a call takes longer than copying.
void copy(void* to, const void* from, std::int64_t bytes) {
  constexpr std::int64_t kTileWidth = 128;
  if (bytes == kTileWidth) {
    std::memcpy(to, from, kTileWidth);
  } else {
    std::memcpy(to, from, static_cast<std::size_t>(bytes));
  }
}

// Widens bytes to int32; everything else is kept in memory as it is in registers.
void load(void* to, const std::byte* from, Storage storage, std::int64_t count) {
  if (storage != Storage::u8) {
    copy(to, from, count * bytesOf(storage));
    return;
  }
  auto* lanes = static_cast<std::int32_t*>(to);
  for (std::int64_t i = 0; i < count; i++) lanes[i] = std::to_integer<std::int32_t>(from[i]);
}

void store(std::byte* to, const void* from, Storage storage, std::int64_t count) {
  if (storage != Storage::u8) {
    copy(to, from, count * bytesOf(storage));
    return;
  }
  const auto* lanes = static_cast<const std::int32_t*>(from);
  for (std::int64_t i = 0; i < count; i++) to[i] = static_cast<std::byte>(lanes[i]);
}

template <class T>
void fill(void* to, const std::byte* from, std::int64_t count) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  std::fill_n(static_cast<T*>(to), count, value);
}

// The same element in every lane.
void spread(void* to, const std::byte* from, Storage storage, std::int64_t count) {
  if (storage == Storage::u8) {
    std::fill_n(static_cast<std::int32_t*>(to), count, std::to_integer<std::int32_t>(*from));
  } else if (storage == Storage::f64) {
    fill<double>(to, from, count);
  } else {
    fill<std::int32_t>(to, from, count);
  }
}

// Blocks of one thread: for which run they are, and for which columns.
struct ThreadBlocks {
  Scratch memory;
  std::vector<void*> registers;
  std::uint64_t run = 0;
  std::int64_t column = 0;
  std::int64_t columns = 0;
};

std::uint64_t nextRun() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

void* laneOf(void* block, RegisterType type, std::int64_t lane) {
  return static_cast<std::byte*>(block) + lane * bytesOf(type);
}

// Rows of a block of so many columns.
std::int64_t heightOf(std::int64_t columns) { return std::max<std::int64_t>(1, kBlockLanes / columns); }

// Which registers are the same for all rows: those of columns, and of what is the same everywhere. Register 0 has the sums.
std::vector<bool> knownRegisters(const std::vector<SideInput>& sides, std::size_t scalars) {
  std::vector<bool> known = {false};
  for (const SideInput& side : sides) known.push_back(side.kind == SideKind::column || side.kind == SideKind::scalar);
  known.insert(known.end(), scalars, true);
  return known;
}

}  // namespace

Epilogue::Epilogue(WordReader& words)
    : rounding_(static_cast<Rounding>(words.integer())),
      sides_(readSides(words)),
      scalars_(readScalars(words)),
      outputs_(readOutputs(words)),
      isDirect_(words.integer() == 1),
      rectifies_(words.integer() == 1),
      addedColumn_(words.integer()),
      addedFull_(words.integer()),
      body_(words),
      columnBody_(body_.takeKnown(knownRegisters(sides_, scalars_.size()))) {
  // What is added to rounded sums is added after they are rounded.
  if (rounds() && (rectifies_ || addedColumn_ >= 0 || addedFull_ >= 0)) isDirect_ = false;
}

void Epilogue::round(float* values, std::int64_t count) const {
  if (rounding_ == Rounding::float16) kernelTable().products.roundToFloat16(values, count);
  if (rounding_ == Rounding::bfloat16) kernelTable().products.roundToBfloat16(values, count);
}

bool Epilogue::needsRowIndices() const {
  return std::any_of(sides_.begin(), sides_.end(), [](const SideInput& side) { return side.kind == SideKind::row; });
}

bool Epilogue::isSameEverywhere() const {
  return std::all_of(sides_.begin(), sides_.end(), [](const SideInput& side) {
    return side.kind == SideKind::full || side.kind == SideKind::scalar;
  });
}

Epilogue::Run::Run(const Epilogue& epilogue, const CallArguments& arguments, int first)
    : epilogue_(epilogue), arguments_(arguments), first_(first), number_(nextRun()) {}

void** Epilogue::Run::blocks(std::int64_t column, std::int64_t columns) const {
  thread_local ThreadBlocks mine;
  if (mine.run == number_ && mine.column == column && mine.columns == columns) return mine.registers.data();
  const auto& sides = epilogue_.sides_;
  const auto& scalars = epilogue_.scalars_;
  if (mine.run != number_) {
    const int registers = std::max<int>(epilogue_.body_.registers(), 1 + static_cast<int>(sides.size() + scalars.size()));
    auto* memory = mine.memory.of<std::byte>(static_cast<std::size_t>(registers) * kBlockLanes * kLaneBytes);
    mine.registers.resize(registers);
    for (int i = 0; i < registers; i++) mine.registers[i] = memory + static_cast<std::size_t>(i) * kBlockLanes * kLaneBytes;
    // Lanes that nobody writes are computed with as well.
    std::memset(memory, 0, static_cast<std::size_t>(registers) * kBlockLanes * kLaneBytes);
    epilogue_.body_.fillConstants(mine.registers.data(), kBlockLanes);
    for (std::size_t i = 0; i < sides.size(); i++) {
      if (sides[i].kind == SideKind::scalar) {
        spread(mine.registers[1 + i], side(static_cast<int>(i)), sides[i].storage, kBlockLanes);
      }
    }
    for (std::size_t i = 0; i < scalars.size(); i++) {
      fillBlock(mine.registers[1 + sides.size() + i], scalars[i], arguments_.scalars[i], kBlockLanes);
    }
  }
  fillColumns(mine.registers.data(), column, columns);
  mine.run = number_;
  mine.column = column;
  mine.columns = columns;
  return mine.registers.data();
}

void Epilogue::Run::fillColumns(void* const* registers, std::int64_t column, std::int64_t columns) const {
  const auto& sides = epilogue_.sides_;
  const std::int64_t height = heightOf(columns);
  for (std::size_t s = 0; s < sides.size(); s++) {
    const auto& [kind, storage, type] = sides[s];
    if (kind != SideKind::column) continue;
    const std::byte* from = side(static_cast<int>(s)) + column * bytesOf(storage);
    for (std::int64_t i = 0; i < height; i++) load(laneOf(registers[1 + s], type, i * columns), from, storage, columns);
  }
  epilogue_.columnBody_.run(registers, kBlockLanes);
}

void Epilogue::Run::finish(const float* sums, std::ptrdiff_t stride, std::int64_t rows, std::int64_t columns,
                           const Place& place) const {
  if (epilogue_.isDirect_) {
    finishDirect(sums, stride, rows, columns, place);
    return;
  }
  const std::int64_t width = std::min<std::int64_t>(columns, kBlockLanes);
  const std::int64_t height = heightOf(width);
  for (std::int64_t column = 0; column < columns; column += width) {
    const std::int64_t blockColumns = std::min(width, columns - column);
    void** registers = blocks(place.column + column, blockColumns);
    for (std::int64_t row = 0; row < rows; row += height) {
      finishBlock(sums + row * stride + column, stride, std::min(height, rows - row), blockColumns,
                  {place.output, place.row, place.column + column, place.outputRows + row,
                   place.rowIndices == nullptr ? nullptr : place.rowIndices + row},
                  registers);
    }
  }
}

void Epilogue::Run::finishBlock(const float* sums, std::ptrdiff_t stride, std::int64_t rows, std::int64_t columns,
                                const Place& place, void** registers) const {
  const auto elementOf = [&](std::int64_t row) { return place.output + place.outputRows[row] / kElement + place.column; };
  const int lanes = static_cast<int>(rows * columns);
  const int padded = (lanes + kLaneGroup - 1) / kLaneGroup * kLaneGroup;
  // Sums that lie as a block does are read where they are.
  const bool isBlock = (stride == columns || rows == 1) && padded == lanes && !epilogue_.rounds();
  void* const own = registers[0];
  if (isBlock) {
    registers[0] = const_cast<float*>(sums);
  } else {
    for (std::int64_t i = 0; i < rows; i++) {
      copy(static_cast<float*>(own) + i * columns, sums + i * stride, columns * kElement);
    }
    epilogue_.round(static_cast<float*>(own), lanes);
  }
  for (std::size_t s = 0; s < epilogue_.sides_.size(); s++) {
    const auto& [kind, storage, type] = epilogue_.sides_[s];
    const std::byte* from = side(static_cast<int>(s));
    for (std::int64_t i = 0; i < rows && (kind == SideKind::full || kind == SideKind::row); i++) {
      void* to = laneOf(registers[1 + s], type, i * columns);
      if (kind == SideKind::full) {
        load(to, from + elementOf(i) * bytesOf(storage), storage, columns);
      } else {
        spread(to, from + (place.row + place.rowIndices[i]) * bytesOf(storage), storage, columns);
      }
    }
  }
  epilogue_.body_.run(registers, padded);
  for (std::size_t o = 0; o < epilogue_.outputs_.size(); o++) {
    const auto& [number, storage] = epilogue_.outputs_[o];
    const RegisterType type = storage == Storage::u8 ? RegisterType::i32 : static_cast<RegisterType>(storage);
    for (std::int64_t i = 0; i < rows; i++) {
      store(output(static_cast<int>(o)) + elementOf(i) * bytesOf(storage), laneOf(registers[number], type, i * columns),
            storage, columns);
    }
  }
  registers[0] = own;
}

void Epilogue::Run::finishDirect(const float* sums, std::ptrdiff_t stride, std::int64_t rows, std::int64_t columns,
                                 const Place& place) const {
  const auto& kernels = kernelTable().products;
  const auto sideAt = [&](int position) {
    return position < 0 ? nullptr : reinterpret_cast<const float*>(side(position));
  };
  const float* column = sideAt(epilogue_.addedColumn_);
  if (column != nullptr) column += place.column;
  const float* full = sideAt(epilogue_.addedFull_);
  auto* to = reinterpret_cast<float*>(output(0));
  for (std::int64_t i = 0; i < rows; i++) {
    const std::int64_t element = place.output + place.outputRows[i] / kElement + place.column;
    kernels.finishRow(to + element, sums + i * stride, column, full == nullptr ? nullptr : full + element,
                      epilogue_.rectifies_, columns);
    epilogue_.round(to + element, columns);
  }
}

}  // namespace hadal
