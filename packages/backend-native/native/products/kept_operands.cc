#include "products/kept_operands.h"

namespace hadal {

KeptOperands::Kept* KeptOperands::find(const std::byte* operand, std::uint64_t plan, double contents,
                                       std::size_t elements) {
  const auto [found, isNew] = entries_.try_emplace({operand, plan}, Entry{contents, {}});
  Entry& entry = found->second;
  if (isNew) return nullptr;
  if (entry.contents != contents) {
    release(entry);
    entry.contents = contents;
    return nullptr;
  }
  if (entry.kept.elements == nullptr) {
    entry.kept.elements = reinterpret_cast<float*>(memory_.allocate(elements * sizeof(float)));
  }
  return entry.kept.elements == nullptr ? nullptr : &entry.kept;
}

void KeptOperands::drop(const std::byte* from, std::size_t bytes) {
  erase(entries_.lower_bound({from, 0}), entries_.lower_bound({from + bytes, 0}));
}

void KeptOperands::clear() { erase(entries_.begin(), entries_.end()); }

void KeptOperands::erase(Entries::iterator from, Entries::iterator end) {
  for (auto at = from; at != end; ++at) release(at->second);
  entries_.erase(from, end);
}

void KeptOperands::release(Entry& entry) {
  if (entry.kept.elements != nullptr) memory_.free(reinterpret_cast<std::byte*>(entry.kept.elements));
  entry.kept = {};
}

}  // namespace hadal
