// How long programs took. What a program is known to take says better than any estimate whether it is short.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace hadal {

class Durations {
 public:
  // Of the program with this identity, in nanoseconds, if it ran before.
  std::optional<double> of(std::uint64_t identity) const {
    const auto found = known_.find(identity);
    if (found == known_.end()) return std::nullopt;
    return found->second;
  }

  // A run that other work on the machine made slow counts little; one that became slow counts in the end.
  void add(std::uint64_t identity, double nanoseconds) {
    if (known_.size() >= kMost) known_.clear();
    const auto [found, isNew] = known_.try_emplace(identity, nanoseconds);
    if (!isNew) found->second = std::min(nanoseconds, found->second * kGrowth);
  }

 private:
  static constexpr std::size_t kMost = 4096;
  static constexpr double kGrowth = 1.1;
  std::unordered_map<std::uint64_t, double> known_;
};

}  // namespace hadal
