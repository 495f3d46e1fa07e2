// How blocks of lanes cover some axes of a kernel: the innermost axes are walked as one run of lanes, in row-major
// order, and the others one index after another.
#pragma once

#include <cstdint>
#include <vector>

namespace hadal {

// How an address changes from lane to lane.
enum class LaneKind { uniform, linear, general };

struct LaneStride {
  LaneKind kind;
  // Of `linear`, in elements.
  std::int64_t stride;
};

class LaneSpace {
 public:
  LaneSpace() = default;
  // Takes axes into the run of lanes, from the innermost on, until the run has `wanted` lanes.
  LaneSpace(std::vector<std::int64_t> extents, std::int64_t wanted);

  const std::vector<std::int64_t>& extents() const { return extents_; }
  int rank() const { return static_cast<int>(extents_.size()); }
  // Axes before this one are outside of the run of lanes.
  int firstLaneAxis() const { return firstLaneAxis_; }
  // Lanes of one run, and how many runs there are.
  std::int64_t lanes() const { return lanes_; }
  std::int64_t outer() const { return outer_; }
  std::int64_t points() const { return lanes_ * outer_; }

  // The stride of an address with these strides along all axes.
  LaneStride laneStride(const std::vector<std::int64_t>& strides) const;
  // How many lanes at a time count up by one element, from each multiple of that number on; 1 where they do not.
  std::int64_t laneRun(const std::vector<std::int64_t>& strides) const;
  // Σ stride · index over the axes outside of the run, for the outer-th run.
  std::int64_t outerOffset(const std::vector<std::int64_t>& strides, std::int64_t outer) const;
  // Σ stride · index over all axes, for a point in row-major order.
  std::int64_t pointOffset(const std::vector<std::int64_t>& strides, std::int64_t point) const;
  // Σ stride · index over the axes of the run, for `count` lanes from `start` on.
  void laneOffsets(const std::vector<std::int64_t>& strides, std::int64_t start, int count, std::int32_t* offsets) const;

 private:
  // Of a point over the first `axes` axes, in row-major order.
  std::int64_t offsetOf(const std::vector<std::int64_t>& strides, std::int64_t point, int axes) const;

  std::vector<std::int64_t> extents_;
  int firstLaneAxis_ = 0;
  std::int64_t lanes_ = 1;
  std::int64_t outer_ = 1;
};

}  // namespace hadal
