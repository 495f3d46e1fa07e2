// Right operands of products that are kept packed: those that stay as they are from run to run, such as the weights of a
// network that predicts. What is kept counts as memory of the device, and goes when the operand does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "memory/allocator.h"

namespace hadal {

// All of this is for the thread whose turn it is to do a device's work.
class KeptOperands {
 public:
  struct Kept {
    float* elements = nullptr;
    // Whether the operand has been packed there.
    bool isPacked = false;
  };

  explicit KeptOperands(Allocator& memory) : memory_(memory) {}

  // Where the operand at this address is kept in the layout of this plan, or is to be kept from now on. Nullptr while it is
  // not known to stay as it is, or where there is no room. `contents` tells what one buffer held from what it holds later.
  Kept* find(const std::byte* operand, std::uint64_t plan, double contents, std::size_t elements);

  // Forgets what is kept of operands in this range.
  void drop(const std::byte* from, std::size_t bytes);
  void clear();

 private:
  struct Entry {
    double contents;
    Kept kept;
  };
  // By address and plan.
  using Entries = std::map<std::pair<const std::byte*, std::uint64_t>, Entry>;

  void release(Entry& entry);
  void erase(Entries::iterator from, Entries::iterator end);

  Allocator& memory_;
  Entries entries_;
};

}  // namespace hadal
