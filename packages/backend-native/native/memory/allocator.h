// Memory for tensors: aligned to cache lines, counted against a limit, checked when it is given back. Core keeps what
// programs free for reuse, so that this is asked for new ranges only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace hadal {

class Allocator {
 public:
  explicit Allocator(double limitBytes) : limitBytes_(limitBytes) {}
  ~Allocator() { clear(); }
  Allocator(const Allocator&) = delete;
  Allocator& operator=(const Allocator&) = delete;

  // A range with undefined contents, or nullptr where there is no room.
  std::byte* allocate(std::size_t bytes);
  // The bytes that are free now: 0 for what was not handed out, or was given back before.
  std::size_t free(std::byte* address);
  bool isUsed(std::byte* address) const;
  // Frees everything.
  void clear();
  std::size_t usedBytes() const;

 private:
  const double limitBytes_;
  mutable std::mutex mutex_;
  std::unordered_map<std::byte*, std::size_t> sizes_;
  std::size_t usedBytes_ = 0;
};

}  // namespace hadal
