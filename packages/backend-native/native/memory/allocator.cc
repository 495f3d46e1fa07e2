#include "memory/allocator.h"

#include "memory/aligned.h"
#include "memory/huge_pages.h"

namespace hadal {

namespace {

// A cache line, and enough for every vector.
constexpr std::size_t kAlignment = 64;

constexpr std::size_t roundUp(std::size_t bytes, std::size_t step) { return (bytes + step - 1) / step * step; }

}  // namespace

void Allocator::clear() {
  std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [address, size] : sizes_) freeAligned(address);
  sizes_.clear();
  usedBytes_ = 0;
}

bool Allocator::isUsed(std::byte* address) const {
  std::lock_guard<std::mutex> lock(mutex_);
  return sizes_.count(address) > 0;
}

std::byte* Allocator::allocate(std::size_t bytes) {
  const bool isHuge = bytes >= kHugePage;
  const std::size_t alignment = isHuge ? kHugePage : kAlignment;
  const std::size_t size = roundUp(bytes == 0 ? 1 : bytes, kAlignment);
  std::lock_guard<std::mutex> lock(mutex_);
  if (static_cast<double>(usedBytes_) + static_cast<double>(size) > limitBytes_) return nullptr;
  void* memory = allocateAligned(alignment, size);
  if (memory == nullptr) return nullptr;
  adviseHugePages(memory, size);
  auto* address = static_cast<std::byte*>(memory);
  sizes_.emplace(address, size);
  usedBytes_ += size;
  return address;
}

std::size_t Allocator::free(std::byte* address) {
  std::lock_guard<std::mutex> lock(mutex_);
  const auto found = sizes_.find(address);
  if (found == sizes_.end()) return 0;
  const std::size_t size = found->second;
  usedBytes_ -= size;
  sizes_.erase(found);
  freeAligned(address);
  return size;
}

std::size_t Allocator::usedBytes() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return usedBytes_;
}

}  // namespace hadal
