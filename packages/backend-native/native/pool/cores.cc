#include "pool/cores.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

#if defined(__linux__)
#include <sched.h>
#endif

namespace hadal {

namespace {

int coresOfThread() {
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
#endif
  return static_cast<int>(std::thread::hardware_concurrency());
}

// Quota over period of one control group; infinity where there is none.
double quotaOf(const std::string& folder) {
  double quota = 0;
  double period = 0;
  // Version 2 has one file, "max" in place of the quota where there is none; version 1 has two, and -1.
  if (std::ifstream file(folder + "/cpu.max"); file >> quota >> period && period > 0) return quota / period;
  std::ifstream quotaFile(folder + "/cpu.cfs_quota_us");
  std::ifstream periodFile(folder + "/cpu.cfs_period_us");
  if (quotaFile >> quota && periodFile >> period && quota > 0 && period > 0) return quota / period;
  return INFINITY;
}

// The least quota of this process' group and the groups around it.
double quota() {
  double least = std::min(quotaOf("/sys/fs/cgroup"), quotaOf("/sys/fs/cgroup/cpu"));
  std::ifstream groups("/proc/self/cgroup");
  // Lines are number:controllers:path; version 2 names no controllers.
  for (std::string line; std::getline(groups, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (!controllers.empty() && controllers.find("cpu") == std::string::npos) continue;
    const std::string root = controllers.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/" + controllers;
    for (std::string path = line.substr(second + 1); path.size() > 1; path.erase(path.rfind('/'))) {
      least = std::min(least, quotaOf(root + path));
    }
  }
  return least;
}

}  // namespace

int availableCores() {
  const int cores = std::max(1, coresOfThread());
  const double limit = std::ceil(quota());
  return limit < cores ? std::max(1, static_cast<int>(limit)) : cores;
}

}  // namespace hadal
