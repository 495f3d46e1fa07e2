#include "program/program.h"

#include <cstring>
#include <stdexcept>
#include <string>

#include "program/word_reader.h"

namespace hadal {

namespace {

constexpr int kRunStep = 1;
constexpr int kCopyStep = 2;
constexpr std::size_t kRunHeaderWords = 5;
constexpr std::size_t kBindingWords = 3;
constexpr std::size_t kCopyWords = 4;
// What a core copies in a nanosecond.
constexpr double kCopyBytesPerNs = 8;
// Copies of this size are split between threads.
constexpr std::int64_t kCopyChunk = std::int64_t{1} << 20;

template <class T>
T* pointerOf(double address) {
  return reinterpret_cast<T*>(static_cast<std::uintptr_t>(address));
}

// The arguments of a dispatch, in arrays that are used again for the next one.
struct Arguments {
  std::vector<std::byte*> bindings;
  std::vector<double> lengths;
  std::vector<double> contents;
  std::vector<double> scalars;
  std::vector<std::int32_t> integers;

  // Reads what follows the code of a run step. Returns the kernel.
  Kernel& read(WordReader& words) {
    auto* kernel = pointerOf<Kernel>(words.number());
    bindings.resize(static_cast<std::size_t>(words.integer()));
    lengths.resize(bindings.size());
    contents.resize(bindings.size());
    scalars.resize(static_cast<std::size_t>(words.integer()));
    integers.resize(static_cast<std::size_t>(words.integer()));
    for (std::size_t i = 0; i < bindings.size(); i++) {
      bindings[i] = pointerOf<std::byte>(words.number());
      lengths[i] = words.number();
      contents[i] = words.number();
    }
    for (double& scalar : scalars) scalar = words.number();
    for (std::int32_t& integer : integers) integer = words.integer();
    return *kernel;
  }

  LoopArguments loop() const {
    return {bindings.data(), lengths.data(), scalars.data(), integers.data(), static_cast<int>(integers.size())};
  }
  CallArguments call(KeptOperands* kept = nullptr) const {
    return {bindings.data(), static_cast<int>(bindings.size()), scalars.data(), static_cast<int>(scalars.size()),
            integers.data(), static_cast<int>(integers.size()), contents.data(), kept};
  }
};

struct Copy {
  const std::byte* from;
  std::byte* to;
  std::int64_t bytes;

  explicit Copy(WordReader& words)
      : from(pointerOf<const std::byte>(words.number())), to(pointerOf<std::byte>(words.number())), bytes(words.wide()) {}

  void run(ThreadPool& pool) const {
    const std::int64_t chunks = (bytes + kCopyChunk - 1) / kCopyChunk;
    pool.parallel(chunks, [this](std::int64_t chunk, int) {
      const std::int64_t at = chunk * kCopyChunk;
      std::memcpy(to + at, from + at, static_cast<std::size_t>(std::min(kCopyChunk, bytes - at)));
    });
  }
};

[[noreturn]] void unknownStep(int step) {
  throw std::logic_error("a program has the unknown step " + std::to_string(step));
}

// Programs run on one thread of a device at a time, and short ones often.
Arguments& argumentsOfThread() {
  thread_local Arguments arguments;
  return arguments;
}

}  // namespace

std::uint64_t Program::identity() const {
  // FNV-1a over words, whose low bits are mixed in as well.
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&hash](double word) {
    std::uint64_t bits;
    std::memcpy(&bits, &word, sizeof bits);
    hash = (hash ^ (bits ^ (bits >> 32))) * 0x100000001b3;
  };
  for (std::size_t at = 0; at < count_;) {
    const double* step = words_ + at;
    if (static_cast<int>(step[0]) == kCopyStep) {
      mix(step[3]);
      at += kCopyWords;
      continue;
    }
    const auto bindings = static_cast<std::size_t>(step[2]);
    const auto scalars = static_cast<std::size_t>(step[3]);
    const auto integers = static_cast<std::size_t>(step[4]);
    mix(step[1]);
    const double* sizes = step + kRunHeaderWords + kBindingWords * bindings + scalars;
    for (std::size_t i = 0; i < integers; i++) mix(sizes[i]);
    at += kRunHeaderWords + kBindingWords * bindings + scalars + integers;
  }
  return hash;
}

double Program::nanoseconds(double enough) const {
  WordReader words(words_, count_);
  Arguments& arguments = argumentsOfThread();
  double total = 0;
  while (!words.done() && total <= enough) {
    switch (const int step = words.integer(); step) {
      case kRunStep: {
        const Kernel& kernel = arguments.read(words);
        total += kernel.loop ? kernel.loop->nanoseconds(arguments.loop()) : kernel.library->nanoseconds(arguments.call());
        break;
      }
      case kCopyStep:
        total += static_cast<double>(Copy(words).bytes) / kCopyBytesPerNs;
        break;
      default:
        unknownStep(step);
    }
  }
  return total;
}

void Program::run(ThreadPool& pool, KeptOperands& kept, const std::atomic<bool>& stopped) const {
  WordReader words(words_, count_);
  Arguments& arguments = argumentsOfThread();
  while (!words.done() && !stopped.load(std::memory_order_relaxed)) {
    switch (const int step = words.integer(); step) {
      case kRunStep: {
        const Kernel& kernel = arguments.read(words);
        if (kernel.loop) {
          kernel.loop->run(arguments.loop(), pool, stopped);
        } else {
          kernel.library->run(arguments.call(&kept), pool);
        }
        break;
      }
      case kCopyStep:
        Copy(words).run(pool);
        break;
      default:
        unknownStep(step);
    }
  }
}

}  // namespace hadal
