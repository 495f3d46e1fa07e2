#include "convolutions/narrow_kernel.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "isa/dispatch.h"
#include "pool/for_each.h"

namespace hadal {

namespace {

// Operands of a convolution: image and kernel.
constexpr int kOperands = 2;
// Planes of a band stay in the second-level cache.
constexpr std::int64_t kMostBandBytes = 512 * 1024;
constexpr std::int64_t kFewestBandRows = 4;
constexpr std::int64_t kElement = sizeof(float);
constexpr double kMultiplicationsPerNanosecond = 20;
// Work below this (about 20 µs) is done sooner than a second thread is woken.
constexpr double kLeastParallelMultiplications = 5e5;

struct NarrowAxis {
  std::int64_t extent;
  std::int64_t positions;
  std::int64_t window;
  std::int64_t dilation;
  std::int64_t before;
  // Between neighbours in the image and in the kernel.
  std::int64_t image;
  std::int64_t kernel;

  // How far the elements of a window reach beyond its first.
  std::int64_t reach() const { return (window - 1) * dilation; }
};

// The integers of a call, as src/library/narrow.ts writes them.
struct Shape {
  std::int64_t batch;
  std::int64_t channels;
  std::int64_t filters;
  // Where operands begin; distances between images, and between channels and filters of the kernel.
  std::int64_t image;
  std::int64_t kernel;
  std::int64_t imageDistance;
  std::int64_t channelDistance;
  std::int64_t filterDistance;
  NarrowAxis rows;
  NarrowAxis columns;

  std::int64_t inner() const { return channels * rows.window * columns.window; }
  // Lanes of a row of positions.
  std::int64_t pitch() const { return columns.positions + columns.reach(); }
  // Rows of positions for which planes are made at a time.
  std::int64_t bandRows() const {
    const std::int64_t fitting = kMostBandBytes / kElement / (pitch() * channels) - rows.reach();
    return std::max<std::int64_t>(1, std::min(rows.positions, std::max(kFewestBandRows, fitting)));
  }
  double multiplications() const {
    return static_cast<double>(batch) * rows.positions * columns.positions * filters * inner();
  }
};

Shape read(const CallArguments& arguments) {
  int position = 0;
  const auto next = [&]() -> std::int64_t {
    if (position == arguments.integerCount) throw std::invalid_argument("an argument of a convolution is missing");
    return arguments.integers[position++];
  };
  Shape shape = {};
  for (auto field : {&Shape::batch, &Shape::channels, &Shape::filters, &Shape::image, &Shape::kernel, &Shape::imageDistance,
                     &Shape::channelDistance, &Shape::filterDistance}) {
    shape.*field = next();
  }
  for (NarrowAxis* axis : {&shape.rows, &shape.columns}) {
    for (auto field : {&NarrowAxis::extent, &NarrowAxis::positions, &NarrowAxis::window, &NarrowAxis::dilation,
                       &NarrowAxis::before, &NarrowAxis::image, &NarrowAxis::kernel}) {
      axis->*field = next();
    }
  }
  return shape;
}

class Narrow {
 public:
  Narrow(const Shape& shape, const CallArguments& arguments, const Epilogue& epilogue)
      : shape_(shape),
        epilogue_(epilogue),
        run_(epilogue, arguments, kOperands),
        image_(reinterpret_cast<const float*>(arguments.bindings[0]) + shape.image),
        bandRows_(shape.bandRows()),
        lanes_(std::int64_t{kernelTable().products.lanes} * kernelTable().convolutions.narrowVectors[shape.filters - 1]),
        padded_((bandRows_ * shape.pitch() + lanes_ - 1) / lanes_ * lanes_),
        // Room for what the last lanes read, and for a vector that is written beyond a row. An odd number of cache lines, so
        // that planes do not share sets of the caches.
        plane_((padded_ + shape.rows.reach() * shape.pitch() + shape.columns.reach()) / 32 * 32 + 48) {
    packWeights(reinterpret_cast<const float*>(arguments.bindings[1]) + shape.kernel);
  }

  void run(ThreadPool& pool) const {
    const std::int64_t bands = (shape_.rows.positions + bandRows_ - 1) / bandRows_;
    const bool isParallel = pool.threads() > 1 && shape_.multiplications() >= kLeastParallelMultiplications;
    forEach(pool, isParallel, shape_.batch * bands, [&](std::int64_t task) {
      const std::int64_t first = task % bands * bandRows_;
      computeBand(task / bands, first, std::min(bandRows_, shape_.rows.positions - first));
    });
  }

 private:
  // What a thread works in.
  struct Workspace {
    Scratch planes, sums, row;
  };

  // Inner indices are channels, then taps: neighbouring taps read nearly the same lanes.
  void packWeights(const float* kernel) {
    for (std::int64_t channel = 0; channel < shape_.channels; channel++) {
      for (std::int64_t i = 0; i < shape_.rows.window; i++) {
        for (std::int64_t j = 0; j < shape_.columns.window; j++) {
          offsets_.push_back(channel * plane_ + i * shape_.rows.dilation * shape_.pitch() + j * shape_.columns.dilation);
          const float* tap = kernel + channel * shape_.channelDistance + i * shape_.rows.kernel + j * shape_.columns.kernel;
          for (std::int64_t f = 0; f < shape_.filters; f++) weights_.push_back(tap[f * shape_.filterDistance]);
        }
      }
    }
    for (std::int64_t x = 0; x < shape_.columns.positions; x++) {
      outputs_.push_back(x * shape_.filters * kElement);
      indices_.push_back(x);
    }
  }

  void computeBand(std::int64_t number, std::int64_t first, std::int64_t rows) const {
    thread_local Workspace own;
    const auto& kernels = kernelTable().convolutions;
    float* planes = own.planes.of<float>(plane_ * shape_.channels);
    split(image_ + number * shape_.imageDistance, first, rows, planes);
    float* sums = own.sums.of<float>(padded_ * shape_.filters);
    NarrowCall call = {planes, offsets_.data(), weights_.data(), shape_.inner(), sums, padded_};
    for (std::int64_t lane = 0; lane < rows * shape_.pitch(); lane += lanes_) {
      kernels.narrow[shape_.filters - 1](call);
      call.planes += lanes_;
      call.sums += lanes_;
    }
    const std::int64_t positions = shape_.columns.positions;
    float* row = own.row.of<float>(positions * shape_.filters);
    for (std::int64_t y = 0; y < rows; y++) {
      const float* from = sums + y * shape_.pitch();
      for (std::int64_t f = 0; f < shape_.filters; f++) {
        for (std::int64_t x = 0; x < positions; x++) row[x * shape_.filters + f] = from[f * padded_ + x];
      }
      finish(row, (number * shape_.rows.positions + first + y) * positions);
    }
  }

  // The rows of an image that a band reads, with zeros around them.
  void split(const float* image, std::int64_t first, std::int64_t rows, float* planes) const {
    const NarrowAxis& columns = shape_.columns;
    const std::int64_t pitch = shape_.pitch();
    const std::int64_t left = std::clamp<std::int64_t>(columns.before, 0, pitch);
    const std::int64_t cropped = std::max<std::int64_t>(0, -columns.before);
    const std::int64_t pixels = std::clamp<std::int64_t>(columns.extent - cropped, 0, pitch - left);
    const std::int64_t rowsRead = rows + shape_.rows.reach();
    for (std::int64_t i = 0; i < rowsRead; i++) {
      float* to = planes + i * pitch;
      const std::int64_t y = first + i - shape_.rows.before;
      const bool isInside = y >= 0 && y < shape_.rows.extent && pixels > 0;
      if (isInside) {
        kernelTable().convolutions.split(to + left, plane_, image + y * shape_.rows.image + cropped * columns.image,
                                         columns.image, pixels, shape_.channels);
      }
      const std::int64_t filled = isInside ? left + pixels : 0;
      for (std::int64_t channel = 0; channel < shape_.channels; channel++) {
        float* row = to + channel * plane_;
        if (isInside) std::fill(row, row + left, 0.0f);
        std::fill(row + filled, row + pitch, 0.0f);
      }
    }
    for (std::int64_t channel = 0; channel < shape_.channels; channel++) {
      std::fill(planes + channel * plane_ + rowsRead * pitch, planes + (channel + 1) * plane_, 0.0f);
    }
  }

  // One row of positions, all filters of each next to each other. Where nothing depends on filter or position, it is one row
  // of the result.
  void finish(const float* row, std::int64_t position) const {
    const std::int64_t filters = shape_.filters;
    const std::int64_t positions = shape_.columns.positions;
    const Place place = {position * filters, position, 0, outputs_.data(), indices_.data()};
    if (epilogue_.isSameEverywhere()) {
      run_.finish(row, positions * filters, 1, positions * filters, place);
    } else {
      run_.finish(row, filters, positions, filters, place);
    }
  }

  const Shape& shape_;
  const Epilogue& epilogue_;
  const Epilogue::Run run_;
  const float* image_;
  const std::int64_t bandRows_;
  // Lanes of a call, those of a band in whole calls, and elements from plane to plane.
  const std::int64_t lanes_;
  const std::int64_t padded_;
  const std::int64_t plane_;
  std::vector<std::ptrdiff_t> offsets_;
  std::vector<float> weights_;
  std::vector<std::ptrdiff_t> outputs_;
  std::vector<std::ptrdiff_t> indices_;
};

}  // namespace

void NarrowKernel::run(const CallArguments& arguments, ThreadPool& pool) {
  const Shape shape = read(arguments);
  if (shape.filters < 1 || shape.filters > kMostNarrowFilters) throw std::invalid_argument("these are not few filters");
  Narrow(shape, arguments, epilogue_).run(pool);
}

double NarrowKernel::nanoseconds(const CallArguments& arguments) const {
  return read(arguments).multiplications() / kMultiplicationsPerNanosecond;
}

}  // namespace hadal
