#include "loops/lane_space.h"

#include <algorithm>

namespace hadal {

namespace {

// More axes than kernels have after core has merged them would still work, from the heap.
constexpr int kUsualRank = 16;

}  // namespace

LaneSpace::LaneSpace(std::vector<std::int64_t> extents, std::int64_t wanted) : extents_(std::move(extents)) {
  firstLaneAxis_ = rank();
  while (firstLaneAxis_ > 0 && (firstLaneAxis_ == rank() || lanes_ < wanted)) {
    lanes_ *= extents_[static_cast<std::size_t>(--firstLaneAxis_)];
  }
  for (int axis = 0; axis < firstLaneAxis_; axis++) outer_ *= extents_[static_cast<std::size_t>(axis)];
}

LaneStride LaneSpace::laneStride(const std::vector<std::int64_t>& strides) const {
  // Linear when every axis continues where the ones inside of it end. Axes of one index do not matter.
  std::int64_t inner = 0;
  std::int64_t length = 1;
  for (int axis = rank() - 1; axis >= firstLaneAxis_; axis--) {
    const auto at = static_cast<std::size_t>(axis);
    if (extents_[at] == 1) continue;
    if (length == 1) {
      inner = strides[at];
    } else if (strides[at] != inner * length) {
      return {LaneKind::general, 0};
    }
    length *= extents_[at];
  }
  return inner == 0 ? LaneStride{LaneKind::uniform, 0} : LaneStride{LaneKind::linear, inner};
}

std::int64_t LaneSpace::laneRun(const std::vector<std::int64_t>& strides) const {
  std::int64_t length = 1;
  for (int axis = rank() - 1; axis >= firstLaneAxis_; axis--) {
    const auto at = static_cast<std::size_t>(axis);
    if (extents_[at] == 1) continue;
    if (strides[at] != length) break;
    length *= extents_[at];
  }
  return length;
}

std::int64_t LaneSpace::outerOffset(const std::vector<std::int64_t>& strides, std::int64_t outer) const {
  return offsetOf(strides, outer, firstLaneAxis_);
}

std::int64_t LaneSpace::pointOffset(const std::vector<std::int64_t>& strides, std::int64_t point) const {
  return offsetOf(strides, point, rank());
}

std::int64_t LaneSpace::offsetOf(const std::vector<std::int64_t>& strides, std::int64_t point, int axes) const {
  std::int64_t offset = 0;
  for (int axis = axes - 1; axis >= 0 && point > 0; axis--) {
    const auto at = static_cast<std::size_t>(axis);
    offset += point % extents_[at] * strides[at];
    point /= extents_[at];
  }
  return offset;
}

void LaneSpace::laneOffsets(const std::vector<std::int64_t>& strides, std::int64_t start, int count,
                            std::int32_t* offsets) const {
  std::int64_t few[kUsualRank];
  std::vector<std::int64_t> many;
  std::int64_t* index = few;
  if (rank() > kUsualRank) {
    many.resize(extents_.size());
    index = many.data();
  }
  std::int64_t offset = 0;
  std::int64_t rest = start;
  for (int axis = rank() - 1; axis >= firstLaneAxis_; axis--) {
    const auto at = static_cast<std::size_t>(axis);
    index[at] = rest % extents_[at];
    rest /= extents_[at];
    offset += index[at] * strides[at];
  }
  const auto innermost = static_cast<std::size_t>(rank() - 1);
  for (int lane = 0; lane < count;) {
    const int run = static_cast<int>(std::min<std::int64_t>(extents_[innermost] - index[innermost], count - lane));
    const std::int64_t stride = strides[innermost];
    for (int i = 0; i < run; i++) offsets[lane + i] = static_cast<std::int32_t>(offset + i * stride);
    lane += run;
    offset -= index[innermost] * stride;
    index[innermost] = 0;
    for (int axis = rank() - 2; axis >= firstLaneAxis_; axis--) {
      const auto at = static_cast<std::size_t>(axis);
      offset += strides[at];
      if (++index[at] < extents_[at]) break;
      offset -= extents_[at] * strides[at];
      index[at] = 0;
    }
  }
}

}  // namespace hadal
